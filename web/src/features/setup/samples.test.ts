import { expect, test } from "vitest";
import { filled, SAMPLES } from "./samples";

test("no gap stays open, whatever the place is called", () => {
  for (const sample of SAMPLES) {
    const file = filled(sample, { location: `Joe's "Bar": [x] $& #1`, timezone: "Europe/Berlin", tag: "ab12" });
    expect(file).not.toMatch(/__[A-Z]+__/);
    expect(file).toContain("timezone: Europe/Berlin");
  }
  const [shop] = SAMPLES;
  expect(shop && filled(shop, { location: `Joe's "Bar" $&`, timezone: "UTC", tag: "x" })).toContain(
    `name: "Joe's \\"Bar\\" $&"`,
  );
});
