import { expect, test } from "vitest";
import { differences } from "./diff";

test("only what somebody changed is told, deep inside too", () => {
  const before = {
    name: "Sales",
    version: 1,
    tags: ["a"],
    open: { kind: "queue", id: "1" },
    members: [{ penalty: 0 }],
  };
  const after = {
    name: "Sales",
    version: 2,
    tags: ["a", "b"],
    open: { kind: "queue", id: "2" },
    members: [{ penalty: 3 }],
  };
  expect(differences(before, after)).toEqual([
    { field: "tags", before: "a", after: "a, b" },
    { field: "open.id", before: "1", after: "2" },
    { field: "members.0.penalty", before: "0", after: "3" },
  ]);
});

test("a new object shows what it was made with, nothing is not a value", () => {
  expect(differences(null, { id: "x", name: "Shop", note: null, on: false })).toEqual([
    { field: "name", before: "", after: "Shop" },
    { field: "on", before: "", after: "false" },
  ]);
});

test("a deleted object shows what is gone", () => {
  expect(differences({ name: "Shop" }, null)).toEqual([{ field: "name", before: "Shop", after: "" }]);
});
