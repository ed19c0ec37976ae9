/** What people do to the open flow, by canvas, panel or outline alike. */
import type { Catalog } from "@/flow/document/catalog";
import { destinationKindOf } from "@/flow/document/catalog";
import { connect, copyOf, disconnect, freeName, makeObject, putObject, removeNode } from "@/flow/document/edit";
import { loadFrom } from "@/flow/document/load";
import { currentFlow } from "@/flow/document/store";
import { type Destination, type FlowDocument, nameOf, type Point } from "@/flow/document/types";
import { edit, noteRead } from "@/flow/history/store";
import { kindWords } from "@/flow/nodes/kinds";
import { keepCopy, selectNode, useSelection } from "@/flow/selection/store";
import type { Way } from "./editor";
import { listObjects, readObject } from "./objects";
import { words } from "./text";

/** What a way can be led to. */
export type Goal =
  | { to: "end"; destination: Destination | null }
  | { to: "existing"; kind: string; id: string }
  | { to: "new"; kind: string };

function namesIn(document: FlowDocument, kind: string): string[] {
  return Object.values(document.objects).flatMap((object) => (object.kind === kind ? [nameOf(object)] : []));
}

/** A name that is free on the canvas and, as far as one page tells, in the organisation. */
async function newName(catalog: Catalog, kind: string): Promise<string> {
  const wanted = words.panel.newName(kindWords(kind).toLowerCase());
  const found = await listObjects(catalog, kind, { q: wanted, limit: 200 }).catch(() => null);
  return freeName(wanted, [...namesIn(currentFlow(), kind), ...(found?.items ?? []).map(({ name }) => name)]);
}

/** Puts a new object of a kind on the canvas and opens its settings. */
export async function addNode(catalog: Catalog, kind: string, at?: Point, way?: Way): Promise<void> {
  const shape = catalog.kinds[kind];
  if (!shape) return;
  const name = await newName(catalog, kind);
  const entry = currentFlow().objects[currentFlow().entry];
  const object = makeObject(catalog, shape, name, entry?.fields.location_id ?? null);
  const destinationKind = destinationKindOf(catalog, kind);
  edit(`Add ${name}`, (document) => {
    const added = putObject(document, object, at);
    return way && destinationKind
      ? connect(added, way.source, way.port, { kind: destinationKind, id: object.id })
      : added;
  });
  selectNode(object.id);
}

/** Brings an object that exists already onto the canvas, with all that it leads to. */
export async function bring(catalog: Catalog, kind: string, id: string, way?: Way): Promise<void> {
  const read = (one: string, of: string) => readObject(catalog, one, of);
  const found = await loadFrom(catalog, { kind, id }, read, currentFlow().objects);
  noteRead(found.saved);
  const destinationKind = destinationKindOf(catalog, kind);
  edit("Connect", (document) => {
    const added = { ...document, objects: { ...found.objects, ...document.objects } };
    return way && destinationKind ? connect(added, way.source, way.port, { kind: destinationKind, id }) : added;
  });
  selectNode(id);
}

/** Leads a way to its new goal. */
export async function lead(catalog: Catalog, way: Way, goal: Goal): Promise<void> {
  if (goal.to === "new") await addNode(catalog, goal.kind, undefined, way);
  else if (goal.to === "existing") await bring(catalog, goal.kind, goal.id, way);
  else edit("Connect", (document) => connect(document, way.source, way.port, goal.destination));
}

/** Leads a way to a node of the canvas; false: nothing can be led there. */
export function leadToNode(catalog: Catalog, way: Way, target: string): boolean {
  const object = currentFlow().objects[target];
  const [end, rest] = [target.slice(0, target.indexOf(":")), target.slice(target.indexOf(":") + 1)];
  const kind = object ? destinationKindOf(catalog, object.kind) : end === "external" ? "external_number" : end;
  if (!kind) return false;
  const destination: Destination = object
    ? { kind, id: target }
    : { kind, ...(kind === "external_number" && { number: rest }) };
  edit("Connect", (document) => connect(document, way.source, way.port, destination));
  return true;
}

export function letGo(catalog: Catalog, { source, port }: Way): void {
  edit("Take a connection away", (document) => disconnect(catalog, document, source, port));
}

export function takeOff(catalog: Catalog, id: string): void {
  edit("Take off the flow", (document) => removeNode(catalog, document, id));
  selectNode(null);
}

export function copySelected(): boolean {
  const { nodeId } = useSelection.getState();
  const { objects, entry } = currentFlow();
  const object = nodeId ? objects[nodeId] : undefined;
  if (!object || object.hidden || nodeId === entry) return false;
  keepCopy(object);
  return true;
}

/** A copy leads where the original does, also when it comes from another flow. */
export async function pasteCopy(catalog: Catalog, at?: Point): Promise<void> {
  const { copied } = useSelection.getState();
  if (!copied) return;
  const known = await listObjects(catalog, copied.kind, { q: nameOf(copied), limit: 200 }).catch(() => null);
  const taken = [...namesIn(currentFlow(), copied.kind), ...(known?.items ?? []).map(({ name }) => name)];
  const copy = copyOf(copied, taken);
  const alone = { entry: copy.id, objects: { [copy.id]: copy }, positions: {} };
  const missing = await loadLeads(catalog, alone);
  edit(`Paste ${nameOf(copy)}`, (document) =>
    putObject({ ...document, objects: { ...missing, ...document.objects } }, copy, at),
  );
  selectNode(copy.id);
}

/** The objects that a copy leads to and the canvas hasn't got. */
async function loadLeads(catalog: Catalog, { entry, objects }: FlowDocument): Promise<FlowDocument["objects"]> {
  const copy = objects[entry];
  if (!copy) return {};
  const self = async () => ({ fields: copy.fields, version: 0 });
  const found = await loadFrom(
    catalog,
    { kind: copy.kind, id: entry },
    (kind, id) => (id === entry ? self() : readObject(catalog, kind, id)),
    currentFlow().objects,
  );
  const { [entry]: _saved, ...saved } = found.saved;
  const { [entry]: _copy, ...others } = found.objects;
  noteRead(saved);
  return others;
}
