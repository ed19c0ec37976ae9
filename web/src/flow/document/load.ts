/** Reads a flow out of the API: from an object on, everything that calls can come to. */
import type { Catalog } from "./catalog";
import { portsOf } from "./ports";
import type { FlowDocument, FlowObject, Saved, SavedObject } from "./types";

/** Reads one object; null: not there, or not for this person. */
export type ReadObject = (kind: string, id: string) => Promise<SavedObject | null>;

export interface Loaded {
  objects: Record<string, FlowObject>;
  saved: Saved;
}

/** What is one step further is read together; `known` objects are not read again. */
export async function loadFrom(
  catalog: Catalog,
  start: { kind: string; id: string },
  read: ReadObject,
  known: Record<string, FlowObject> = {},
): Promise<Loaded> {
  const loaded: Loaded = { objects: {}, saved: {} };
  let wave = [start];
  while (wave.length) {
    const fresh = wave.filter(({ id }, index) => {
      const first = wave.findIndex((other) => other.id === id) === index;
      return first && !known[id] && !loaded.objects[id];
    });
    const found = await Promise.all(fresh.map(async (one) => ({ ...one, read: await read(one.kind, one.id) })));
    for (const { id, kind, read: object } of found) {
      loaded.objects[id] = { id, kind, fields: object?.fields ?? {}, ...(!object && { hidden: true }) };
      if (object) loaded.saved[id] = object;
    }
    wave = found.flatMap(({ id }) => leadsTo(catalog, loaded.objects[id]));
  }
  return loaded;
}

function leadsTo(catalog: Catalog, object: FlowObject | undefined): { kind: string; id: string }[] {
  return (object ? portsOf(catalog, object) : []).flatMap(({ destination, implied }) => {
    const to = destination ?? implied;
    const kind = to && catalog.destinations[to.kind];
    return kind && to?.id ? [{ kind, id: to.id }] : [];
  });
}

export function documentOf(entry: string, loaded: Loaded, positions: FlowDocument["positions"]): FlowDocument {
  return { entry, objects: loaded.objects, positions };
}
