import { expect, test } from "vitest";
import { whyItRings } from "./why";

const call = {
  id: "c1",
  extension_ids: ["e1"],
  phase: "queued",
  caller_number: "+12025550142",
  caller_name: "Ada",
  dialed_number: "+12025550100",
  queue_id: "q1",
  started_at: "2026-11-21T10:00:00Z",
};

test("tells number and queue of the call that rings", () => {
  expect(whyItRings([call], "e1", "+12025550142")).toEqual({
    callId: "c1",
    dialed: "+12025550100",
    queueId: "q1",
    callerName: "Ada",
  });
});

test.each([
  ["another extension", [{ ...call, extension_ids: ["e2"] }]],
  ["another caller", [{ ...call, caller_number: "+13105550001" }]],
  ["one that talks already", [{ ...call, phase: "answered" }]],
  ["nothing", []],
])("knows nothing from %s", (_, calls) => {
  expect(whyItRings(calls, "e1", "+12025550142").callId).toBeNull();
});

test("of several calls of one caller takes the newest", () => {
  const later = { ...call, id: "c2", phase: "ringing", started_at: "2026-11-21T10:05:00Z" };
  expect(whyItRings([later, call], "e1", "+12025550142")).toMatchObject({ callId: "c2", queueId: null });
});
