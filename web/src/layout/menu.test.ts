import { describe, expect, it } from "vitest";
import type { NavEntry } from "@/features/feature";
import { entriesFor } from "./menu";

const entry = (label: string, group: NavEntry["group"], ...scopes: string[]) =>
  ({ label, group, path: `/${label}`, scopes }) as NavEntry;
const ALL = [
  entry("calls", "Calls", "calls:read"),
  entry("queues", "Configuration", "queues:read", "ring-groups:read"),
  entry("changes", "Configuration", "config:read"),
  entry("my queues", "Overview", "queues:control"),
];
const menu = (...scopes: string[]) => entriesFor(ALL, (scope) => scopes.includes(scope)).map(({ label }) => label);

describe("the menu", () => {
  it("has what one may see", () => {
    expect(menu("calls:read", "queues:read", "ring-groups:write")).toEqual(["calls", "queues"]);
  });

  it("spares those who come for calls the configuration, though they may read it", () => {
    expect(menu("calls:read", "queues:read", "config:read")).toEqual(["calls"]);
    expect(menu("calls:read", "queues:read", "queues:control", "calls:control")).toEqual(["calls", "my queues"]);
  });

  it("shows it to roles that plan it, look after those who change it, or are about nothing else", () => {
    expect(menu("calls:read", "config:read", "config:plan")).toEqual(["calls", "changes"]);
    expect(menu("calls:read", "queues:read", "audit-log:read")).toEqual(["calls", "queues"]);
    expect(menu("queues:read", "config:read")).toEqual(["queues", "changes"]);
  });
});
