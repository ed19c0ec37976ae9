import BigIcon from "@mui/icons-material/Fullscreen";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { useCallback } from "react";
import { Link, useSearchParams } from "react-router";
import { useChosenLocation } from "@/layout/locations";
import { useMay } from "@/session/SessionProvider";
import { EmptyState } from "@/ui/EmptyState";
import { Loading } from "@/ui/Loading";
import { Page } from "@/ui/Page";
import { ProblemView } from "@/ui/ProblemView";
import { useNow } from "@/ui/useNow";
import { BigScreen } from "./BigScreen";
import { byUrgency } from "./levels";
import { QueueCard } from "./QueueCard";
import { useLiveQueues } from "./queries";
import { text } from "./text";

/** All queues live. `?big` fills the screen. */
export function WallboardPage() {
  const [search, setSearch] = useSearchParams();
  const may = useMay();
  const queues = useLiveQueues(useChosenLocation());
  const now = useNow();
  const items = byUrgency(queues.data?.items ?? [], now);
  const leave = useCallback(() => {
    setSearch({}, { replace: true });
    if (document.fullscreenElement) document.exitFullscreen();
  }, [setSearch]);

  function enter() {
    setSearch({ big: "" }, { replace: true });
    document.documentElement.requestFullscreen?.().catch(() => undefined); // the page fills its window at least
  }

  const bigButton = (
    <Button variant="outlined" startIcon={<BigIcon />} onClick={enter}>
      {text.wallboard.big}
    </Button>
  );
  return (
    <Page title={text.wallboard.title} lead={text.wallboard.lead} actions={items.length ? bigButton : undefined} wide>
      {queues.isPending && <Loading />}
      {queues.isError && <ProblemView error={queues.error} retry={() => queues.refetch()} />}
      {queues.data && !items.length && <NoQueue mayMake={may("queues:write")} />}
      {search.has("big") && items.length ? (
        <BigScreen queues={items} now={now} onLeave={leave} />
      ) : (
        <Box sx={{ display: "grid", gridTemplateColumns: "repeat(auto-fill, minmax(min(100%, 380px), 1fr))", gap: 2 }}>
          {items.map((queue) => (
            <QueueCard key={queue.id} queue={queue} now={now} control={may("queues:control")} />
          ))}
        </Box>
      )}
    </Page>
  );
}

function NoQueue({ mayMake }: { mayMake: boolean }) {
  const action = mayMake && (
    <Button variant="contained" component={Link} to="/config/queues">
      {text.wallboard.make}
    </Button>
  );
  return <EmptyState title={text.wallboard.empty} hint={text.wallboard.emptyHint} action={action} />;
}
