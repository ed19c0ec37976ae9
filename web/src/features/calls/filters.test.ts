import { describe, expect, it } from "vitest";
import { readFilters, toQuery, writeFilters } from "./filters";
import { dayAt, dayBegins } from "./time";

const NEW_YORK = "America/New_York";
const NOW = Date.parse("2026-11-21T03:00:00Z"); // still Friday the 20th in New York

describe("days", () => {
  it("begin at midnight of the place, also when clocks change", () => {
    expect(dayBegins("2026-11-20", NEW_YORK)).toBe("2026-11-20T05:00:00.000Z");
    expect(dayBegins("2026-11-01", NEW_YORK)).toBe("2026-11-01T04:00:00.000Z");
    expect(dayBegins("2026-11-02", NEW_YORK)).toBe("2026-11-02T05:00:00.000Z");
    expect(dayBegins("2026-03-09", "Pacific/Auckland")).toBe("2026-03-08T11:00:00.000Z");
  });

  it("are those of the place", () => {
    expect(dayAt(NOW, NEW_YORK)).toBe("2026-11-20");
    expect(dayAt(NOW, "UTC")).toBe("2026-11-21");
  });
});

describe("query", () => {
  const query = (address: string, location: string | null = null) =>
    toQuery(readFilters(new URLSearchParams(address)), NEW_YORK, NOW, location);

  it("takes last week from Monday to Sunday", () => {
    expect(query("when=lastweek")).toEqual({ from: "2026-11-09T05:00:00.000Z", to: "2026-11-16T05:00:00.000Z" });
  });

  it("includes the last day", () => {
    const day = { from: "2026-11-03T05:00:00.000Z", to: "2026-11-04T05:00:00.000Z" };
    expect(query("when=custom&from=2026-11-03&to=2026-11-03")).toEqual(day);
    expect(query("to=2026-11-03")).toEqual({ to: day.to });
  });

  it("understands numbers as people write them and passes over nonsense", () => {
    expect(query("number=%2B1 (202) 555-01")).toEqual({ number: "+120255501" });
    expect(query("number=Ann&min=-3&max=x&from=soon&to=2026-99-99&sort=evil&other=1")).toEqual({});
    expect(query("min=30&max=0&tag=VIP&q=ann")).toEqual({
      min_duration_s: 30,
      max_duration_s: 0,
      tag: "VIP",
      q: "ann",
    });
  });

  it("is narrowed to the chosen location unless it names another", () => {
    expect(query("", "a")).toEqual({ location_id: "a" });
    expect(query("location=b", "a")).toEqual({ location_id: "b" });
  });

  it("comes back from the address as it went in", () => {
    const filters = { when: "week", q: "מתוקה & 🎈", status: "missed" };
    expect(readFilters(writeFilters(filters))).toEqual(filters);
  });
});
