/** Opening hours as a week of days; the API keeps spans that hold on several days. */
import type { Schemas } from "@/api/client";

export type OpeningSpan = Schemas["OpeningSpan"];
export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Day = (typeof DAYS)[number];

/** Local times such as "09:00"; an end of "00:00" is midnight. */
export interface Hours {
  start: string;
  end: string;
}

export type Week = Record<Day, Hours[]>;

const toTheMinute = (time: string) => time.slice(0, 5);

export function weekOf(spans: OpeningSpan[]): Week {
  const week: Week = { mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] };
  for (const { days, start, end } of spans)
    for (const day of days) week[day].push({ start: toTheMinute(start), end: toTheMinute(end) });
  for (const day of DAYS) week[day].sort((a, b) => (a.start < b.start ? -1 : 1));
  return week;
}

/** Equal hours of several days become one span. */
export function spansOf(week: Week): OpeningSpan[] {
  const days = new Map<string, { hours: Hours; days: Day[] }>();
  for (const day of DAYS)
    for (const hours of week[day]) {
      const key = `${hours.start}-${hours.end}`;
      const found = days.get(key);
      if (!found) days.set(key, { hours, days: [day] });
      else if (!found.days.includes(day)) found.days.push(day);
    }
  return [...days.values()].map((span) => ({ days: span.days, start: span.hours.start, end: span.hours.end }));
}

/** What is wrong with a day, if anything. */
export function faultOf(hours: Hours[]): string | undefined {
  for (const { start, end } of hours) {
    if (!start || !end) return "Fill in both times.";
    if (end !== "00:00" && end <= start) return "Hours end after they start; write a night as two days.";
  }
  const sorted = hours.toSorted((a, b) => (a.start < b.start ? -1 : 1));
  const overlaps = sorted.some(({ start }, at) => {
    const before = sorted[at - 1];
    return before && (before.end === "00:00" || before.end > start);
  });
  return overlaps ? "These hours overlap." : undefined;
}
