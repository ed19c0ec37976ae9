import { expect, test } from "vitest";
import { byUrgency, dayAlarm, freeMembers, lineAlarm, stateNow } from "./levels";
import type { LiveQueue } from "./queries";

const NOW = Date.parse("2026-11-21T10:00:00Z");

function queue(name: string, waits: number[], states: LiveQueue["members"][number]["state"][]): LiveQueue {
  return {
    id: name,
    name,
    number: null,
    location_id: null,
    timezone: "UTC",
    max_wait_s: 300,
    mine: false,
    waiting: waits.map((seconds) => ({
      call_id: `${name}-${seconds}`,
      since: new Date(NOW - 1000 * seconds).toISOString(),
      caller_number: null,
      caller_name: null,
    })),
    members: states.map((state, index) => ({
      extension_id: `${name}-${index}`,
      name: "",
      number: "",
      penalty: 0,
      state,
      reason: "",
      since: null,
      wrap_up_until: null,
      mine: false,
    })),
    today: {
      answered: 0,
      abandoned: 0,
      overflowed: 0,
      average_wait_s: null,
      longest_wait_s: null,
      service_level: null,
      service_level_2: null,
    },
  };
}

test.each([
  [queue("calm", [], ["ready"]), "success", "All is calm"],
  [queue("empty", [], ["logged_out", "unavailable"]), "warning", "Nobody takes calls"],
  [queue("mute", [], ["unknown", "unknown"]), "warning", "Members not known"],
  [queue("one", [5], ["in_call"]), "warning", "Somebody waits"],
  [queue("lost", [5], ["paused"]), "error", "Nobody takes calls"],
  [queue("long", [30, 2], ["ready"]), "warning", "A long wait"],
  [queue("worst", [60], ["ready"]), "error", "Waits too long"],
])("%j", (now, level, words) => {
  expect(lineAlarm(now, NOW)).toEqual({ level, words });
});

test("who has written up a call is free again, though nobody tells so", () => {
  const [member] = queue("busy", [], ["wrap_up"]).members;
  if (!member) throw new Error("no member");
  const left = (seconds: number) => ({ ...member, wrap_up_until: new Date(NOW + 1000 * seconds).toISOString() });
  expect([left(5), left(0), left(-5)].map((one) => stateNow(one, NOW))).toEqual(["wrap_up", "ready", "ready"]);
  expect(freeMembers([left(5), left(-5)], NOW)).toBe(1);
});

test("a day is judged by its service level", () => {
  expect([0.8, null, 0.79, 0.59].map((level) => dayAlarm(level)?.level ?? null)).toEqual([
    null,
    null,
    "warning",
    "error",
  ]);
});

test("who waits comes first, the worst before the rest", () => {
  const queues = [
    queue("b", [], ["ready"]),
    queue("a", [], ["paused"]),
    queue("d", [2], ["ready"]),
    queue("c", [90], ["ready"]),
  ];
  expect(byUrgency(queues, NOW).map(({ name }) => name)).toEqual(["c", "d", "a", "b"]);
});
