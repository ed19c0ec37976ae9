/** The ways out of an object: what each is called, where it leads, and how to lead it elsewhere. */
import type { Catalog, PortShape } from "./catalog";
import { type Destination, type Fields, type FlowObject, HANGUP, type Json } from "./types";

export interface Port {
  /** Its path in the object's fields, as the API names it in problems: `open`, `options.0`. */
  id: string;
  field: string;
  /** Which one of several: the key of a menu, the name of a slot. */
  label: string;
  destination: Destination | null;
  /** Where calls go that find no destination here; shown, but not stored in this field. */
  implied: Destination | null;
  required: boolean;
  /** Only by a key that a caller presses. */
  pressed: boolean;
  help: string;
}

export function portsOf(catalog: Catalog, object: FlowObject): Port[] {
  return (catalog.kinds[object.kind]?.ports ?? []).flatMap((shape) => portsOfShape(shape, object));
}

function portsOfShape(shape: PortShape, object: FlowObject): Port[] {
  const { field, required, help } = shape;
  const value = object.fields[field];
  const common = { field, required, help, pressed: shape.many === "list", implied: null };
  if (shape.many === "one")
    return [{ ...common, id: field, label: "", destination: asDestination(value), implied: implied(object, field) }];
  return Object.entries(asRecord(value)).flatMap(([key, element]) => {
    const part = asRecord(element);
    if (shape.many === "map" && !part.destination) return []; // a slot that is filled with something else
    const label = shape.many === "map" ? key : String(part[shape.label ?? ""] ?? "");
    return [{ ...common, id: `${field}.${key}`, label, destination: asDestination(part.destination) }];
  });
}

/** What the backend does where an optional way is left open. */
function implied({ kind, fields }: FlowObject, field: string): Destination | null {
  if (kind === "extension" && field === "no_answer")
    return typeof fields.voicemail_box_id === "string" ? { kind: "voicemail", id: fields.voicemail_box_id } : HANGUP;
  return kind === "prompt" && field === "then" ? HANGUP : null;
}

/** The object with one of its ways leading elsewhere. A list's element stays where it is. */
export function withDestination(object: FlowObject, port: string, destination: Destination | null): FlowObject {
  const [field = "", key] = port.split(".");
  const value = object.fields[field] ?? null;
  const next = key === undefined ? destination : withPart(value, key, destination);
  return { ...object, fields: { ...object.fields, [field]: next } };
}

function withPart(value: Json, key: string, destination: Destination | null): Json {
  const change = (part: Json) => ({ ...asRecord(part), destination });
  if (Array.isArray(value)) return value.map((part, index) => (String(index) === key ? change(part) : part));
  return { ...asRecord(value), [key]: change(asRecord(value)[key] ?? null) };
}

/** The fields with another element in a list of ways, such as the next free key of a menu. */
export function withWay(fields: Fields, shape: PortShape, label: string): Fields {
  const list = fields[shape.field];
  const way = { [shape.label ?? "label"]: label, destination: null };
  return { ...fields, [shape.field]: [...(Array.isArray(list) ? list : []), way] };
}

/** The fields without one element of a list or map of ways. */
export function withoutWay(fields: Fields, port: string): Fields {
  const [field = "", key] = port.split(".");
  const value = fields[field];
  if (Array.isArray(value)) return { ...fields, [field]: value.filter((_, index) => String(index) !== key) };
  return { ...fields, [field]: Object.fromEntries(Object.entries(asRecord(value)).filter(([name]) => name !== key)) };
}

/** The first key that a menu doesn't use yet, in the order of a phone. */
export function freeKey(used: Iterable<string>): string | undefined {
  const taken = new Set(used);
  return [..."1234567890*#"].find((key) => !taken.has(key));
}

function asDestination(value: Json | undefined): Destination | null {
  const found = asRecord(value);
  if (typeof found.kind !== "string") return null;
  const { kind, id, number } = found;
  return { kind, ...(typeof id === "string" && { id }), ...(typeof number === "string" && { number }) };
}

/** An object's or an array's members; nothing of anything else. */
export function asRecord(value: Json | undefined): { [key: string]: Json } {
  return value && typeof value === "object" ? (value as { [key: string]: Json }) : {};
}
