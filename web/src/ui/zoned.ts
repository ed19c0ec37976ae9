/** Clock times of a named zone, as `<input type="datetime-local">` has them ("2026-12-24T18:30"). */

/** Making one takes longer than all that is asked of it. */
const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(timezone: string): Intl.DateTimeFormat {
  const known = clocks.get(timezone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-CA", {
    timeZone: timezone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });
  clocks.set(timezone, made);
  return made;
}

function clockIn(timezone: string, moment: number): string {
  const parts = clockOf(timezone).formatToParts(moment);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}`;
}

/** The clock time that people in a zone read at a moment. */
export function toClock(iso: string, timezone: string): string {
  return clockIn(timezone, Date.parse(iso));
}

/** The moment at which the clock of a zone shows this; of a time that comes twice the first, of one that is skipped a near one. */
export function fromClock(clock: string, timezone: string): string {
  const asUtc = Date.parse(`${clock}Z`);
  const away = (guess: number) => Date.parse(`${clockIn(timezone, guess)}Z`) - guess;
  const first = asUtc - away(asUtc - 86_400_000);
  const found = clockIn(timezone, first) === clock ? first : asUtc - away(asUtc + 86_400_000);
  return new Date(found).toISOString();
}
