/** What a form holds, compares and sends: plain JSON documents. */
import { findKind } from "./kinds";
import type { FieldSpec } from "./schema";

export type Document = Record<string, unknown>;
/** Messages by the rest of a field's path; "" is the field's own. */
export type Errors = Record<string, string>;

export function same(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

/** Left-out and null are the same to the API; the order of keys means nothing. */
function canonical(value: unknown): string {
  return JSON.stringify(value ?? null, (_, inner) =>
    inner && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(
          Object.entries(inner)
            .filter(([, part]) => part !== null && part !== undefined)
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : inner,
  );
}

/** What a new object begins with: the API's defaults. */
export function initialDocument(fields: FieldSpec[]): Document {
  return Object.fromEntries(fields.map(({ name, initial }) => [name, structuredClone(initial)]));
}

/** The fields in which two documents differ. */
export function changedFields(before: Document, after: Document, names: string[]): string[] {
  return names.filter((name) => !same(before[name], after[name]));
}

/** What is sent for a new object: what is filled in. */
export function creation(values: Document): Document {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined));
}

/** What is sent for an edit: only what differs. */
export function patch(before: Document, after: Document, fields: FieldSpec[]): Document {
  const changed = changedFields(
    before,
    after,
    fields.map(({ name }) => name),
  );
  return Object.fromEntries(changed.map((name) => [name, after[name] ?? null]));
}

/** My changes on top of somebody else's: a field that I touched is mine, every other one theirs. */
export function rebased(base: Document, mine: Document, theirs: Document, names: string[]): Document {
  const touched = new Set(changedFields(base, mine, names));
  return {
    ...theirs,
    ...Object.fromEntries(names.map((name) => [name, touched.has(name) ? mine[name] : theirs[name]])),
  };
}

/** The messages below `field`, with the rest of their paths. */
export function errorsUnder(errors: Errors, field: string): Errors {
  const under: Errors = {};
  for (const [path, message] of Object.entries(errors)) {
    if (path === field) under[""] = message;
    else if (path.startsWith(`${field}.`)) under[path.slice(field.length + 1)] = message;
  }
  return under;
}

/** All messages at and below a field as one sentence; undefined: it is fine. */
export function errorText(errors: Errors): string | undefined {
  const messages = [...new Set(Object.values(errors))];
  return messages.length ? messages.join("; ") : undefined;
}

export interface Reference {
  /** Dotted path of the field. */
  field: string;
  kind: string;
  id: string;
}

const OBJECT_OF: Record<string, string> = { voicemail: "voicemail_box", announcement: "prompt" };
const BY_KEY: Record<string, string> = {
  prompt_id: "prompt",
  extension_id: "extension",
  extension_ids: "extension",
  holiday_calendar_ids: "holiday_calendar",
  trunk_id: "trunk",
  trunk_ids: "trunk",
  voicemail_box_id: "voicemail_box",
  template_id: "routing_template",
};

/** The kind of object that a destination of this kind leads to; undefined: to none. */
export function targetOf(destinationKind: string): string | undefined {
  const kind = OBJECT_OF[destinationKind] ?? destinationKind;
  return findKind(kind)?.kind;
}

/** Everything that a document leads to, in the order of its fields. */
export function referencesIn(value: unknown, path = "", key = ""): Reference[] {
  if (Array.isArray(value)) return value.flatMap((item, at) => referencesIn(item, `${path}.${at}`, key));
  if (typeof value === "string") {
    const kind = BY_KEY[key];
    return kind ? [{ field: path, kind, id: value }] : [];
  }
  if (!value || typeof value !== "object") return [];
  const document = value as Document;
  const target = typeof document.kind === "string" ? targetOf(document.kind) : undefined;
  if (target && typeof document.id === "string" && !("org_id" in document))
    return [{ field: path, kind: target, id: document.id }];
  return Object.entries(document).flatMap(([name, inner]) =>
    referencesIn(inner, path ? `${path}.${name}` : name, name),
  );
}
