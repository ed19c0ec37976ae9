/** The canvas: nodes to drag, ways to connect, keys to undo, copy and delete. */
import Box from "@mui/material/Box";
import { useColorScheme } from "@mui/material/styles";
import useMediaQuery from "@mui/material/useMediaQuery";
import {
  Background,
  type Connection,
  Controls,
  type EdgeChange,
  type FinalConnectionState,
  MarkerType,
  MiniMap,
  type NodeChange,
  ReactFlow,
  useReactFlow,
  useStore,
} from "@xyflow/react";
import { type DragEvent, useEffect, useMemo, useRef, useState } from "react";
import "@xyflow/react/dist/style.css";
import { heightOf, NODE_WIDTH } from "@/flow/document/layout";
import { type FlowDocument, nameOf, type Point } from "@/flow/document/types";
import { FlowEdge, type FlowEdgeType } from "@/flow/edges/FlowEdge";
import { edit } from "@/flow/history/store";
import { GenericNode, type GenericNodeType } from "@/flow/nodes/GenericNode";
import { kindWords } from "@/flow/nodes/kinds";
import { selectEdge, selectNode, useSelection } from "@/flow/selection/store";
import { addNode, leadToNode } from "../actions";
import { type Editor, useEditor } from "../editor";
import { portWords, words } from "../text";
import { DRAGGED_KIND } from "./Palette";

const NODE_TYPES = { generic: GenericNode };
const EDGE_TYPES = { flow: FlowEdge };
const MAY_NOT_SEE = { background: "transparent" };

export function Canvas({ seats }: { seats: Record<string, Point> }) {
  const editor = useEditor();
  const { catalog, graph, choose } = editor;
  const { screenToFlowPosition } = useReactFlow();
  const selection = useSelection();
  const [moving, setMoving] = useState<Record<string, Point>>({});
  const { mode, systemMode } = useColorScheme();
  const calm = useMediaQuery("(prefers-reduced-motion: reduce)");
  const writable = editor.mayWrite("phone_number");
  const nodes = useMemo(
    () => nodesOf(editor, seats, moving, selection.nodeId),
    [editor, seats, moving, selection.nodeId],
  );
  const edges = useMemo(() => edgesOf(editor, selection.edgeId), [editor, selection.edgeId]);

  useKeepInView(editor.trail?.here ?? selection.nodeId, seats, calm);

  function onNodesChange(changes: NodeChange<GenericNodeType>[]) {
    for (const change of changes) {
      if (change.type === "select" && change.selected) selectNode(change.id);
      const { type } = change;
      if (type !== "position" || !change.position) continue;
      const { id, position } = change;
      if (change.dragging) setMoving((before) => ({ ...before, [id]: position }));
      else {
        setMoving({});
        edit("Move", (document) => moved(document, id, position), `move ${id}`);
      }
    }
  }

  function onEdgesChange(changes: EdgeChange<FlowEdgeType>[]) {
    for (const change of changes) if (change.type === "select" && change.selected) selectEdge(change.id);
  }

  function onConnect({ source, sourceHandle, target }: Connection) {
    if (sourceHandle) leadToNode(catalog, { source, port: sourceHandle }, target);
  }

  /** A line that is let go over nothing asks where it shall lead. */
  function onConnectEnd(_: unknown, { fromNode, fromHandle, toNode }: FinalConnectionState) {
    if (!toNode && fromNode && fromHandle?.type === "source" && fromHandle.id)
      choose({ source: fromNode.id, port: fromHandle.id });
  }

  function onDrop(event: DragEvent) {
    const kind = event.dataTransfer.getData(DRAGGED_KIND);
    if (!kind) return;
    event.preventDefault();
    void addNode(catalog, kind, screenToFlowPosition({ x: event.clientX - NODE_WIDTH / 2, y: event.clientY - 24 }));
  }

  return (
    <Box onDragOver={(event) => event.preventDefault()} onDrop={onDrop} sx={CANVAS}>
      <ReactFlow<GenericNodeType, FlowEdgeType>
        aria-label={words.canvas.label}
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        onNodesChange={onNodesChange}
        onConnect={onConnect}
        onConnectEnd={onConnectEnd}
        onEdgesChange={onEdgesChange}
        onPaneClick={() => selectNode(null)}
        nodesConnectable={writable}
        nodesDraggable
        edgesFocusable
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        colorMode={(mode === "system" ? systemMode : mode) === "dark" ? "dark" : "light"}
        fitView
        fitViewOptions={{ maxZoom: 1, padding: 0.12, duration: calm ? 0 : 200 }}
        minZoom={0.2}
        maxZoom={1.75}
      >
        <Background gap={20} style={MAY_NOT_SEE} />
        <Controls showInteractive={false} />
        {graph.nodes.length > 4 && <MiniMap pannable zoomable ariaLabel={null} nodeBorderRadius={8} />}
      </ReactFlow>
    </Box>
  );
}

const CANVAS = {
  flex: 1,
  minWidth: 0,
  height: "100%",
  "& .react-flow__handle": {
    width: 14,
    height: 14,
    bgcolor: "background.paper",
    border: "2px solid",
    borderColor: "text.secondary",
  },
  "& .react-flow__handle-right:hover, & .react-flow__handle.connectingto": {
    borderColor: "primary.main",
    bgcolor: "primary.main",
  },
  "& .react-flow__node:focus-visible > div": { outline: "2px solid", outlineOffset: 3 },
  "& .react-flow__minimap": { display: { xs: "none", md: "block" } },
} as const;

/** Moves the view when a node that was just chosen lies outside of it, as one that was added by a press may. */
function useKeepInView(id: string | null, seats: Record<string, Point>, calm: boolean) {
  const { setCenter, getZoom, getViewport } = useReactFlow();
  const size = useStore(({ width, height }) => `${width} ${height}`);
  const known = useRef(seats);
  known.current = seats;
  useEffect(() => {
    const at = id ? known.current[id] : undefined;
    if (!at) return;
    const { x, y, zoom } = getViewport();
    const [width = 0, height = 0] = size.split(" ").map(Number);
    const [left, top] = [at.x * zoom + x, at.y * zoom + y];
    if (left < 0 || top < 0 || left + NODE_WIDTH * zoom > width || top + 120 * zoom > height)
      void setCenter(at.x + NODE_WIDTH / 2, at.y + 80, { zoom: getZoom(), duration: calm ? 0 : 300 });
  }, [id, size, calm, setCenter, getZoom, getViewport]);
}

function moved(document: FlowDocument, id: string, at: Point): FlowDocument {
  const to = { x: Math.round(at.x), y: Math.round(at.y) };
  return { ...document, positions: { ...document.positions, [id]: to } };
}

function nodesOf(
  { graph, problems, trail, mayWrite }: Editor,
  seats: Record<string, Point>,
  moving: Record<string, Point>,
  selected: string | null,
): GenericNodeType[] {
  return graph.nodes.map((node) => {
    const size = { width: NODE_WIDTH, height: heightOf(node) };
    const lit = trail?.here === node.id ? "here" : trail?.nodes.has(node.id) ? "passed" : "no";
    const mine = problems.filter(({ nodeId }) => nodeId === node.id);
    return {
      id: node.id,
      type: "generic",
      position: moving[node.id] ?? seats[node.id] ?? { x: 0, y: 0 },
      ...size,
      measured: size,
      selected: node.id === selected,
      ariaLabel: labelOfNode(node.kind, node.object && nameOf(node.object), node.number),
      data: { node, problems: mine, lit, mayWrite: node.object ? mayWrite(node.object.kind) : true },
    };
  });
}

function labelOfNode(kind: string, name?: string, number?: string): string {
  return [kindWords(kind), name ?? number].filter(Boolean).join(" ");
}

function edgesOf({ graph, trail }: Editor, selected: string | null): FlowEdgeType[] {
  const names = new Map(
    graph.nodes.map(({ id, kind, object, number }) => [id, labelOfNode(kind, object && nameOf(object), number)]),
  );
  const ports = new Map(graph.nodes.flatMap(({ id, ports }) => ports.map((port) => [`${id}>${port.id}`, port])));
  return graph.edges.map(({ id, source, port, target, implied }) => {
    const way = ports.get(id);
    return {
      id,
      type: "flow",
      source,
      target,
      sourceHandle: port,
      selected: id === selected,
      markerEnd: { type: MarkerType.ArrowClosed, width: 14, height: 14, markerUnits: "userSpaceOnUse" },
      ariaLabel: words.canvas.way(names.get(source) ?? "", way ? portWords(way) : "", names.get(target) ?? ""),
      data: { implied, lit: trail?.edges.has(id) ?? false },
    };
  });
}
