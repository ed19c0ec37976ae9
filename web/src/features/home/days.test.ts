import { describe, expect, it } from "vitest";
import { lastWeek, today, weekday } from "./days";

const ZONE = "America/New_York";

describe("today and last week", () => {
  it("begin at the zone's midnight", () => {
    const now = Date.parse("2026-11-21T03:30:00Z"); // still the 20th there
    expect(today(now, ZONE).from).toBe("2026-11-20T05:00:00.000Z");
    expect(weekday(now, ZONE)).toBe("Friday");
  });

  it("end at the same time by the clock, also when it was changed in between", () => {
    const now = Date.parse("2026-11-04T15:00:00Z"); // 10:00, winter time since the 1st
    expect(lastWeek(now, ZONE)).toEqual({ from: "2026-10-28T04:00:00.000Z", to: "2026-10-28T14:00:00.000Z" });
  });
});
