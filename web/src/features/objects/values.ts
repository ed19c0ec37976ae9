/** Values of fields as one line of text, where there is no room for more. */
import { dateTime, phoneNumber } from "@/ui/format";
import { text as common } from "@/ui/text";
import { labelOf, valueLabel } from "./schema";
import { text } from "./text";

const PHONE_FIELDS = new Set(["caller_number"]);

/** What an id is called, if that is known. */
export type NameOf = (id: string) => string | undefined;

/** A field's value in words. */
export function plainValue(field: string, value: unknown, nameOf: NameOf = () => undefined): string {
  if (value === null || value === undefined || value === "") return common.none;
  if (typeof value === "boolean") return value ? text.filters.yes : text.filters.no;
  if (typeof value === "number") return field.endsWith("_s") ? `${value} s` : value.toLocaleString("en-US");
  if (typeof value === "string") return nameOf(value) ?? plainText(field, value);
  if (Array.isArray(value))
    return value.length ? value.map((one) => plainValue(field, one, nameOf)).join(", ") : common.none;
  const document = value as Record<string, unknown>;
  if (typeof document.text === "string") return `“${document.text}”`;
  const parts = Object.entries(document).filter(([, part]) => part !== null && part !== undefined);
  if (typeof document.kind === "string") return parts.map(([name, part]) => plainValue(name, part, nameOf)).join(": ");
  return parts.map(([name, part]) => `${labelOf("", name)}: ${plainValue(name, part, nameOf)}`).join(", ");
}

function plainText(field: string, value: string): string {
  if (field.endsWith("_at")) return dateTime(value);
  if (PHONE_FIELDS.has(field) || (field === "number" && value.startsWith("+"))) return phoneNumber(value);
  if (field === "kind") return text.destination.kinds[value] ?? value;
  return valueLabel(field, value);
}
