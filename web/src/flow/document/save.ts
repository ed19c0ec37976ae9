/** In which order a flow is written to the API, so that nothing ever names what isn't there yet. Pure. */
import type { Catalog } from "./catalog";
import { equal } from "./edit";
import { asRecord } from "./ports";
import { type Fields, type FlowDocument, type FlowObject, HANGUP, isNew, type Json, type Saved } from "./types";

export type Step =
  | { do: "create"; id: string; kind: string; fields: Fields }
  /** Without a version: made by an earlier step, which says its version. */
  | { do: "change"; id: string; kind: string; changes: Fields; version: number | null };

/** Creates first, each after those it names; then what closes circles among them; then the changes, the number last. */
export function planSave(catalog: Catalog, document: FlowDocument, saved: Saved): Step[] {
  const fresh = Object.values(document.objects).filter(({ id }) => isNew(id));
  const order = inOrder(fresh);
  const made = new Set<string>();
  const creates: Step[] = [];
  const closing: Step[] = [];
  for (const object of order) {
    const whole = writable(catalog, object);
    const fields = withoutMissing(whole, (id) => isNew(id) && !made.has(id)) as Fields;
    made.add(object.id);
    creates.push({ do: "create", id: object.id, kind: object.kind, fields });
    const changes = differences(fields, whole);
    if (changes) closing.push({ do: "change", id: object.id, kind: object.kind, changes, version: null });
  }
  const changes: Step[] = [];
  for (const object of Object.values(document.objects)) {
    const before = saved[object.id];
    const changed = before && differences(before.fields, writable(catalog, object));
    if (before && changed)
      changes.push({ do: "change", id: object.id, kind: object.kind, changes: changed, version: before.version });
  }
  const last = (step: Step) => Number(step.id === document.entry);
  return [...creates, ...closing, ...changes.sort((one, other) => last(one) - last(other))];
}

/** Is there anything that the API hasn't got yet? Positions don't count: they are kept in the browser. */
export function isDirty(catalog: Catalog, document: FlowDocument, saved: Saved): boolean {
  return planSave(catalog, document, saved).length > 0;
}

/** The object's fields without what only the API sets. */
export function writable(catalog: Catalog, object: FlowObject): Fields {
  const known = catalog.kinds[object.kind]?.fields ?? {};
  return Object.fromEntries(Object.entries(object.fields).filter(([field]) => field in known));
}

/** What is different, whole fields only; null when nothing is. */
function differences(before: Fields, after: Fields): Fields | null {
  const changed = Object.entries(after).filter(([field, value]) => !equal(before[field], value));
  return changed.length ? Object.fromEntries(changed) : null;
}

/** Depth first: an object comes after those that it names, except where they go round in a circle. */
function inOrder(objects: FlowObject[]): FlowObject[] {
  const byId = new Map(objects.map((object) => [object.id, object]));
  const done = new Set<string>();
  const order: FlowObject[] = [];
  const visit = (object: FlowObject) => {
    if (done.has(object.id)) return;
    done.add(object.id);
    for (const id of idsIn(object.fields)) {
      const named = byId.get(id);
      if (named) visit(named);
    }
    order.push(object);
  };
  objects.forEach(visit);
  return order;
}

function idsIn(value: Json): string[] {
  if (typeof value === "string") return isNew(value) ? [value] : [];
  return Object.values(asRecord(value)).flatMap(idsIn);
}

/** Destinations that can't be named yet hang up meanwhile. */
function withoutMissing(value: Json, missing: (id: string) => boolean): Json {
  if (!value || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((one) => withoutMissing(one, missing));
  if (typeof value.kind === "string" && typeof value.id === "string" && missing(value.id)) return HANGUP;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutMissing(one, missing)]));
}
