import { expect, test } from "vitest";
import { matching, offered, recentContacts } from "./recent";

const call = (direction: "inbound" | "outbound" | "internal", caller: string | null, dialed: string, name = "") => ({
  direction,
  caller_number: caller,
  caller_name: name || null,
  dialed_number: dialed,
});

test("the other side of each call is told once, the newest first", () => {
  const calls = [
    call("outbound", "201", "+12025550100"),
    call("inbound", "+12025550111", "+12025550199", "Ann"),
    call("inbound", "+12025550100", "+12025550199", "Bob"),
    call("inbound", null, "+12025550199"),
    call("internal", "202", "201", "Ben"),
  ];
  expect(recentContacts(calls)).toEqual([
    { number: "+12025550100", name: "" },
    { number: "+12025550111", name: "Ann" },
    { number: "202", name: "Ben" },
  ]);
});

test.each([
  ["", ["+12025550111", "202"]],
  [" ANN ", ["+12025550111"]],
  ["555-0111", ["+12025550111"]],
  ["202", ["+12025550111", "202"]],
  ["nobody", []],
])("%j finds %j", (typed, found) => {
  const contacts = [
    { number: "+12025550111", name: "Ann" },
    { number: "202", name: "Ben" },
  ];
  expect(matching(contacts, typed).map(({ number }) => number)).toEqual(found);
});

test("who is a colleague and was spoken with is offered once, by the colleague's name", () => {
  const recent = [{ number: "202", name: "BEN" }];
  const colleagues = [
    { number: "201", name: "Ada" },
    { number: "202", name: "Ben" },
  ];
  expect(offered(recent, colleagues)).toEqual([
    { number: "202", name: "Ben", isRecent: true },
    { number: "201", name: "Ada", isRecent: false },
  ]);
});
