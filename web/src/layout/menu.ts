/** Which entries of the menu somebody gets. */
import type { NavEntry } from "@/features/feature";

/** Who has one of these works on the configuration without writing it: plans, or looks after those who do. */
const LOOKS_AFTER = ["config:plan", "audit-log:read"];

/**
 * The entries for what this person may. Who reads calls and has no work with the configuration, such as an executive,
 * comes for calls and reports: may look at a queue or a number, and gets there by links, but the menu is not full of it.
 */
export function entriesFor(entries: readonly NavEntry[], may: (scope: string) => boolean): NavEntry[] {
  const allowed = entries.filter(({ scopes }) => !scopes || scopes.some(may));
  const writes = allowed.some((entry) => configures(entry) && entry.scopes?.some((scope) => may(toWrite(scope))));
  const works = writes || LOOKS_AFTER.some(may) || !may("calls:read");
  return works ? allowed : allowed.filter((entry) => !configures(entry));
}

const configures = ({ group }: NavEntry) => group === "Configuration";
const toWrite = (scope: string) => scope.replace(/:read$/, ":write");
