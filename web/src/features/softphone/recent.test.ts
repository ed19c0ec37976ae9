import { expect, test } from "vitest";
import { matching, offered } from "./recent";

const ANN = { number: "+12025550111", dial: "92025550111", name: "Ann" };
const BEN = { number: "202", dial: "202", name: "Ben" };
const ADA = { number: "201", dial: "201", name: "Ada" };

test.each([
  ["", [ANN, BEN]],
  [" ANN ", [ANN]],
  ["555-0111", [ANN]],
  ["9 202", [ANN]],
  ["202", [ANN, BEN]],
  ["nobody", []],
])("%j finds %j", (typed, found) => {
  expect(matching([ANN, BEN], typed)).toEqual(found);
});

test("who is a colleague and was spoken with is offered once", () => {
  const CY = { number: "+12025550112", dial: "92025550112", name: "Cy", company: "Acme", label: "work" };
  expect(offered([ANN, BEN], [ADA, BEN], [ANN, CY])).toEqual([
    { ...ANN, isRecent: true },
    { ...BEN, isRecent: true },
    { ...ADA, isRecent: false },
    { ...CY, isRecent: false },
  ]);
});
