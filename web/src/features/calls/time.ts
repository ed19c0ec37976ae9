/** Days as people count them. Days are written YYYY-MM-DD. */
import { fromClock, toClock } from "@/ui/zoned";

const DAY_MS = 86_400_000;

/** When a day begins in a zone. */
export function dayBegins(day: string, zone: string): string {
  return fromClock(`${day}T00:00`, zone);
}

/** The day that it is there now. */
export function dayAt(at: number, zone: string): string {
  return toClock(new Date(at).toISOString(), zone).slice(0, 10);
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The Monday of its week. */
export function weekBegins(day: string): string {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return addDays(day, -((weekday + 6) % 7));
}
