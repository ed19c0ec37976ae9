import { describe, expect, test } from "vitest";
import { changeFields, connect, putObject } from "../document/edit";
import { catalog, object, savedOf, shop } from "../document/examples";
import { graphOf } from "../document/graph";
import type { FlowDocument } from "../document/types";
import { atShownField, problemsOf, problemsOfPlan } from "./rules";

const said = (document: FlowDocument) =>
  problemsOf(catalog, graphOf(catalog, document)).map((one) => `${one.severity} ${one.nodeId} ${one.field}`.trim());
const about = (document: FlowDocument, nodeId: string) =>
  problemsOf(catalog, graphOf(catalog, document))
    .filter((one) => one.nodeId === nodeId)
    .map(({ message }) => message);

describe("validation", () => {
  test("finds nothing in a flow that is fine", () => {
    expect(said(shop)).toEqual([]);
  });

  test("every way that must lead somewhere does", () => {
    expect(said(connect(shop, "hours", "open", null))).toContain("error hours open");
    expect(said(connect(shop, "menu", "options.1", null))).toEqual(["error menu options.1"]);
    expect(said(connect(shop, "hours", "holiday", null))).toEqual([]);
  });

  test("a key stands once", () => {
    const options = [1, 2].map(() => ({ digit: "1", destination: { kind: "hangup" } }));
    expect(said(changeFields(shop, "menu", { options }))).toContain("error menu options.1");
  });

  test.each([
    ["box", { number: "9" }, "number"],
    ["box", { number: "" }, "number"],
    ["box", { max_message_s: 4 }, "max_message_s"],
    ["menu", { prompt: null }, "prompt"],
    ["menu", { prompt: { text: "" } }, "prompt"],
    ["menu", { options: [] }, "options"],
    ["queue", { name: "" }, "name"],
    ["queue", { name: "x".repeat(101) }, "name"],
    ["hours", { location_id: null }, "location_id"],
  ])("%s with %o is refused at its field", (id, fields, field) => {
    expect(said(changeFields(shop, id, fields))).toContain(`error ${id} ${field}`);
  });

  test("a number of the wrong length is said in words", () => {
    expect(about(changeFields(shop, "box", { number: "9" }), "box")).toEqual(["Must be 2 to 8 digits."]);
  });

  test("a queue without members is said, and may be saved", () => {
    expect(said(changeFields(shop, "queue", { members: [] }))).toEqual(["warning queue members"]);
  });

  test("what nothing leads to: new things must be connected, old ones are only told of", () => {
    expect(said(putObject(shop, object("voicemail_box", "new-1", { number: "901" })))).toEqual(["error new-1"]);
    const cut = connect(shop, "line", "destination", { kind: "voicemail", id: "box" });
    expect(said(cut)).toEqual(["warning hours", "warning menu", "warning queue"]);
  });

  test("a circle without an end is an error, one that a key leads round is not", () => {
    const round = connect(shop, "queue", "overflow", { kind: "ivr_menu", id: "menu" });
    expect(said(round)).toEqual([]);
    const endless = connect(round, "menu", "on_timeout", { kind: "queue", id: "queue" });
    expect(about(endless, "menu")).toEqual(["Calls can run in a circle for ever: menu → queue → menu."]);
    expect(said(endless)).toEqual(["error menu"]);
  });

  test("the API's checks stand at nodes that are as they were saved, and own rules aren't said twice", () => {
    const found = ["no-fallback", "loop"].map((slug) => ({
      severity: "warning" as const,
      slug,
      path: "queues/Sales / Support/overflow",
      id: "queue",
      message: "Queue: callers are cut off.",
      hint: "Choose a box.",
    }));
    const told = (document: FlowDocument) => problemsOfPlan(graphOf(catalog, document), savedOf(shop), found);
    expect(told(shop)).toEqual([
      { nodeId: "queue", field: "overflow", severity: "warning", message: "Queue: callers are cut off. Choose a box." },
    ]);
    expect(told(changeFields(shop, "queue", { retry_s: 7 }))).toEqual([]);
  });

  test("the API's refusals stand at the way or the field that is shown", () => {
    const graph = graphOf(catalog, shop);
    expect(atShownField(graph, "menu", "options.1.destination.id")).toBe("options.1");
    expect(atShownField(graph, "menu", "prompt.text")).toBe("prompt");
  });
});
