/** The flow as nodes and edges: objects, and the ends of calls that are no objects. */
import type { Catalog } from "./catalog";
import { type Port, portsOf } from "./ports";
import type { Destination, FlowDocument, FlowObject } from "./types";

export interface FlowNode {
  id: string;
  kind: string;
  object?: FlowObject;
  /** Of an external number. */
  number?: string;
  ports: Port[];
}

export interface FlowEdge {
  id: string;
  source: string;
  port: string;
  target: string;
  /** What happens by default: there is no destination to take away. */
  implied: boolean;
}

export interface FlowGraph {
  nodes: FlowNode[];
  edges: FlowEdge[];
  /** Nodes that calls to the number can come to. */
  reached: ReadonlySet<string>;
}

/** The node that a destination leads to. Each object has a "hang up" of its own: one for all would tangle the lines. */
export function targetOf(source: string, destination: Destination): string {
  if (destination.id) return destination.id;
  return destination.number ? `external:${destination.number}` : `${destination.kind}:${source}`;
}

/** The whole flow, in the order in which calls come to it; what nothing leads to is last. */
export function graphOf(catalog: Catalog, document: FlowDocument): FlowGraph {
  const nodes = new Map<string, FlowNode>();
  const edges: FlowEdge[] = [];
  const follow = (start: string) => {
    const waiting = [start];
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      const object = document.objects[id];
      if (!object || nodes.has(id)) continue;
      const ports = object.hidden ? [] : portsOf(catalog, object);
      nodes.set(id, { id, kind: object.kind, object, ports });
      for (const port of ports) {
        const destination = port.destination ?? port.implied;
        if (!destination) continue;
        const target = targetOf(id, destination);
        edges.push({ id: `${id}>${port.id}`, source: id, port: port.id, target, implied: !port.destination });
        if (document.objects[target]) waiting.push(target);
        else if (!nodes.has(target))
          nodes.set(target, { id: target, kind: destination.kind, number: destination.number ?? undefined, ports: [] });
      }
    }
  };
  follow(document.entry);
  const reached = new Set(nodes.keys());
  for (const id of Object.keys(document.objects)) follow(id);
  return { nodes: [...nodes.values()], edges, reached };
}
