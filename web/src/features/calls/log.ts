/** The pages of a call log as they are shown, and what events change in them. */
import type { InfiniteData } from "@tanstack/react-query";
import type { CallQuery } from "./filters";
import type { Call } from "./queries";

export type Log = InfiniteData<{ items: Call[]; next_cursor: string | null }>;

const listed = (log: Log | undefined) => log?.pages.flatMap(({ items }) => items) ?? [];

/** Which calls are listed, and which not. */
export function partition(ids: string[], log: Log | undefined): { known: string[]; unknown: string[] } {
  const there = new Set(listed(log).map(({ id }) => id));
  return { known: ids.filter((id) => there.has(id)), unknown: ids.filter((id) => !there.has(id)) };
}

/** The same log with these calls as they are now: at their places, and listed even if they match no more. */
export function replaced(log: Log, now: Call[]): Log {
  const changed = new Map(now.map((call) => [call.id, call]));
  if (!changed.size) return log;
  const pages = log.pages.map((page) => {
    if (!page.items.some(({ id }) => changed.has(id))) return page;
    return { ...page, items: page.items.map((call) => changed.get(call.id) ?? call) };
  });
  return { ...log, pages };
}

/** Is it not listed, but would be if the list were read again? Others come with later pages. */
export function belongs(call: Call, log: Log | undefined, query: CallQuery): boolean {
  const calls = listed(log);
  if (!log || calls.some(({ id }) => id === call.id)) return false;
  const last = calls.at(-1);
  if (!last || !log.pages.at(-1)?.next_cursor) return true;
  return query.sort === "started_at" ? call.started_at <= last.started_at : call.started_at >= last.started_at;
}
