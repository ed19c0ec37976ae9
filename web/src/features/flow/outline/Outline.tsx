/** The same flow as nested lists: everything that the canvas can, by keyboard and with a screen reader. */
import ErrorIcon from "@mui/icons-material/ErrorOutlineOutlined";
import WarningIcon from "@mui/icons-material/WarningAmber";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { type FlowNode, targetOf } from "@/flow/document/graph";
import type { Port } from "@/flow/document/ports";
import { nameOf } from "@/flow/document/types";
import { kindWords, lookOf } from "@/flow/nodes/kinds";
import { summaryOf } from "@/flow/nodes/summary";
import { selectNode, useSelection } from "@/flow/selection/store";
import { phoneNumber } from "@/ui/format";
import { useEditor } from "../editor";
import { DEFAULT_WAY, portWords, words } from "../text";

interface Branch {
  node: FlowNode;
  ways: { port: Port; to: Branch | null; again: FlowNode | null }[];
}

/** The flow as a tree: what is reached a second time is only named there. */
function branchOf(nodes: ReadonlyMap<string, FlowNode>, node: FlowNode, seen: Set<string>): Branch {
  seen.add(node.id);
  const ways = node.ports.map((port) => {
    const goal = port.destination ?? port.implied;
    const target = goal ? nodes.get(targetOf(node.id, goal)) : undefined;
    if (!target) return { port, to: null, again: null };
    if (target.object && seen.has(target.id)) return { port, to: null, again: target };
    return { port, to: branchOf(nodes, target, seen), again: null };
  });
  return { node, ways };
}

export function Outline() {
  const { graph } = useEditor();
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const seen = new Set<string>();
  const roots = graph.nodes.filter(({ id, object }) => object && (id === graph.nodes[0]?.id || !graph.reached.has(id)));
  const branches = roots.flatMap((node) => (seen.has(node.id) ? [] : [branchOf(nodes, node, seen)]));
  return (
    <Box component="section" aria-label={words.outline.label} sx={{ p: 2, flex: 1, minWidth: 0, overflow: "auto" }}>
      {branches.map((branch, index) => (
        <Box key={branch.node.id}>
          {index === 1 && (
            <Typography variant="subtitle1" component="h2" sx={{ mt: 3 }}>
              {words.outline.loose}
            </Typography>
          )}
          <BranchView branch={branch} />
        </Box>
      ))}
    </Box>
  );
}

function BranchView({ branch: { node, ways } }: { branch: Branch }) {
  return (
    <>
      <NodeLine node={node} />
      {ways.length > 0 && (
        <Stack component="ul" sx={TREE}>
          {ways.map(({ port, to, again }) => (
            <Box component="li" key={port.id}>
              <WayLine node={node} port={port} />
              {to && <BranchView branch={to} />}
              {again && <NodeLine node={again} again />}
            </Box>
          ))}
        </Stack>
      )}
    </>
  );
}

const TREE = {
  listStyle: "none",
  m: 0,
  ml: { xs: 1, sm: 2 },
  pl: { xs: 1.5, sm: 3 },
  py: 0.5,
  gap: 1,
  borderLeft: 2,
  borderColor: "divider",
} as const;

function NodeLine({ node, again }: { node: FlowNode; again?: boolean }) {
  const { problems, trail } = useEditor();
  const selected = useSelection(({ nodeId }) => nodeId === node.id);
  const { icon: Icon, tone } = lookOf(node.kind);
  const { object } = node;
  const name = object ? nameOf(object) || "…" : phoneNumber(node.number ?? "");
  const mine = problems.filter(({ nodeId }) => nodeId === node.id && !again);
  const lit = trail?.here === node.id ? "here" : trail?.nodes.has(node.id) ? "passed" : "no";
  const title = [kindWords(node.kind), node.kind === "hangup" ? "" : name].filter(Boolean).join(" ");
  return (
    <Box
      data-lit={lit}
      sx={{ borderRadius: 1, outline: lit === "no" ? "none" : "2px solid", outlineColor: "primary.main" }}
    >
      <Stack direction="row" sx={{ gap: 1, alignItems: "center", flexWrap: "wrap" }}>
        <Icon fontSize="small" color={tone} />
        {object ? (
          <Button
            size="small"
            variant={selected ? "outlined" : "text"}
            color="inherit"
            aria-label={words.outline.edit(title)}
            aria-pressed={selected}
            onClick={() => selectNode(node.id)}
            sx={{ overflowWrap: "anywhere", textAlign: "start" }}
          >
            <span>
              {kindWords(node.kind)}{" "}
              <b>
                <bdi>{name}</bdi>
              </b>
            </span>
          </Button>
        ) : (
          <Typography variant="body2" sx={{ py: 0.5 }}>
            {title}
          </Typography>
        )}
        <Typography variant="caption" color="textSecondary" sx={{ overflowWrap: "anywhere" }}>
          {again ? `(${words.outline.again})` : object && !object.hidden && summaryOf(object)}
        </Typography>
      </Stack>
      {mine.map(({ message, severity }) => {
        const Sign = severity === "error" ? ErrorIcon : WarningIcon;
        return (
          <Stack key={message} direction="row" sx={{ gap: 0.5, color: `${severity}.main`, ml: 3.5 }}>
            <Sign fontSize="small" titleAccess={severity} />
            <Typography variant="body2">{message}</Typography>
          </Stack>
        );
      })}
    </Box>
  );
}

function WayLine({ node, port }: { node: FlowNode; port: Port }) {
  const { choose, mayWrite } = useEditor();
  const open = !port.destination && !port.implied;
  const name = node.object ? nameOf(node.object) : "";
  return (
    <Stack direction="row" sx={{ gap: 1, alignItems: "center" }}>
      <Typography variant="body2" sx={{ fontWeight: 600 }}>
        {portWords(port)}
        {open && (
          <Box component="span" sx={{ fontWeight: 400, color: "text.secondary" }}>
            {` – ${DEFAULT_WAY[port.field] ?? words.canvas.notConnected}`}
          </Box>
        )}
      </Typography>
      {mayWrite(node.kind) && !node.object?.hidden && (
        <Button
          size="small"
          aria-label={words.outline.menu(portWords(port), name)}
          onClick={() => choose({ source: node.id, port: port.id })}
        >
          {open ? words.actions.connect : words.actions.change}
        </Button>
      )}
    </Stack>
  );
}
