import { describe, expect, it } from "vitest";
import { fromClock, toClock } from "./zoned";

describe("clock times of a zone", () => {
  it.each([
    ["2026-12-24T18:30", "America/New_York", "2026-12-24T23:30:00.000Z"],
    ["2026-07-01T09:00", "Europe/Berlin", "2026-07-01T07:00:00.000Z"],
    ["2026-01-01T00:15", "Asia/Kathmandu", "2025-12-31T18:30:00.000Z"],
    ["2026-11-01T01:30", "America/New_York", "2026-11-01T05:30:00.000Z"], // comes twice: the first
    ["2026-11-01T03:00", "America/New_York", "2026-11-01T08:00:00.000Z"],
    ["2026-03-08T03:00", "America/New_York", "2026-03-08T07:00:00.000Z"],
  ])("%s in %s is %s", (clock, zone, moment) => {
    expect(fromClock(clock, zone)).toBe(moment);
    expect(toClock(moment, zone)).toBe(clock);
  });

  it("takes a near moment for a time that is skipped", () => {
    const moment = Date.parse(fromClock("2026-03-08T02:30", "America/New_York"));
    expect(Math.abs(moment - Date.parse("2026-03-08T07:00:00Z"))).toBeLessThanOrEqual(1_800_000);
  });
});
