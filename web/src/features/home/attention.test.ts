import { describe, expect, it } from "vitest";
import { attention, type Known } from "./attention";
import type { Node, Status } from "./queries";

const FINE: Status = {
  age_s: 4,
  devices: { enabled: 3, registered: 3, registered_ids: null },
  trunks: [{ id: "t", name: "Carrier", enabled: true, state: "up" }],
};
const NODE = { id: "n", name: "main", state: "up", drift: false, refused: "", disk_free_mb: 50_000 } as Node;
const RELEASE = { id: "r", number: 7, author: "", reason: "", created_at: "", finished_at: null, stopped: "" };
const CONFIG = {
  changes_count: 0,
  elsewhere_count: 0,
  failed_sounds: 0,
  live: null,
  newest: { ...RELEASE, state: "live" as const },
};
const ALL_WELL: Known = { status: FINE, nodes: [NODE], config: CONFIG, unheard: 0, mayPlan: true };

const words = (some: Partial<Known>) => attention({ ...ALL_WELL, ...some }).map((one) => one.words);

describe("what needs attention", () => {
  it("is nothing when all is well, or nothing may be seen", () => {
    expect(attention(ALL_WELL)).toEqual([]);
    expect(attention({ mayPlan: false })).toEqual([]);
  });

  it("names a trunk that is down and leads to it, but not one that is switched off", () => {
    const trunks = [
      { id: "t", name: "Carrier", enabled: true, state: "down" as const },
      { id: "u", name: "Spare", enabled: false, state: "down" as const },
    ];
    const [item, ...rest] = attention({ ...ALL_WELL, status: { ...FINE, trunks } });
    expect(item).toMatchObject({ severity: "error", path: "/config/trunks/t" });
    expect(rest).toEqual([]);
  });

  it("says of a silent node that nothing is known, not that all trunks are down", () => {
    const trunks = [{ id: "t", name: "Carrier", enabled: true, state: "down" as const }];
    expect(words({ status: { ...FINE, age_s: 61, trunks } })).toEqual([expect.stringContaining("isn't known")]);
    expect(words({ status: { age_s: null, devices: { ...FINE.devices, enabled: 0 }, trunks: [] } })).toEqual([]);
  });

  it("tells of a release that did not hold before edits that wait", () => {
    const newest = { ...RELEASE, state: "rolled_back" as const };
    const found = attention({ ...ALL_WELL, config: { ...CONFIG, changes_count: 1, newest } });
    expect(found.map(({ path }) => path)).toEqual(["/changes/releases/r", "/changes"]);
  });

  it("leads to the set-up guide until all that it makes is there", () => {
    const setup = { done: 3, steps: 6, finished: false };
    expect(attention({ ...ALL_WELL, setup })).toMatchObject([
      { words: "3 of 6 steps of the set-up are done.", path: "/setup", dismissible: true },
    ]);
    expect(words({ setup: { ...setup, done: 0 } })).toEqual([expect.stringContaining("Nothing is set up")]);
    expect(words({ setup: { ...setup, done: 5, finished: true } })).toEqual([]);
  });

  it("doesn't offer what one may not do", () => {
    expect(words({ config: { ...CONFIG, changes_count: 2 }, mayPlan: false })).toEqual([]);
  });

  it.each<[Partial<Node>, string]>([
    [{ drift: true }, "something else"],
    [{ state: "asterisk_down" }, "Asterisk is down"],
    [{ refused: "Its clock is off." }, "Its clock is off."],
    [{ disk_free_mb: 100 }, "0.1 GB"],
  ])("tells of a node with %o", (some, said) => {
    expect(words({ nodes: [{ ...NODE, ...some }] })).toEqual([expect.stringContaining(said)]);
  });
});
