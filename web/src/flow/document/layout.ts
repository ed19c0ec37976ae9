/** Where nodes stand when nobody has put them anywhere: calls run from left to right, the same flow always alike. */
import { Graph, layout } from "@dagrejs/dagre";
import type { FlowEdge, FlowGraph, FlowNode } from "./graph";
import type { Point } from "./types";

export const NODE_WIDTH = 212;
export const PORT_HEIGHT = 30;
const HEAD_HEIGHT = 96;
const END_HEIGHT = 48;

/** What the node's component makes of it, in pixels: React Flow measures only after the first drawing. */
export function heightOf({ object, ports }: FlowNode): number {
  return object ? HEAD_HEIGHT + ports.length * PORT_HEIGHT : END_HEIGHT;
}

export function layOut({ nodes, edges }: FlowGraph): Record<string, Point> {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 28, ranksep: 52, marginx: 16, marginy: 16 });
  for (const node of nodes) graph.setNode(node.id, { width: NODE_WIDTH, height: heightOf(node) });
  for (const edge of edges) graph.setEdge(edge.source, edge.target, {}, edge.id);
  layout(graph, { constraints: inOrderOfWays(nodes, edges) });
  return Object.fromEntries(
    nodes.map((node) => {
      const middle = graph.node(node.id);
      return [node.id, { x: Math.round(middle.x - NODE_WIDTH / 2), y: Math.round(middle.y - heightOf(node) / 2) }];
    }),
  );
}

/** What an upper way leads to comes above what a lower one does, where both have no other way to them. */
function inOrderOfWays(nodes: FlowNode[], edges: FlowEdge[]): { left: string; right: string }[] {
  const alone = (id: string, from: string) => edges.every(({ source, target }) => target !== id || source === from);
  return nodes.flatMap(({ id }) => {
    const mine = edges.filter(({ source, target }) => source === id && alone(target, id));
    const targets = [...new Set(mine.map(({ target }) => target))];
    return targets.slice(1).map((right, index) => ({ left: targets[index] ?? right, right }));
  });
}

/** Room between a node and one that is put beside it. */
const GAP = 40;

/**
 * Places for all nodes. Those that have one keep it, so that nothing jumps about while one draws; what is new comes
 * beside the node that leads to it, where there is room.
 */
export function seat(graph: FlowGraph, known: Record<string, Point>): Record<string, Point> {
  if (!graph.nodes.some(({ id }) => known[id])) return layOut(graph);
  const seats: Record<string, Point> = {};
  for (const node of graph.nodes) {
    const at = known[node.id];
    if (at) seats[node.id] = at;
  }
  for (const node of graph.nodes) if (!seats[node.id]) seats[node.id] = freeSeat(graph, node, seats);
  return seats;
}

function freeSeat({ nodes, edges }: FlowGraph, node: FlowNode, seats: Record<string, Point>): Point {
  const edge = edges.find(({ source, target }) => target === node.id && seats[source]);
  const from = (edge && seats[edge.source]) ?? { x: 0, y: 0 };
  const at = { x: from.x + NODE_WIDTH + 2 * GAP, y: from.y };
  const others = nodes.flatMap((other) => {
    const seat = seats[other.id];
    return seat ? [{ ...seat, bottom: seat.y + heightOf(other) }] : [];
  });
  const height = heightOf(node);
  for (let tries = 0; tries <= others.length; tries++) {
    const inTheWay = others.find(
      ({ x, y, bottom }) => Math.abs(x - at.x) < NODE_WIDTH && at.y < bottom + GAP / 2 && y < at.y + height + GAP / 2,
    );
    if (!inTheWay) break;
    at.y = inTheWay.bottom + GAP;
  }
  return at;
}
