import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Chip, { type ChipProps } from "@mui/material/Chip";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";
import type { Schemas } from "@/api/client";
import { ago } from "@/ui/format";
import { text } from "@/ui/text";
import { words } from "../text";
import { NodeActions } from "./NodeActions";
import { type Node, useTrunkNames } from "./queries";

const labels = words.nodes;
const COLOURS: Record<Node["state"], ChipProps["color"]> = {
  up: "success",
  waiting: "info",
  asterisk_down: "error",
  silent: "error",
  disabled: "default",
};

interface NodeCardProps {
  node: Node;
  mayWrite: boolean;
  onCode: (code: Schemas["EnrolmentCode"]) => void;
}

/** How one node is, and what can be done about it. */
export function NodeCard({ node, mayWrite, onCode }: NodeCardProps) {
  return (
    <Paper sx={{ p: 2 }} component="section" aria-labelledby={`node-${node.id}`}>
      <Stack direction="row" sx={{ gap: 1, alignItems: "center", flexWrap: "wrap", mb: 1 }}>
        <Typography variant="h6" component="h2" id={`node-${node.id}`}>
          {node.name}
        </Typography>
        <Chip size="small" color={COLOURS[node.state]} variant="outlined" label={labels.states[node.state]} />
      </Stack>
      {node.refused && (
        <Alert severity="error" sx={{ mb: 1 }}>
          {node.refused}
        </Alert>
      )}
      {node.enrolled_at && <Drift node={node} />}
      <Box component="dl" sx={FIGURES}>
        <Figure label={labels.version}>{node.asterisk_version?.split("+")[0] ?? text.none}</Figure>
        <Figure label={labels.seen}>{node.last_seen_at ? ago(node.last_seen_at) : words.never}</Figure>
        <Figure label={labels.calls}>{node.active_calls}</Figure>
        <Figure label={labels.phones}>{node.registered_devices.length}</Figure>
        <Figure label={labels.disk}>{(node.disk_free_mb / 1024).toFixed(1)} GB</Figure>
        <Figure label={labels.waiting}>{node.spool_depth + node.uploads_waiting}</Figure>
        <Figure label={labels.address}>{node.sip_address ?? text.none}</Figure>
      </Box>
      <Trunks states={node.trunks} />
      {mayWrite && <NodeActions node={node} onCode={onCode} />}
    </Paper>
  );
}

const FIGURES = {
  display: "grid",
  gridTemplateColumns: "repeat(auto-fill, minmax(150px, 1fr))",
  gap: 2,
  my: 2,
  "& dd": { m: 0, overflowWrap: "anywhere" },
} as const;

function Figure({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <Typography component="dt" variant="body2" color="textSecondary">
        {label}
      </Typography>
      <dd>{children}</dd>
    </div>
  );
}

function Drift({ node }: { node: Node }) {
  const checked = node.drift_checked_at ? ` (${labels.checked} ${ago(node.drift_checked_at)})` : "";
  if (!node.drift)
    return (
      <Typography variant="body2" color="textSecondary">
        {labels.noDrift}
        {checked}
      </Typography>
    );
  return (
    <Alert severity="warning">
      {node.drift_found.length ? `${labels.found}${checked}` : labels.pending}
      {node.drift_found.map((sentence) => (
        <div key={sentence}>{sentence}</div>
      ))}
    </Alert>
  );
}

function Trunks({ states }: { states: Record<string, string> }) {
  const names = useTrunkNames();
  const entries = Object.entries(states);
  return (
    <>
      <Typography sx={{ fontWeight: 600 }}>{labels.trunks}</Typography>
      {!entries.length && (
        <Typography variant="body2" color="textSecondary">
          {labels.noTrunks}
        </Typography>
      )}
      <Stack direction="row" sx={{ gap: 1, flexWrap: "wrap" }}>
        {entries.map(([endpoint, state]) => (
          <Chip
            key={endpoint}
            size="small"
            variant="outlined"
            color={state === "up" ? "success" : "error"}
            label={`${names.get(endpoint) ?? endpoint}: ${state === "up" ? labels.trunkUp : labels.trunkDown}`}
          />
        ))}
      </Stack>
    </>
  );
}
