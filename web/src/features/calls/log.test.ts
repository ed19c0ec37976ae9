import { expect, test } from "vitest";
import { belongs, type Log, partition, replaced } from "./log";
import type { Call } from "./queries";

const call = (id: string, minute: number, fields: Partial<Call> = {}) =>
  ({ id, started_at: `2026-11-21T10:0${minute}:00Z`, status: "live", ...fields }) as Call;
const log = (more: string | null = "next"): Log => ({
  pages: [
    { items: [call("e", 5), call("d", 4)], next_cursor: "second" },
    { items: [call("c", 3)], next_cursor: more },
  ],
  pageParams: [],
});

test("a listed call is put in anew at its place, and pages without it stay the same", () => {
  const before = log();
  const after = replaced(before, [call("d", 4, { status: "answered" }), call("x", 9)]);
  expect(after.pages.map(({ items }) => items.map(({ id, status }) => `${id} ${status}`))).toEqual([
    ["e live", "d answered"],
    ["c live"],
  ]);
  expect(after.pages[1]).toBe(before.pages[1]);
  expect(replaced(before, [])).toBe(before);
});

test("ids are parted by whether they are listed", () => {
  expect(partition(["d", "x"], log())).toEqual({ known: ["d"], unknown: ["x"] });
  expect(partition(["d"], undefined)).toEqual({ known: [], unknown: ["d"] });
});

test("a call is newer only where the list would show it", () => {
  expect(belongs(call("x", 6), log(), {})).toBe(true);
  expect(belongs(call("x", 2), log(), {}), "on a later page").toBe(false);
  expect(belongs(call("x", 2), log(null), {}), "there are no later pages").toBe(true);
  expect(belongs(call("d", 4), log(), {}), "it is listed meanwhile").toBe(false);
  expect(belongs(call("x", 6), undefined, {}), "the list is being read").toBe(false);
  expect(belongs(call("x", 6), log(), { sort: "started_at" })).toBe(false);
});
