import { describe, expect, test } from "vitest";
import { connect, copyOf, disconnect, freeName, makeObject, putObject, removeNode } from "./edit";
import { catalog, flowOf, object, shop } from "./examples";
import { graphOf } from "./graph";
import { heightOf, layOut, NODE_WIDTH, seat } from "./layout";
import { loadFrom } from "./load";
import { portsOf } from "./ports";
import type { FlowDocument } from "./types";

const lines = (document: FlowDocument) => graphOf(catalog, document).edges.map(({ id, target }) => `${id} ${target}`);
const labels = (kind: string, fields = {}) => portsOf(catalog, object(kind, "x", fields)).map(({ id }) => id);

describe("the catalog of the API's own description", () => {
  test("knows every destination and where calls leave its object", () => {
    expect(catalog.destinations).toMatchObject({ voicemail: "voicemail_box", announcement: "prompt", hangup: null });
    expect(labels("phone_number")).toEqual(["destination"]);
    expect(labels("time_condition")).toEqual(["open", "closed", "holiday"]);
    expect(labels("ring_group")).toEqual(["no_answer"]);
    expect(labels("prompt")).toEqual(["then"]);
    expect(labels("voicemail_box")).toEqual([]);
    expect(labels("ivr_menu", { options: [{ digit: "7" }] })).toEqual(["options.0", "on_timeout", "on_invalid"]);
  });

  test("tells which ways must lead somewhere", () => {
    const required = portsOf(catalog, object("time_condition", "x", {})).filter((port) => port.required);
    expect(required.map(({ id }) => id)).toEqual(["open", "closed"]);
  });

  test("knows the slots of a location's routing", () => {
    const slots = { overflow: { destination: { kind: "hangup" } }, team: { extension_ids: ["a"] } };
    expect(labels("location_routing", { slots })).toEqual(["slots.overflow"]);
  });
});

describe("the graph of a flow", () => {
  test("follows every way, keys and ends included, in the order of the calls", () => {
    expect(lines(shop)).toEqual([
      "line>destination hours",
      "hours>open menu",
      "hours>closed box",
      "menu>options.0 queue",
      "menu>options.1 external:+12025550199",
      "menu>on_timeout hangup:menu",
      "menu>on_invalid hangup:menu",
      "queue>overflow box",
    ]);
    expect(graphOf(catalog, shop).nodes[0]?.id).toBe("line");
  });

  test("shows where an extension goes by default", () => {
    const document = flowOf(
      object("phone_number", "line", { destination: { kind: "extension", id: "desk" } }),
      object("extension", "desk", { number: "201", voicemail_box_id: "box" }),
      object("voicemail_box", "box", {}),
    );
    expect(graphOf(catalog, document).edges.at(-1)).toMatchObject({ port: "no_answer", target: "box", implied: true });
    const without = disconnect(catalog, document, "desk", "no_answer");
    expect(without.objects.desk?.fields.voicemail_box_id).toBeNull();
    expect(lines(without)).toContain("desk>no_answer hangup:desk");
  });

  test("knows what calls can't reach", () => {
    const loose = putObject(shop, object("queue", "new-1", { overflow: { kind: "queue", id: "queue" } }));
    const { reached, nodes } = graphOf(catalog, loose);
    expect(reached.has("new-1")).toBe(false);
    expect(nodes.at(-1)?.id).toBe("new-1");
  });

  test("survives circles", () => {
    const round = connect(shop, "queue", "overflow", { kind: "ivr_menu", id: "menu" });
    expect(graphOf(catalog, round).nodes).toHaveLength(7);
  });
});

describe("reading a flow", () => {
  test("reads each object once, step by step, and marks what may not be seen", async () => {
    const asked: string[] = [];
    const loaded = await loadFrom(catalog, { kind: "phone_number", id: "line" }, async (kind, id) => {
      asked.push(`${kind} ${id}`);
      const fields = shop.objects[id]?.fields;
      return id === "queue" || !fields ? null : { fields, version: 1 };
    });
    expect(asked).toEqual([
      "phone_number line",
      "time_condition hours",
      "ivr_menu menu",
      "voicemail_box box",
      "queue queue",
    ]);
    expect(loaded.objects.queue).toMatchObject({ hidden: true, kind: "queue" });
    expect(loaded.saved.queue).toBeUndefined();
    expect(loaded.saved.menu?.version).toBe(1);
  });
});

describe("editing", () => {
  test("connecting a key changes that key alone", () => {
    const next = connect(shop, "menu", "options.1", { kind: "voicemail", id: "box" });
    expect(next.objects.menu?.fields.options).toEqual([
      { digit: "1", destination: { kind: "queue", id: "queue" } },
      { digit: "2", destination: { kind: "voicemail", id: "box" } },
    ]);
    expect(shop.objects.menu?.fields.options).not.toEqual(next.objects.menu?.fields.options);
  });

  test("a connection that is taken away hangs up, or goes its default way", () => {
    expect(lines(disconnect(catalog, shop, "queue", "overflow"))).toContain("queue>overflow hangup:queue");
    const holiday = connect(shop, "hours", "holiday", { kind: "voicemail", id: "box" });
    expect(disconnect(catalog, holiday, "hours", "holiday").objects.hours?.fields.holiday).toBeNull();
  });

  test("a node that is taken off lets go of all ways to it", () => {
    const without = removeNode(catalog, shop, "box");
    expect(lines(without)).toEqual(
      expect.arrayContaining(["hours>closed hangup:hours", "queue>overflow hangup:queue"]),
    );
    expect(without.objects.box).toBeUndefined();
    expect(removeNode(catalog, shop, "line")).toBe(shop);
  });

  test("a new object has the API's defaults and leaves open what must be chosen", () => {
    const menu = makeObject(catalog, catalog.kinds.ivr_menu ?? never(), "Menu", "place");
    expect(menu.fields).toMatchObject({ name: "Menu", location_id: "place", wait_s: 5, attempts: 3, on_timeout: null });
    expect(portsOf(catalog, menu).every(({ destination }) => destination === null)).toBe(true);
  });

  test("a copy has a name and a number of its own", () => {
    const queue = object("queue", "queue", { name: "Sales", number: "300" });
    const copy = copyOf(queue, ["Sales", "sales copy"]);
    expect(copy.fields).toMatchObject({ name: "Sales copy 2", number: "" });
    expect(freeName("x".repeat(120), ["x".repeat(100)])).toBe(`${"x".repeat(98)} 2`);
  });
});

describe("the layout", () => {
  const graph = graphOf(catalog, shop);

  test("is the same each time, runs to the right and covers nothing", () => {
    const at = layOut(graph);
    expect(layOut(graph)).toEqual(at);
    for (const { source, target } of graph.edges) expect(at[target]?.x).toBeGreaterThan(at[source]?.x ?? 0);
    expect(overlaps(at)).toEqual([]);
  });

  test("keeps places that are known, and finds a free one for what is new", () => {
    const known = layOut(graph);
    const more = graphOf(catalog, putObject(shop, object("prompt", "new-1", {})));
    const seats = seat(more, known);
    expect(seats).toMatchObject(known);
    expect(overlaps(seats, more.nodes)).toEqual([]);
  });

  function overlaps(at: Record<string, { x: number; y: number }>, nodes = graph.nodes): string[] {
    return nodes.flatMap((one, index) =>
      nodes.slice(index + 1).flatMap((other) => {
        const [a, b] = [at[one.id], at[other.id]];
        if (!a || !b) return [`${one.id} or ${other.id} has no place`];
        const across = Math.abs(a.x - b.x) < NODE_WIDTH;
        return across && a.y < b.y + heightOf(other) && b.y < a.y + heightOf(one) ? [`${one.id} ${other.id}`] : [];
      }),
    );
  }
});

function never(): never {
  throw new Error("the API has no such kind");
}
