import { beforeEach, describe, expect, test } from "vitest";
import { connect, putObject } from "../document/edit";
import { catalog, object, savedOf, shop } from "../document/examples";
import { isDirty } from "../document/save";
import { currentFlow, useFlow } from "../document/store";
import { edit, noteSaved, openFlow, redo, undo, useHistory } from "./store";

const HANGUP = { kind: "hangup" };
const closed = () => currentFlow().objects.hours?.fields.closed;

beforeEach(() => openFlow(shop, savedOf(shop)));

describe("history", () => {
  test("goes back and forth, and forgets the future when something else is done", () => {
    edit("one", (document) => connect(document, "hours", "closed", HANGUP));
    edit("two", (document) => connect(document, "hours", "closed", { kind: "queue", id: "queue" }));
    undo();
    expect(closed()).toEqual(HANGUP);
    undo();
    expect(currentFlow()).toBe(shop);
    undo();
    redo();
    expect(closed()).toEqual(HANGUP);
    edit("three", (document) => connect(document, "hours", "open", HANGUP));
    redo();
    expect(useHistory.getState().past.map(({ what }) => what)).toEqual(["one", "three"]);
  });

  test("letters typed into one field are one step", () => {
    for (const name of ["S", "Sa", "Sal"])
      edit("name", (document) => putObject(document, object("queue", "queue", { name })), "queue name");
    edit("open", (document) => connect(document, "hours", "open", HANGUP));
    undo();
    expect(currentFlow().objects.queue?.fields.name).toBe("Sal");
    undo();
    expect(currentFlow()).toBe(shop);
  });

  test("what changes nothing is nothing to take back", () => {
    edit("nothing", (document) => document);
    expect(useHistory.getState().past).toEqual([]);
  });

  test("after saving, undo and redo speak of the objects as they are called now", () => {
    edit("add", (document) =>
      connect(putObject(document, object("prompt", "new-1", { name: "Welcome", text: "Hi" })), "hours", "closed", {
        kind: "announcement",
        id: "new-1",
      }),
    );
    const hours = currentFlow().objects.hours?.fields ?? {};
    const real = { kind: "announcement", id: "real" };
    noteSaved(new Map([["new-1", "real"]]), {
      real: { fields: currentFlow().objects["new-1"]?.fields ?? {}, version: 1 },
      hours: { fields: { ...hours, closed: real }, version: 4 },
    });
    expect(isDirty(catalog, currentFlow(), useFlow.getState().saved)).toBe(false);
    undo();
    expect(closed()).toEqual({ kind: "voicemail", id: "box" });
    redo();
    expect(closed()).toEqual(real);
    expect(currentFlow().objects.real?.id).toBe("real");
  });
});
