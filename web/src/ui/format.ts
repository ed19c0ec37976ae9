/** Times, durations and numbers as people read them. Times are shown in a named zone: the location's, else the browser's. */
import { useSyncExternalStore } from "react";

export interface Preferences {
  /** null: the browser's own habit. */
  hour12: boolean | null;
  /** IANA name; null: the browser's. */
  timezone: string | null;
}

const KEY = "preferences";
const listeners = new Set<() => void>();
let preferences: Preferences = { hour12: null, timezone: null, ...read() };

function read(): Partial<Preferences> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}");
  } catch {
    return {};
  }
}

export function setPreferences(next: Partial<Preferences>): void {
  preferences = { ...preferences, ...next };
  localStorage.setItem(KEY, JSON.stringify(preferences));
  for (const listener of listeners) listener();
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => preferences,
  );
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Kept, for to make one takes far longer than to use it, and lists are full of times. */
function clock(timezone?: string | null, options: Intl.DateTimeFormatOptions = {}): Intl.DateTimeFormat {
  const wanted = {
    ...options,
    timeZone: timezone ?? preferences.timezone ?? undefined,
    ...(preferences.hour12 === null ? {} : { hour12: preferences.hour12 }),
  };
  const key = JSON.stringify(wanted);
  const made = clocks.get(key) ?? new Intl.DateTimeFormat("en-US", wanted);
  clocks.set(key, made);
  return made;
}

/** "Nov 21, 2026, 9:05 AM" */
export function dateTime(iso: string | null | undefined, timezone?: string | null): string {
  return iso ? clock(timezone, { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso)) : "–";
}

/** The zone in short, such as "EST" or "GMT+1", if a clock there shows another time than the viewer's; else "". */
export function foreignZone(iso: string | null | undefined, timezone?: string | null): string {
  if (!iso || !timezone || dateTime(iso, timezone) === dateTime(iso)) return "";
  const parts = clock(timezone, { timeZoneName: "short" }).formatToParts(new Date(iso));
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? timezone;
}

/** "9:05:12 AM" */
export function timeOfDay(iso: string | null | undefined, timezone?: string | null): string {
  return iso ? clock(timezone, { timeStyle: "medium" }).format(new Date(iso)) : "–";
}

/** "3 min ago" */
export function ago(iso: string | null | undefined, now = Date.now()): string {
  if (!iso) return "–";
  const seconds = Math.round((Date.parse(iso) - now) / 1000);
  const relative = new Intl.RelativeTimeFormat("en-US", { numeric: "auto", style: "short" });
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [
    ["day", 86400],
    ["hour", 3600],
    ["minute", 60],
  ];
  for (const [unit, size] of steps)
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  return relative.format(seconds, "second");
}

/** "1:05" or "1:02:03" */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return "–";
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** "(202) 555-0123" for numbers of the US and Canada, all others as they are. */
export function phoneNumber(number: string | null | undefined): string {
  if (!number) return "–";
  const parts = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  return parts ? `(${parts[1]}) ${parts[2]}-${parts[3]}` : number;
}

/** "1 call", "3 calls" */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount.toLocaleString("en-US")} ${amount === 1 ? one : many}`;
}
