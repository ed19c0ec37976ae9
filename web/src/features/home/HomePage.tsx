import Box from "@mui/material/Box";
import Chip from "@mui/material/Chip";
import Grid from "@mui/material/Grid";
import { type ReactNode, useEffect, useState } from "react";
import { useChosenLocation } from "@/layout/locations";
import { useConnected } from "@/realtime/live";
import { useMay } from "@/session/SessionProvider";
import { Loading } from "@/ui/Loading";
import { Page } from "@/ui/Page";
import { useLiveQueues } from "../queues/queries";
import { Attention, useAttention } from "./Attention";
import { Figures } from "./Figures";
import { Lines } from "./Lines";
import { LiveCalls } from "./LiveCalls";
import { Queues } from "./Queues";
import { useFreshAfterBreak } from "./queries";
import { text } from "./text";

export { askFirst } from "./askFirst";

/** What is slower than this comes later, although it pushes the rest down. */
const PATIENCE_MS = 2000;

const HIDDEN = { visibility: "hidden", height: 0, overflow: "hidden" };

/** What is happening now, how the day goes, and what needs attention, as far as one may see it. */
export function HomePage() {
  const may = useMay();
  const lines = may("trunks:read") || may("devices:read");
  return (
    <Page title={text.title} actions={<Live />}>
      <Overview>
        <Grid container spacing={2}>
          {may("calls:read") && (
            <Grid size={12}>
              <Figures />
            </Grid>
          )}
          {may("calls:read") && (
            <Grid size={{ xs: 12, md: 7 }}>
              <LiveCalls />
            </Grid>
          )}
          <Grid size={{ xs: 12, md: 5 }} container spacing={2} sx={{ alignContent: "start" }}>
            {may("queues:read") && (
              <Grid size={12}>
                <Queues />
              </Grid>
            )}
            {lines && (
              <Grid size={12}>
                <Lines />
              </Grid>
            )}
          </Grid>
        </Grid>
      </Overview>
    </Page>
  );
}

/** What needs attention, above the rest; an answer to one of its questions does not draw the rest again. */
function Overview({ children }: { children: ReactNode }) {
  const found = useAttention();
  const queues = useLiveQueues(useChosenLocation(), false, useMay()("queues:read"));
  const shown = useTogether(!found.pending && !queues.isLoading);
  useFreshAfterBreak();
  return (
    <>
      {!shown && <Loading />}
      <Box sx={shown ? undefined : HIDDEN}>
        <Attention {...found} />
        {children}
      </Box>
    </>
  );
}

/** True from when all that decides the heights is known: shown at once, nothing jumps. It stays true. */
function useTogether(known: boolean): boolean {
  const [shown, show] = useState(known);
  useEffect(() => {
    if (shown) return;
    const timer = setTimeout(() => show(true), known ? 0 : PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [known, shown]);
  return shown;
}

function Live() {
  const connected = useConnected();
  return (
    <Chip
      size="small"
      variant="outlined"
      color={connected ? "success" : "warning"}
      label={connected ? text.live : text.notLive}
      role="status"
    />
  );
}
