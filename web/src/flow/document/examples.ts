/** A shop's flow for the tests, and the real catalog of the API. */
import description from "@/api/openapi.json";
import { type ApiDescription, readCatalog } from "./catalog";
import type { Fields, FlowDocument, FlowObject, Saved } from "./types";

export const catalog = readCatalog(description as unknown as ApiDescription);

export function object(kind: string, id: string, fields: Fields): FlowObject {
  return { id, kind, fields: { name: id, location_id: "place", ...fields } };
}

export function flowOf(...objects: FlowObject[]): FlowDocument {
  return { entry: "line", objects: Object.fromEntries(objects.map((one) => [one.id, one])), positions: {} };
}

/** As if everything that isn't new had just been read. */
export function savedOf(document: FlowDocument): Saved {
  const old = Object.values(document.objects).filter(({ id }) => !id.startsWith("new-"));
  return Object.fromEntries(old.map(({ id, fields }) => [id, { fields, version: 3 }]));
}

const HANGUP = { kind: "hangup" };

/** line → hours → (open) menu → (1) queue → box; closed → box; (2) +1…; no key: hang up */
export const shop = flowOf(
  object("phone_number", "line", { number: "+12025550100", destination: { kind: "time_condition", id: "hours" } }),
  object("time_condition", "hours", {
    open_hours: [{ days: ["mon"], start: "09:00", end: "17:00" }],
    open: { kind: "ivr_menu", id: "menu", number: null },
    closed: { kind: "voicemail", id: "box" },
    holiday: null,
  }),
  object("ivr_menu", "menu", {
    prompt: { text: "Press one." },
    options: [
      { digit: "1", destination: { kind: "queue", id: "queue" } },
      { digit: "2", destination: { kind: "external_number", number: "+12025550199" } },
    ],
    on_timeout: HANGUP,
    on_invalid: HANGUP,
  }),
  object("queue", "queue", { members: [{ extension_id: "desk" }], overflow: { kind: "voicemail", id: "box" } }),
  object("voicemail_box", "box", { number: "900" }),
);
