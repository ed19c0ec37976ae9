import { expect, test } from "vitest";
import { filled, SAMPLES } from "./samples";

test("no gap stays open, whatever the place is called", () => {
  for (const sample of SAMPLES) {
    const file = filled(sample, `Joe's "Bar": [x] $& #1`, "Europe/Berlin");
    expect(file).not.toMatch(/__[A-Z]+__/);
    expect(file).toContain("timezone: Europe/Berlin");
  }
  const [shop] = SAMPLES;
  expect(shop && filled(shop, `Joe's "Bar" $&`, "UTC")).toContain(`name: "Joe's \\"Bar\\" $&"`);
});
