/** Today so far, and the same weekday last week until the same time, by a zone's clock. */
import { fromClock, toClock } from "@/ui/zoned";

export interface Range {
  from: string;
  to?: string;
}

const DAY_MS = 86_400_000;

function dayOf(moment: number, timezone: string): string {
  return toClock(new Date(moment).toISOString(), timezone).slice(0, 10);
}

export function today(now: number, timezone: string): Range {
  return { from: fromClock(`${dayOf(now, timezone)}T00:00`, timezone) };
}

/** The clock may have changed since: it is the clock time that is the same, in whole minutes. */
export function lastWeek(now: number, timezone: string): Range & { to: string } {
  const clock = toClock(new Date(now).toISOString(), timezone);
  const day = new Date(Date.parse(`${clock.slice(0, 10)}T00:00Z`) - 7 * DAY_MS).toISOString().slice(0, 10);
  return { from: fromClock(`${day}T00:00`, timezone), to: fromClock(`${day}${clock.slice(10)}`, timezone) };
}

/** "Saturday" */
export function weekday(now: number, timezone: string): string {
  return new Intl.DateTimeFormat("en-US", { weekday: "long", timeZone: timezone }).format(now);
}
