import { expect, test } from "vitest";
import description from "@/api/openapi.json";
import { groupsOf, RIGHTS } from "./scopes";

const worded = RIGHTS.flatMap(({ rights }) => rights.map(({ scope }) => scope));

test("no right is offered twice", () => {
  expect(new Set(worded).size).toBe(worded.length);
});

test("every resource of the API that has a right of its own can be granted", () => {
  const resources = new Set(worded.map((scope) => scope.split(":")[0]));
  const paths = Object.keys(description.paths).map((path) => path.split("/")[3]);
  for (const resource of ["users", "queues", "calls", "voicemails", "nodes", "devices", "audit-log", "config"]) {
    expect(paths).toContain(resource);
    expect(resources).toContain(resource);
  }
});

test("a right without words is shown as the API calls it, not hidden", () => {
  expect(groupsOf(["queues:read", "new-thing:read"])).toEqual([
    { name: "Telephony", rights: [{ scope: "queues:read", label: "Queues: see" }] },
    { name: "Others", rights: [{ scope: "new-thing:read", label: "new-thing:read" }] },
  ]);
});
