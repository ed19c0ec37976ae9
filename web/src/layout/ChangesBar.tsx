import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { Link, useLocation } from "react-router";
import { api } from "@/api/client";
import { useConfigStatus } from "@/features/changes/queries";
import { useMay } from "@/session/SessionProvider";
import { count } from "@/ui/format";
import { text } from "@/ui/text";

/** What writes to something else than the configuration, or only looks although it is a POST. */
const ELSEWHERE =
  /^\/api\/v1\/(auth|calls|voicemails|recordings|simulations|config\/(plan|releases)|users|roles|api-keys|sessions|flow-tests\/(runs|policy|generate))\b/;
const PAUSE_MS = 300;

/** Says how many edits wait to be applied, on every page, for who may apply them. */
export default function ChangesBar() {
  const may = useMay();
  useWrites();
  const { pathname } = useLocation();
  const { data: status } = useConfigStatus();
  if (!status || !may("config:plan") || pathname.startsWith("/changes")) return null;
  const { changes_count, newest } = status;
  if (newest?.state === "applying")
    return <Bar words={text.changes.applying(newest.number)} path={`/changes/releases/${newest.id}`} />;
  if (!changes_count || pathname === "/") return null; // the home page tells of them itself
  return <Bar words={text.changes.waiting(count(changes_count, "unpublished change"))} path="/changes" />;
}

function Bar({ words, path }: { words: string; path: string }) {
  return (
    <Alert
      severity="info"
      role="status"
      sx={{ mb: 2 }}
      action={
        <Button component={Link} to={path} color="inherit" size="small">
          {text.changes.review}
        </Button>
      }
    >
      {words}
    </Alert>
  );
}

/** Looks again after whatever this page has written, wherever in the page that was. */
function useWrites(): void {
  const queries = useQueryClient();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const watcher = {
      onResponse({ request, response }: { request: Request; response: Response }) {
        if (request.method === "GET" || !response.ok || ELSEWHERE.test(new URL(request.url).pathname)) return;
        clearTimeout(timer);
        timer = setTimeout(() => queries.invalidateQueries({ queryKey: ["config"] }), PAUSE_MS);
      },
    };
    api.use(watcher);
    return () => {
      clearTimeout(timer);
      api.eject(watcher);
    };
  }, [queries]);
}
