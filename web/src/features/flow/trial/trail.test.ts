import { describe, expect, test } from "vitest";
import { connect } from "@/flow/document/edit";
import { catalog, shop } from "@/flow/document/examples";
import { graphOf } from "@/flow/document/graph";
import { type PlayedStep, trailOf } from "./trail";

const at = (kind: string, id: string) => ({ kind, id, name: id });
const step = (what: string, object: PlayedStep["object"], why: string | null = null, words = ""): PlayedStep => ({
  what,
  object,
  why,
  words,
});
const steps = [
  step("arrived", null),
  step("hours", at("time_condition", "hours"), "open"),
  step("sent to", at("ivr_menu", "menu"), "open"),
  step("key", at("ivr_menu", "menu"), "chosen", "the caller pressed 1 in menu"),
  step("sent to", at("queue", "queue"), "key"),
  step("ringing", at("extension", "desk")),
];

describe("the trail of a played call", () => {
  const graph = graphOf(catalog, shop);

  test("goes on with each step", () => {
    expect([...trailOf(graph, "line", steps, 0).nodes]).toEqual(["line"]);
    const half = trailOf(graph, "line", steps, 2);
    expect([half.here, [...half.edges]]).toEqual(["menu", ["line>destination", "hours>open"]]);
    const whole = trailOf(graph, "line", steps, 5);
    expect([whole.here, [...whole.edges].at(-1)]).toEqual(["queue", "menu>options.0"]);
  });

  test("takes the line of the key, where two lead to the same node", () => {
    const both = graphOf(catalog, connect(shop, "menu", "options.1", { kind: "queue", id: "queue" }));
    const second = steps.map((one) => ({ ...one, words: one.words.replace("pressed 1", "pressed 2") }));
    expect([...trailOf(both, "line", second, 5).edges].at(-1)).toBe("menu>options.1");
  });

  test("ends at the hang-up that the hours lead to", () => {
    const shut = graphOf(catalog, connect(shop, "hours", "closed", { kind: "hangup" }));
    const played = [
      step("arrived", null),
      step("hours", at("time_condition", "hours"), "closed"),
      step("ended", null, "system"),
    ];
    expect(trailOf(shut, "line", played, 2)).toMatchObject({ here: "hangup:hours" });
  });

  test("passes over what isn't on the canvas", () => {
    const away = step("sent to", at("prompt", "gone"));
    expect(trailOf(graph, "line", [away, ...steps], 2).here).toBe("hours");
  });
});
