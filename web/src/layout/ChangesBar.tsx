import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
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

/** Says how many edits wait to be applied, on every page, for who may apply them; where it comes nothing moves. */
export default function ChangesBar({ compact = false }: { compact?: boolean }) {
  const waiting = useWaiting();
  useWrites();
  if (!waiting) return null;
  const { words, brief, path } = waiting;
  const button = { component: Link, to: path, size: "small" } as const;
  if (compact)
    return (
      <Box role="status">
        <Button {...button} aria-label={`${brief}. ${words}`}>
          {brief}
        </Button>
      </Box>
    );
  return (
    <Alert severity="info" role="status" icon={false} sx={{ m: 1, "& .MuiAlert-message": { width: "100%" } }}>
      {words}
      <Button {...button} variant="outlined" color="inherit" fullWidth sx={{ mt: 1 }}>
        {text.changes.review}
      </Button>
    </Alert>
  );
}

interface Waiting {
  words: string;
  brief: string;
  path: string;
}

function useWaiting(): Waiting | null {
  const may = useMay();
  const { pathname } = useLocation();
  const { data: status } = useConfigStatus();
  if (!status || !may("config:plan") || pathname.startsWith("/changes")) return null;
  const { changes_count, newest } = status;
  if (newest?.state === "applying") {
    const path = `/changes/releases/${newest.id}`;
    return { words: text.changes.applying(newest.number), brief: text.changes.applyingBrief, path };
  }
  if (!changes_count || pathname === "/") return null; // the home page tells of them itself
  const words = text.changes.waiting(count(changes_count, "unpublished change"));
  return { words, brief: count(changes_count, "change"), path: "/changes" };
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
