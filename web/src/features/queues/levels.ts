/** When a queue needs a look, and when it needs help: colour and words always go together. */
import type { LiveMember, LiveQueue, MemberState } from "./queries";
import { text } from "./text";

export interface Alarm {
  level: "success" | "warning" | "error";
  words: string;
}

const LONG_WAIT_S = 30;
const TOO_LONG_WAIT_S = 60;
const LOW_LEVEL = 0.8;
const TOO_LOW_LEVEL = 0.6;
const AT_WORK = ["ready", "ringing", "in_call", "on_hold", "wrap_up"];

/** Seconds that the first in the line has waited; 0: nobody waits. */
export function longestWait(queue: LiveQueue, now: number): number {
  const first = queue.waiting[0];
  return first ? Math.max(0, (now - Date.parse(first.since)) / 1000) : 0;
}

/** What a member does now: no event tells that the time for writing up is over. */
export function stateNow({ state, wrap_up_until }: LiveMember, now: number): MemberState {
  return state === "wrap_up" && wrap_up_until && Date.parse(wrap_up_until) <= now ? "ready" : state;
}

export function freeMembers(members: LiveMember[], now: number): number {
  return members.filter((member) => stateNow(member, now) === "ready").length;
}

/** How the line is now. */
export function lineAlarm(queue: LiveQueue, now: number): Alarm {
  const wait = longestWait(queue, now);
  const atWork = queue.members.some(({ state }) => AT_WORK.includes(state));
  if (wait >= TOO_LONG_WAIT_S) return { level: "error", words: text.alerts.tooLong };
  if (queue.waiting.length && !atWork) return { level: "error", words: text.alerts.nobody };
  if (wait >= LONG_WAIT_S) return { level: "warning", words: text.alerts.long };
  if (queue.waiting.length) return { level: "warning", words: text.alerts.waiting };
  if (queue.members.length && queue.members.every(({ state }) => state === "unknown"))
    return { level: "warning", words: text.alerts.unknown };
  if (!atWork) return { level: "warning", words: text.alerts.nobody };
  return { level: "success", words: text.alerts.calm };
}

/** How the day went; nothing to say of a good level or an empty day. */
export function dayAlarm(level: number | null): Alarm | null {
  if (level === null || level >= LOW_LEVEL) return null;
  return level >= TOO_LOW_LEVEL
    ? { level: "warning", words: text.alerts.low }
    : { level: "error", words: text.alerts.tooLow };
}

/** The queues that need help first, then by name. */
export function byUrgency(queues: LiveQueue[], now: number): LiveQueue[] {
  const rank = { error: 0, warning: 1, success: 2 };
  return [...queues].sort((one, other) => {
    const waits = Math.sign(other.waiting.length) - Math.sign(one.waiting.length);
    return waits || rank[lineAlarm(one, now).level] - rank[lineAlarm(other, now).level] || compare(one, other);
  });
}

function compare(one: LiveQueue, other: LiveQueue): number {
  return one.name.localeCompare(other.name);
}
