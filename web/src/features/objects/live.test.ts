import { expect, it } from "vitest";
import { liveWord } from "./live";
import type { ConfigObject } from "./queries";

const object = (fields: Partial<ConfigObject>): ConfigObject => ({
  id: "one",
  name: "One",
  version: 1,
  location_id: null,
  updated_at: "2026-11-21T10:00:00Z",
  enabled: true,
  ...fields,
});
const status = (age_s: number | null) => ({
  age_s,
  devices: { enabled: 2, registered: 1, registered_ids: ["one"] },
  trunks: [{ id: "one", name: "Carrier", enabled: true, state: "down" as const }],
});

it("a phone and a trunk are what the nodes told last", () => {
  expect(liveWord(object({ extension_id: "x" }), status(3))).toBe("registered");
  expect(liveWord(object({ id: "two", extension_id: "x" }), status(3))).toBe("unregistered");
  expect(liveWord(object({ host: "carrier" }), status(3))).toBe("down");
  expect(liveWord(object({ id: "two", host: "carrier" }), status(3))).toBe("unknown");
});

it("nothing is known of a silent node, nor wanted of what is disabled", () => {
  expect(liveWord(object({ extension_id: "x" }), status(75))).toBe("unknown");
  expect(liveWord(object({ extension_id: "x" }), status(null))).toBe("unknown");
  expect(liveWord(object({ extension_id: "x" }), undefined)).toBe("unknown");
  expect(liveWord(object({ extension_id: "x", enabled: false }), status(3))).toBe("off");
});
