import { expect, test } from "vitest";
import { stillOffered } from "./shown";

const numbers = { usual: "+12025550100", choices: [{ number: "+12025550101", name: "Sales" }], total: 1 };

test.each([
  ["+12025550101", numbers, "+12025550101"],
  ["+12025550102", numbers, null],
  [null, numbers, null],
  ["+12025550101", null, null],
])("%s of %j shows %s", (chosen, offered, shown) => {
  expect(stillOffered(chosen, offered)).toBe(shown);
});
