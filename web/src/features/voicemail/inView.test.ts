import { describe, expect, it } from "vitest";
import { withOpened } from "./inView";
import type { Message } from "./queries";

const message = (hour: number) => ({ id: `at ${hour}`, left_at: `2026-11-21T${hour}:00:00Z` }) as Message;
const LISTED = [message(18), message(14), message(10)];
const shown = (opened: Message | undefined, complete = true) =>
  withOpened(LISTED, opened, complete).map(({ left_at }) => Number(left_at.slice(11, 13)));

describe("an opened message", () => {
  it("keeps its place in the list that no longer has it", () => {
    expect(shown(message(16))).toEqual([18, 16, 14, 10]);
    expect(shown(message(20))).toEqual([20, 18, 14, 10]);
    expect(shown(message(11))).toEqual([18, 14, 11, 10]);
    expect(shown(message(10))).toEqual([18, 14, 10]);
  });

  it("comes last when it is the oldest, and first when a link leads to one further down than was read", () => {
    const old = { id: "old", left_at: "2026-11-20T10:00:00Z" } as Message;
    expect(withOpened(LISTED, old, true).at(-1)).toBe(old);
    expect(withOpened(LISTED, old, false)[0]).toBe(old);
  });

  it("adds nothing when there is none", () => {
    expect(withOpened(LISTED, undefined, true)).toBe(LISTED);
  });
});
