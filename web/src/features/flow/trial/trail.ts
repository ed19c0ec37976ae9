/** The way of a played call over the canvas. Pure. */
import type { FlowGraph } from "@/flow/document/graph";

/** As the simulator tells it. */
export interface PlayedStep {
  what: string;
  words: string;
  why: string | null;
  object: { kind: string; id: string | null; name: string } | null;
}

export interface Trail {
  /** Nodes in the order in which the call came to them. */
  nodes: ReadonlySet<string>;
  edges: ReadonlySet<string>;
  /** Where the call is now. */
  here: string | null;
}

/** The nodes and lines that a call has come along until this step. What isn't on the canvas is passed over. */
export function trailOf(graph: FlowGraph, entry: string, steps: PlayedStep[], until: number): Trail {
  const nodes = new Set([entry]);
  const edges = new Set<string>();
  let here = entry;
  let pressed: string | null = null;
  let said: string | null = null;
  for (const step of steps.slice(0, until + 1)) {
    if (step.what === "key") pressed = /pressed (\S+)/.exec(step.words)?.[1] ?? null;
    if (step.what === "ended" && step.why === "system") {
      const end = graph.edges.find(
        ({ id, target }) => target === `hangup:${here}` && isWay(graph, here, id, pressed ?? said),
      );
      if (end) {
        edges.add(end.id);
        nodes.add(end.target);
        here = end.target;
      }
    }
    if (step.what === "hours") said = step.why;
    const to = step.object && nodeOf(graph, step.object);
    if (!to || to === here || !["sent to", "hours"].includes(step.what)) continue;
    const edge = edgeBetween(graph, here, to, step.why === "key" ? pressed : step.why);
    if (edge) edges.add(edge);
    nodes.add(to);
    here = to;
    pressed = null;
    if (step.what !== "hours") said = null;
  }
  return { nodes, edges, here };
}

function nodeOf(graph: FlowGraph, place: NonNullable<PlayedStep["object"]>): string | null {
  const id = place.id ?? `external:${place.name}`;
  return graph.nodes.some((node) => node.id === id) ? id : null;
}

/** The line that the call took: of several to the same node the one whose key or reason was told. */
function edgeBetween(graph: FlowGraph, from: string, to: string, why: string | null): string | undefined {
  const between = graph.edges.filter(({ source, target }) => source === from && target === to);
  return (between.find(({ id }) => isWay(graph, from, id, why)) ?? between[0])?.id;
}

/** Is this line the way that was told: of a key, or of a reason such as `closed`? */
function isWay(graph: FlowGraph, from: string, edgeId: string, why: string | null): boolean {
  const port = graph.nodes.find(({ id }) => id === from)?.ports.find(({ id }) => `${from}>${id}` === edgeId);
  return port !== undefined && why !== null && [port.label, port.field, port.field.replace(/^on_/, "")].includes(why);
}
