import { describe, expect, it } from "vitest";
import { changedFields, creation, errorsUnder, patch, rebased, referencesIn, same } from "./document";
import type { FieldSpec } from "./schema";

const field = (name: string) => ({ name }) as FieldSpec;

describe("what a form sends", () => {
  it("is only what differs", () => {
    const before = { name: "Sales", ring_s: 20, overflow: { kind: "hangup", id: null }, number: "400" };
    const after = { name: "Sales", ring_s: 25, overflow: { id: null, kind: "hangup" }, number: null };
    const fields = ["name", "ring_s", "overflow", "number"].map(field);
    expect(patch(before, after, fields)).toEqual({ ring_s: 25, number: null });
  });

  it("leaves out what is empty in a new object, so that defaults hold", () => {
    expect(creation({ name: "x", number: null, enabled: false, members: [] })).toEqual({
      name: "x",
      enabled: false,
      members: [],
    });
  });

  it("takes left-out and null as the same, and other orders of a list as different", () => {
    expect(same({ a: null, b: 1 }, { b: 1 })).toBe(true);
    expect(same(["a", "b"], ["b", "a"])).toBe(false);
    expect(same(undefined, null)).toBe(true);
  });
});

describe("a change on top of somebody else's", () => {
  it("keeps what I touched and takes all else from them", () => {
    const names = ["name", "ring_s", "enabled"];
    const base = { name: "A", ring_s: 10, enabled: true, version: 1 };
    const mine = { ...base, ring_s: 15 };
    const theirs = { ...base, name: "B", ring_s: 12, version: 2 };
    const merged = rebased(base, mine, theirs, names);
    expect(merged).toEqual({ name: "B", ring_s: 15, enabled: true, version: 2 });
    expect(changedFields(theirs, merged, names)).toEqual(["ring_s"]);
  });
});

describe("messages of the API", () => {
  it("go to the field they are about", () => {
    const errors = { "options.1.destination.id": "there is no such queue", options: "a key is used twice", name: "x" };
    expect(errorsUnder(errors, "options")).toEqual({
      "": "a key is used twice",
      "1.destination.id": "there is no such queue",
    });
    expect(errorsUnder(errorsUnder(errors, "options"), "1.destination")).toEqual({ id: "there is no such queue" });
  });
});

describe("where a document leads", () => {
  it("finds destinations, prompts and lists of objects", () => {
    const menu = {
      id: "own",
      org_id: "org",
      name: "kind of a menu",
      prompt: { prompt_id: "p1", text: null },
      options: [
        { digit: "1", destination: { kind: "queue", id: "q1", number: null } },
        { digit: "2", destination: { kind: "external_number", id: null, number: "+12025550123" } },
        { digit: "3", destination: { kind: "voicemail", id: "b1" } },
      ],
      extension_ids: ["e1", "e2"],
    };
    expect(referencesIn(menu).map(({ field, kind, id }) => `${field} ${kind} ${id}`)).toEqual([
      "prompt.prompt_id prompt p1",
      "options.0.destination queue q1",
      "options.2.destination voicemail_box b1",
      "extension_ids.0 extension e1",
      "extension_ids.1 extension e2",
    ]);
  });
});
