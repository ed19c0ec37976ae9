/** The one component for all kinds of nodes: what it is, what it says of itself, and its ways out. */
import ErrorIcon from "@mui/icons-material/ErrorOutlineOutlined";
import WarningIcon from "@mui/icons-material/WarningAmber";
import Box from "@mui/material/Box";
import Stack from "@mui/material/Stack";
import Tooltip from "@mui/material/Tooltip";
import Typography from "@mui/material/Typography";
import { Handle, type Node, type NodeProps, Position, useUpdateNodeInternals } from "@xyflow/react";
import { memo, useEffect } from "react";
import { DEFAULT_WAY, portWords, words } from "@/features/flow/text";
import { phoneNumber } from "@/ui/format";
import type { FlowNode } from "../document/graph";
import { NODE_WIDTH, PORT_HEIGHT } from "../document/layout";
import type { Port } from "../document/ports";
import { nameOf } from "../document/types";
import type { FlowProblem } from "../validation/rules";
import { kindWords, lookOf } from "./kinds";
import { summaryOf } from "./summary";

export interface GenericData extends Record<string, unknown> {
  node: FlowNode;
  problems: FlowProblem[];
  /** On the way of the call that is being tried. */
  lit: "no" | "passed" | "here";
  mayWrite: boolean;
}

export type GenericNodeType = Node<GenericData, "generic">;

const FRAME = {
  width: NODE_WIDTH,
  bgcolor: "background.paper",
  border: 1,
  borderColor: "divider",
  borderRadius: 2,
  transition: "border-color 150ms, box-shadow 150ms",
} as const;

export const GenericNode = memo(function GenericNode({ id, data, selected }: NodeProps<GenericNodeType>) {
  const { node, problems, lit, mayWrite } = data;
  const update = useUpdateNodeInternals();
  const ways = node.ports.map((port) => port.id).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: other ways move the handles
  useEffect(() => update(id), [id, ways, update]);
  const glow = {
    here: "0 0 0 4px var(--mui-palette-primary-main)",
    passed: "0 0 0 2px var(--mui-palette-primary-main)",
  };
  return (
    <Box
      data-lit={lit}
      sx={{
        ...FRAME,
        ...(selected && { borderColor: "primary.main", boxShadow: "0 0 0 1px var(--mui-palette-primary-main)" }),
        ...(lit !== "no" && { borderColor: "primary.main", boxShadow: glow[lit] }),
      }}
    >
      {node.kind !== "phone_number" && <Handle type="target" position={Position.Left} isConnectable={mayWrite} />}
      {node.object ? <ObjectBody node={node} problems={problems} mayWrite={mayWrite} /> : <End node={node} />}
    </Box>
  );
});

function KindSign({ kind }: { kind: string }) {
  const { icon: Icon, tone } = lookOf(kind);
  return (
    <Box
      sx={{ display: "grid", placeItems: "center", width: 32, height: 32, borderRadius: 1.5, flexShrink: 0 }}
      style={{ backgroundColor: `color-mix(in srgb, var(--mui-palette-${tone}-main) 14%, transparent)` }}
    >
      <Icon fontSize="small" color={tone} />
    </Box>
  );
}

function End({ node }: { node: FlowNode }) {
  return (
    <Stack direction="row" sx={{ height: 46, px: 1, gap: 1, alignItems: "center" }}>
      <KindSign kind={node.kind} />
      <Typography variant="body2" noWrap>
        {kindWords(node.kind)} {node.number && <b>{phoneNumber(node.number)}</b>}
      </Typography>
    </Stack>
  );
}

function ObjectBody({ node, problems, mayWrite }: Pick<GenericData, "node" | "problems" | "mayWrite">) {
  const { object } = node;
  if (!object) return null;
  return (
    <>
      <Stack direction="row" sx={{ height: 54, px: 1, gap: 1, alignItems: "center" }}>
        <KindSign kind={node.kind} />
        <Box sx={{ minWidth: 0, flex: 1 }}>
          <Typography variant="caption" color="textSecondary" component="div" sx={{ lineHeight: 1.2 }}>
            {kindWords(node.kind)}
          </Typography>
          <Typography variant="body2" noWrap sx={{ fontWeight: 650 }}>
            <bdi>{object.hidden ? words.canvas.hidden : nameOf(object) || "…"}</bdi>
          </Typography>
        </Box>
        <Badge problems={problems} />
      </Stack>
      <Box sx={{ height: 40, px: 1, overflow: "hidden" }}>
        <Typography variant="caption" color="textSecondary" sx={SUMMARY}>
          {!object.hidden && summaryOf(object)}
        </Typography>
      </Box>
      {node.ports.map((port) => (
        <Way key={port.id} port={port} mayWrite={mayWrite} problem={problems.find(({ field }) => field === port.id)} />
      ))}
    </>
  );
}

const SUMMARY = {
  display: "-webkit-box",
  WebkitLineClamp: 2,
  WebkitBoxOrient: "vertical",
  lineHeight: 1.35,
  overflowWrap: "anywhere",
  overflow: "hidden",
} as const;

function Way({ port, mayWrite, problem }: { port: Port; mayWrite: boolean; problem?: FlowProblem }) {
  const open = !port.destination && !port.implied;
  const note = open && !problem ? DEFAULT_WAY[port.field] : undefined;
  return (
    <Stack
      direction="row"
      sx={{
        height: PORT_HEIGHT,
        px: 1.5,
        position: "relative",
        alignItems: "center",
        justifyContent: "flex-end",
        gap: 0.5,
        borderTop: 1,
        borderColor: "divider",
        color: problem?.severity === "error" ? "error.main" : "text.primary",
      }}
    >
      <Typography variant="caption" noWrap>
        {portWords(port)}
        {note && <Box component="span" sx={{ color: "text.secondary" }}>{` (${note})`}</Box>}
      </Typography>
      <Handle type="source" id={port.id} position={Position.Right} isConnectable={mayWrite} data-port={port.id} />
    </Stack>
  );
}

function Badge({ problems }: { problems: FlowProblem[] }) {
  if (!problems.length) return null;
  const wrong = problems.some(({ severity }) => severity === "error");
  const said = problems.map(({ message }) => message).join(" ");
  const Icon = wrong ? ErrorIcon : WarningIcon;
  return (
    <Tooltip title={said}>
      <Icon fontSize="small" color={wrong ? "error" : "warning"} titleAccess={said} />
    </Tooltip>
  );
}
