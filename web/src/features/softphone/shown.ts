import type { ShownNumbers } from "./queries";

/** The number chosen for calls, as long as it is among those offered; else null: the usual one. */
export function stillOffered(chosen: string | null, numbers: ShownNumbers | null): string | null {
  return numbers?.choices.some(({ number }) => number === chosen) ? chosen : null;
}
