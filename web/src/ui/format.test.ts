import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { dateTime, foreignZone, setPreferences } from "./format";

const WINTER = "2026-01-15T15:00:00Z";
const SUMMER = "2026-07-15T15:00:00Z";

beforeEach(() => {
  vi.stubGlobal("localStorage", { setItem: () => undefined });
  setPreferences({ timezone: "America/New_York", hour12: null });
});
afterEach(() => vi.unstubAllGlobals());

describe("the zone of a time", () => {
  it("is named where its clock differs from the viewer's, by what holds on that day", () => {
    expect(dateTime(WINTER, "America/Chicago")).toContain("9:00");
    expect(foreignZone(WINTER, "America/Chicago")).toBe("CST");
    expect(foreignZone(SUMMER, "America/Chicago")).toBe("CDT");
    expect(foreignZone(WINTER, "Europe/Berlin")).toBe("GMT+1");
  });

  it("is not named where both clocks show the same", () => {
    expect(foreignZone(WINTER, "America/New_York")).toBe("");
    expect(foreignZone(WINTER, "America/Toronto")).toBe("");
    expect(foreignZone(WINTER, null)).toBe("");
    setPreferences({ timezone: "America/Phoenix" });
    expect(foreignZone(SUMMER, "America/Los_Angeles")).toBe("");
    expect(foreignZone(WINTER, "America/Los_Angeles")).toBe("PST");
  });

  it("needs a time", () => {
    expect(foreignZone(null, "Europe/Berlin")).toBe("");
  });
});
