/** Inside a template, "where" has two more words: another of its steps, and what each location has of its own. */
import { createContext, useContext } from "react";

/** A destination that is still open: `{part}` is a step of the template, `{here}` what the location fills in. */
export type OpenEnd = { part: string } | { here: string };

export interface TemplateScope {
  /** Names of the steps. */
  parts: string[];
  /** Names of what locations fill in, by what it gives. */
  destinations: string[];
  extensions: string[];
}

/** Every enabled extension of the location; there without being declared. */
export const ALL_EXTENSIONS = "all_extensions";

export const TemplateContext = createContext<TemplateScope | null>(null);

export const useTemplateScope = () => useContext(TemplateContext);

export function openEndOf(value: unknown): OpenEnd | null {
  if (!value || typeof value !== "object") return null;
  if ("part" in value && typeof value.part === "string") return { part: value.part };
  if ("here" in value && typeof value.here === "string") return { here: value.here };
  return null;
}

/** An open end as one word for a list of choices, and back. */
export const codeOf = (end: OpenEnd): string => ("part" in end ? `part:${end.part}` : `here:${end.here}`);

export function decoded(code: string): OpenEnd | null {
  const [word, name] = code.split(":");
  if (word === "part" && name) return { part: name };
  if (word === "here" && name) return { here: name };
  return null;
}

type Slots = Record<string, { gives: "destination" | "extensions" }>;

export function scopeOf(parts: Record<string, unknown>, slots: Slots): TemplateScope {
  const giving = (what: string) => Object.keys(slots).filter((name) => slots[name]?.gives === what);
  return {
    parts: Object.keys(parts),
    destinations: giving("destination"),
    extensions: [ALL_EXTENSIONS, ...giving("extensions")],
  };
}

/** `sales_desk` as people read it. */
export const spelled = (name: string): string => name.replace(/_/g, " ");
