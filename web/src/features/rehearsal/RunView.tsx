import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Chip from "@mui/material/Chip";
import LinearProgress from "@mui/material/LinearProgress";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { dateTime } from "@/ui/format";
import type { Run } from "./queries";
import { text } from "./text";

const COLORS = { waiting: "default", running: "info", passed: "success", failed: "error", broken: "warning" } as const;

/** How far a run of flow tests is, and for each failing test what was otherwise. */
export function RunView({ run }: { run: Run }) {
  const failing = run.results.filter(({ passed }) => !passed);
  return (
    <Stack sx={{ gap: 1, my: 1, overflowWrap: "anywhere" }}>
      <Stack direction="row" role="status" sx={{ gap: 1, alignItems: "center", flexWrap: "wrap" }}>
        <Chip size="small" variant="outlined" color={COLORS[run.state]} label={text.runs.states[run.state]} />
        <Typography>
          {text.runs.progress(run.done, run.total)}
          {run.failed > 0 && `, ${text.runs.failed(run.failed)}`}
        </Typography>
        <Typography variant="body2" color="textSecondary">
          <bdi>{text.runs.when(dateTime(run.created_at), run.author)}</bdi>
        </Typography>
      </Stack>
      {run.finished_at === null && (
        <LinearProgress
          aria-label={text.runs.title}
          variant={run.state === "running" ? "determinate" : "indeterminate"}
          value={run.total ? (100 * run.done) / run.total : 0}
        />
      )}
      {run.detail && (
        <Alert severity="warning" role="note">
          {run.detail}
        </Alert>
      )}
      {failing.map((one) => (
        <Failing key={one.id} result={one} />
      ))}
    </Stack>
  );
}

function Failing({ result }: { result: Run["results"][number] }) {
  return (
    <Paper sx={{ p: 1.5 }}>
      <Typography component="h3" variant="body1" sx={{ fontWeight: 600 }}>
        <bdi>{result.name}</bdi>
      </Typography>
      {result.problems.map((problem) => (
        <Typography key={problem} color="error">
          {problem}
        </Typography>
      ))}
      {result.path.length > 0 && (
        <Typography component="details" variant="body2">
          <summary>{text.path}</summary>
          <Box component="ol" sx={{ m: 0, pl: 3 }}>
            {result.path.map((words, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the same may happen twice
              <li key={place}>{words}</li>
            ))}
          </Box>
        </Typography>
      )}
    </Paper>
  );
}
