import Chip from "@mui/material/Chip";
import Grid from "@mui/material/Grid";
import { useConnected } from "@/realtime/live";
import { useMay } from "@/session/SessionProvider";
import { Page } from "@/ui/Page";
import { Attention } from "./Attention";
import { Figures } from "./Figures";
import { Lines } from "./Lines";
import { LiveCalls } from "./LiveCalls";
import { Queues } from "./Queues";
import { useFreshAfterBreak } from "./queries";
import { text } from "./text";

/** What is happening now, how the day goes, and what needs attention, as far as one may see it. */
export function HomePage() {
  const may = useMay();
  const lines = may("trunks:read") || may("devices:read");
  useFreshAfterBreak();
  return (
    <Page title={text.title} actions={<Live />}>
      <Attention />
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
    </Page>
  );
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
