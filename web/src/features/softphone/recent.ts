/** With whom somebody can speak, and spoke lately. */
import type { Schemas } from "@/api/client";

/** Somebody who can be called: `number` is for people, `dial` for the phone. */
export type Contact = Schemas["RecentContact"] & Partial<Pick<Schemas["CallableContact"], "company" | "label">>;

/** Those whose name or number holds what was typed; all for nothing. Numbers are compared without punctuation. */
export function matching(contacts: readonly Contact[], typed: string): Contact[] {
  const words = typed.trim().toLowerCase();
  const digits = words.replace(/[\s()./-]/g, "");
  return contacts.filter(
    ({ number, dial, name }) =>
      name.toLowerCase().includes(words) || number.includes(digits) || dial.startsWith(digits),
  );
}

/** Recent ones, then the other colleagues, then the contacts outside. */
export function offered(
  recent: readonly Contact[],
  ...others: readonly (readonly Contact[])[]
): (Contact & { isRecent: boolean })[] {
  const seen = new Set(recent.map(({ dial }) => dial));
  return [
    ...recent.map((one) => ({ ...one, isRecent: true })),
    ...others
      .flat()
      .filter(({ dial }) => !seen.has(dial))
      .map((one) => ({ ...one, isRecent: false })),
  ];
}
