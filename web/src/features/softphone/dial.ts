/** How other features call a number with the softphone, without loading it. */
import { useSyncExternalStore } from "react";

type Dialer = (number: string) => void;

let dialer: Dialer | null = null;
const watchers = new Set<() => void>();

/** The softphone says that it can dial (or no longer can, with null). */
export function offerDial(next: Dialer | null): void {
  dialer = next;
  for (const watcher of watchers) watcher();
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** Calls a number with this page's softphone; null while it can't: then show no button. */
export function useDial(): Dialer | null {
  return useSyncExternalStore(watch, () => dialer);
}
