import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import LinearProgress from "@mui/material/LinearProgress";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useMay } from "@/session/SessionProvider";
import { useDialogs } from "@/ui/dialogs";
import { type Release, useResume } from "./queries";
import { Section } from "./Section";
import { StateChip } from "./StateChip";
import { text } from "./text";

/** How a release goes on each node, wave by wave. */
export function ReleaseProgress({ release }: { release: Release }) {
  const { nodes, state } = release;
  const waves = [...new Set(nodes.map(({ wave }) => wave))].sort((one, other) => one - other);
  const done = nodes.filter((node) => node.state === "live").length;
  return (
    <Section title={text.progress}>
      <Stack direction="row" role="status" sx={{ gap: 1, alignItems: "center", flexWrap: "wrap", mb: 1 }}>
        <StateChip state={state} />
        <Typography>{text.stateHints[state]}</Typography>
      </Stack>
      {state === "applying" && (
        <LinearProgress
          aria-label={text.progress}
          variant={nodes.length > 1 ? "determinate" : "indeterminate"}
          value={(100 * done) / Math.max(nodes.length, 1)}
          sx={{ mb: 1 }}
        />
      )}
      {release.stopped && <Stopped release={release} />}
      {waves.map((wave) => (
        <Box key={wave} sx={{ mb: 1 }}>
          {waves.length > 1 && (
            <Typography variant="body2" color="textSecondary" component="h3">
              {text.wave(wave)}
            </Typography>
          )}
          <Stack component="ul" sx={{ listStyle: "none", m: 0, p: 0, gap: 1 }}>
            {nodes
              .filter((node) => node.wave === wave)
              .map((node) => (
                <Node key={node.node} node={node} />
              ))}
          </Stack>
        </Box>
      ))}
    </Section>
  );
}

function Node({ node }: { node: Release["nodes"][number] }) {
  const words: Record<string, string> = text.nodeStates;
  return (
    <Paper component="li" sx={{ p: 1.5, overflowWrap: "anywhere" }}>
      <Typography>
        <strong>
          <bdi>{node.node}</bdi>
        </strong>{" "}
        {words[node.state] ?? node.state}
        {node.took_ms > 0 && ` (${text.took(node.took_ms)})`}
      </Typography>
      {node.note && <Typography color="textSecondary">{node.note}</Typography>}
      {node.reloads.length > 0 && (
        <Typography variant="body2" color="textSecondary" component="details">
          <summary>{text.loaded}</summary>
          {node.reloads.join(", ")}
        </Typography>
      )}
      {node.problems.map((problem) => (
        <Alert key={problem} severity="error" role="note" sx={{ mt: 1 }}>
          {problem}
        </Alert>
      ))}
    </Paper>
  );
}

function Stopped({ release }: { release: Release }) {
  const may = useMay();
  const resume = useResume(release.id);
  const { notify, notifyProblem } = useDialogs();
  const button = may("config:apply") && release.state === "stopped" && (
    <Button
      color="inherit"
      size="small"
      loading={resume.isPending}
      onClick={() => resume.mutate(null, { onSuccess: () => notify(text.resumed), onError: notifyProblem })}
    >
      {text.resume}
    </Button>
  );
  return (
    <Alert severity="warning" action={button} sx={{ mb: 1, overflowWrap: "anywhere" }}>
      {release.stopped} {button && text.resumeHint}
    </Alert>
  );
}
