import { describe, expect, it } from "vitest";
import { EMPTY, type Situation, toForm, toSituation } from "./situation";

const GIVEN: Situation = {
  number: "+12025550142",
  caller: null,
  moment: "2026-12-24T23:30:00.000Z",
  keys: ["1", "", "23"],
  others: "busy",
  outside: "no_answer",
  phones: { "201": "away", "desk-1": "free" },
  out: { Sales: ["201", "202"] },
};

describe("the form of a hypothetical call", () => {
  it("comes back as it was", () => {
    expect(toSituation(toForm(GIVEN, "America/New_York"), "America/New_York")).toEqual(GIVEN);
  });

  it("shows moments by the number's clock", () => {
    expect(toForm(GIVEN, "America/New_York").moment).toBe("2026-12-24T18:30");
  });

  it("leaves out rows that nothing was typed into, and presses nothing when no key is given", () => {
    const form = { ...EMPTY, phones: [{ id: "1", name: " ", state: "busy" as const }], keys: " " };
    expect(toSituation(form, "UTC")).toMatchObject({ phones: {}, keys: [], moment: null });
  });
});
