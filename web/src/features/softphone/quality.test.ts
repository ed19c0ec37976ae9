import { expect, test } from "vitest";
import { type Counts, qualityBetween } from "./quality";

const begin: Counts = { received: 1000, lost: 10, jitterMs: 2, roundTripMs: 20, level: 0.1 };

function after(received: number, lost: number, more: Partial<Counts> = {}): Counts {
  return { ...begin, received: begin.received + received, lost: begin.lost + lost, ...more };
}

test("losses before the last look no longer count", () => {
  const quality = qualityBetween(begin, after(100, 0));
  expect(quality).toMatchObject({ words: "good", lossPercent: 0 });
  expect(quality.mos).toBeGreaterThan(4.2);
});

test.each([
  [after(97, 3), "good"],
  [after(92, 8), "fair"],
  [after(80, 20), "poor"],
  [after(100, 0, { jitterMs: 60, roundTripMs: 500 }), "poor"],
  [after(10, 0), "measuring"],
])("%o is %s", (now, words) => {
  expect(qualityBetween(begin, now).words).toBe(words);
});

test("a repaired loss is no negative one", () => {
  expect(qualityBetween(begin, after(100, -5)).lossPercent).toBe(0);
});
