/** One field of an object that a change touched. */
export interface FieldChange {
  field: string;
  before: string;
  after: string;
}

type Snapshot = Record<string, unknown> | null | undefined;

/** Stamps say nothing about what somebody wanted. */
const NOISE = new Set(["updated_at", "created_at", "version", "last_login_at", "id", "org_id"]);

/** What differs between two states of an object, field by field; nested ones as `members.0.penalty`. */
export function differences(before: Snapshot, after: Snapshot): FieldChange[] {
  const [old, now] = [flat(before), flat(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((field) => !NOISE.has(field) && (old.get(field) ?? "") !== (now.get(field) ?? ""))
    .map((field) => ({ field, before: old.get(field) ?? "", after: now.get(field) ?? "" }));
}

function flat(value: unknown, path = "", into = new Map<string, string>()): Map<string, string> {
  if (value === null || value === undefined) {
    if (path) into.set(path, "");
  } else if (Array.isArray(value) && value.every((one) => typeof one !== "object")) into.set(path, value.join(", "));
  else if (typeof value === "object")
    for (const [key, one] of Object.entries(value)) flat(one, path ? `${path}.${key}` : key, into);
  else into.set(path, String(value));
  return into;
}
