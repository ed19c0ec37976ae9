import { describe, expect, test } from "vitest";
import { connect, putObject, renamed } from "./edit";
import { catalog, object, savedOf, shop } from "./examples";
import { isDirty, planSave } from "./save";
import type { FlowDocument } from "./types";

const saved = savedOf(shop);
const told = (document: FlowDocument) => planSave(catalog, document, saved).map((step) => `${step.do} ${step.id}`);
const HANGUP = { kind: "hangup" };

describe("the order of saving", () => {
  test("nothing was changed: nothing is written, also when the API fills in nulls", () => {
    expect(isDirty(catalog, shop, saved)).toBe(false);
    const written = connect(shop, "hours", "closed", { kind: "voicemail", id: "box", number: null });
    expect(isDirty(catalog, { ...written, positions: { box: { x: 1, y: 2 } } }, saved)).toBe(false);
  });

  test("new objects come after those they name, then what names them, the number last", () => {
    let document = putObject(shop, object("queue", "new-q", { overflow: { kind: "voicemail", id: "new-b" } }));
    document = putObject(document, object("voicemail_box", "new-b", { number: "901" }));
    document = connect(document, "line", "destination", { kind: "queue", id: "new-q" });
    document = connect(document, "menu", "options.1", { kind: "voicemail", id: "new-b" });
    expect(told(document)).toEqual(["create new-b", "create new-q", "change menu", "change line"]);
    expect(planSave(catalog, document, saved).at(-1)).toMatchObject({
      changes: { destination: { kind: "queue", id: "new-q" } },
      version: 3,
    });
  });

  test("only the fields that differ are sent, each in one change for its object", () => {
    let document = connect(shop, "menu", "options.0", HANGUP);
    document = connect(document, "menu", "on_timeout", { kind: "queue", id: "queue" });
    const [step, ...others] = planSave(catalog, document, saved);
    expect(others).toEqual([]);
    expect(step?.do === "change" && Object.keys(step.changes).sort()).toEqual(["on_timeout", "options"]);
  });

  test("a circle of new objects is closed when all of them are there", () => {
    let document = putObject(shop, object("queue", "new-a", { overflow: { kind: "ivr_menu", id: "new-m" } }));
    document = putObject(
      document,
      object("ivr_menu", "new-m", { options: [{ digit: "1", destination: { kind: "queue", id: "new-a" } }] }),
    );
    const steps = planSave(catalog, document, saved);
    expect(steps.map(({ do: what, id }) => `${what} ${id}`)).toEqual(["create new-m", "create new-a", "change new-m"]);
    expect(steps[0]).toMatchObject({ fields: { options: [{ digit: "1", destination: HANGUP }] } });
    expect(steps[2]).toMatchObject({ version: null, changes: { options: [{ destination: { id: "new-a" } }] } });
  });

  test("an object that leads to itself is made first and closed then", () => {
    const document = putObject(shop, object("queue", "new-a", { overflow: { kind: "queue", id: "new-a" } }));
    expect(told(document)).toEqual(["create new-a", "change new-a"]);
  });

  test("ids that the API gave stand wherever the object is named", () => {
    const document = connect(shop, "line", "destination", { kind: "queue", id: "new-q" });
    const ids = new Map([["new-q", "real"]]);
    expect(renamed(document, ids).objects.line?.fields.destination).toEqual({ kind: "queue", id: "real" });
  });
});
