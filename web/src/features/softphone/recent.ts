/** With whom somebody spoke lately. */
import type { Schemas } from "@/api/client";

type Call = Pick<Schemas["CallRecord"], "direction" | "caller_number" | "caller_name" | "dialed_number">;

/** Somebody who can be called. */
export interface Contact {
  number: string;
  name: string;
}

/** The other sides of one's own calls, each number once, in the calls' order. */
export function recentContacts(calls: readonly Call[]): Contact[] {
  const found = new Map<string, Contact>();
  for (const { direction, caller_number, caller_name, dialed_number } of calls) {
    const contact =
      direction === "outbound"
        ? { number: dialed_number ?? "", name: "" }
        : { number: caller_number ?? "", name: caller_name ?? "" };
    if (contact.number && !found.has(contact.number)) found.set(contact.number, contact);
  }
  return [...found.values()];
}

/** Those whose name or number holds what was typed; all for nothing. Numbers are compared without punctuation. */
export function matching(contacts: readonly Contact[], typed: string): Contact[] {
  const words = typed.trim().toLowerCase();
  const digits = words.replace(/[\s()./-]/g, "");
  return contacts.filter(({ number, name }) => name.toLowerCase().includes(words) || number.includes(digits));
}

/** Recent contacts, then the other colleagues. Who is both goes by the colleague's name. */
export function offered(
  recent: readonly Contact[],
  colleagues: readonly Contact[],
): (Contact & { isRecent: boolean })[] {
  const names = new Map(colleagues.map(({ number, name }) => [number, name]));
  const spokenWith = new Set(recent.map(({ number }) => number));
  return [
    ...recent.map(({ number, name }) => ({ number, name: names.get(number) ?? name, isRecent: true })),
    ...colleagues.filter(({ number }) => !spokenWith.has(number)).map((one) => ({ ...one, isRecent: false })),
  ];
}
