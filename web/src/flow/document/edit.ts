/** What can be done to a flow. Pure: each gives a new document. */
import type { Catalog, NodeKind, Schema } from "./catalog";
import { asRecord, portsOf, withDestination } from "./ports";
import {
  type Destination,
  type Fields,
  type FlowDocument,
  type FlowObject,
  HANGUP,
  type Json,
  nameOf,
  newId,
  type Point,
} from "./types";

export function putObject(document: FlowDocument, object: FlowObject, at?: Point): FlowDocument {
  const positions = at ? { ...document.positions, [object.id]: at } : document.positions;
  return { ...document, objects: { ...document.objects, [object.id]: object }, positions };
}

export function changeFields(document: FlowDocument, id: string, fields: Fields): FlowDocument {
  const object = document.objects[id];
  return object ? putObject(document, { ...object, fields: { ...object.fields, ...fields } }) : document;
}

/** Leads one way of an object elsewhere. */
export function connect(
  document: FlowDocument,
  source: string,
  port: string,
  destination: Destination | null,
): FlowDocument {
  const object = document.objects[source];
  return object ? putObject(document, withDestination(object, port, destination)) : document;
}

/** Takes a way's destination away: an optional way goes its default way again, any other hangs up. */
export function disconnect(catalog: Catalog, document: FlowDocument, source: string, port: string): FlowDocument {
  const object = document.objects[source];
  const found = object && portsOf(catalog, object).find(({ id }) => id === port);
  if (!object || !found) return document;
  if (found.destination) return connect(document, source, port, found.required || found.pressed ? HANGUP : null);
  if (found.implied?.id && object.kind === "extension")
    return changeFields(document, source, { voicemail_box_id: null });
  return document;
}

/** Takes a node off the canvas; the ways that led to it are let go. The object itself is not deleted. */
export function removeNode(catalog: Catalog, document: FlowDocument, id: string): FlowDocument {
  if (id === document.entry) return document;
  let next = document;
  for (const object of Object.values(document.objects))
    for (const port of portsOf(catalog, object))
      if ((port.destination ?? port.implied)?.id === id) next = disconnect(catalog, next, object.id, port.id);
  const { [id]: _object, ...objects } = next.objects;
  const { [id]: _position, ...positions } = next.positions;
  return { ...next, objects, positions };
}

/** An object with the defaults of its kind; what must be chosen is left open. */
export function makeObject(catalog: Catalog, kind: NodeKind, name: string, locationId: Json): FlowObject {
  const fields: Fields = {};
  for (const [field, schema] of Object.entries(kind.fields)) {
    if (schema.default !== undefined) fields[field] = structuredClone(schema.default);
    else if (kind.ports.some((port) => port.field === field && port.many === "list"))
      fields[field] = [{ digit: "1", destination: null }];
    else if (kind.required.has(field)) fields[field] = blank(catalog.resolve(schema));
  }
  return {
    id: newId(),
    kind: kind.kind,
    fields: { ...fields, ...BEGINNINGS[kind.kind], name, location_id: locationId },
  };
}

/** Where the API's default is lawful but nobody's wish: hours that are never open. */
const BEGINNINGS: Record<string, Fields> = {
  time_condition: { open_hours: [{ days: ["mon", "tue", "wed", "thu", "fri"], start: "09:00", end: "17:00" }] },
};

function blank(schema: Schema): Json {
  if (schema.type === "array") return [];
  return schema.type === "string" ? "" : null;
}

/** A copy under a new name, which leads where the original does; numbers belong to one object only. */
export function copyOf(original: FlowObject, taken: Iterable<string>): FlowObject {
  const fields = structuredClone(original.fields);
  if ("number" in fields) fields.number = typeof fields.number === "string" && original.kind !== "ivr_menu" ? "" : null;
  return { id: newId(), kind: original.kind, fields: { ...fields, name: freeName(`${nameOf(original)} copy`, taken) } };
}

/** A name that isn't taken: `Sales copy`, `Sales copy 2`. At most 100 characters, as the API wants. */
export function freeName(wanted: string, taken: Iterable<string>): string {
  const lower = new Set([...taken].map((name) => name.toLowerCase()));
  for (let number = 1; ; number++) {
    const end = number === 1 ? "" : ` ${number}`;
    const name = wanted.slice(0, 100 - end.length) + end;
    if (!lower.has(name.toLowerCase())) return name;
  }
}

/** The document with other ids: what was new has been saved. */
export function renamed<T>(value: T, ids: ReadonlyMap<string, string>): T {
  let text = JSON.stringify(value);
  for (const [was, becomes] of ids) text = text.replaceAll(was, becomes); // `new-` and a UUID: stands nowhere else
  return JSON.parse(text) as T;
}

export function equal(one: Json | undefined, other: Json | undefined): boolean {
  if (one === other) return true;
  if (!one || !other || typeof one !== "object" || typeof other !== "object") return (one ?? null) === (other ?? null);
  const [left, right] = [asRecord(one), asRecord(other)];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((key) => equal(left[key], right[key]));
}
