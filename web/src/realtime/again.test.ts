import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readAgain, throttle } from "./again";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const after = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks twenty times a second for so long. */
async function storm(ask: () => void, ms: number) {
  for (let at = 0; at < ms; at += 50) {
    ask();
    await vi.advanceTimersByTimeAsync(50);
  }
}

test("many events lead to few runs, never two at a time, and the last begins after the last event", async () => {
  let running = 0;
  let most = 0;
  const began: number[] = [];
  const ask = throttle(async () => {
    began.push(Date.now());
    most = Math.max(most, ++running);
    await after(150);
    running--;
  }, 300);
  const start = Date.now();
  await storm(ask, 3000);
  const last = Date.now() - 50;
  await vi.advanceTimersByTimeAsync(2000);
  expect(most).toBe(1);
  expect(began.length).toBeGreaterThanOrEqual(6);
  expect(began.length).toBeLessThanOrEqual(8);
  expect(began[0]).toBe(start + 300);
  expect(began.at(-1)).toBeGreaterThanOrEqual(last);
});

test("a run that fails doesn't end the following", async () => {
  let runs = 0;
  const ask = throttle(async () => {
    runs++;
    throw new Error("the network is away");
  }, 300);
  ask();
  await vi.advanceTimersByTimeAsync(400);
  ask();
  await vi.advanceTimersByTimeAsync(400);
  expect(runs).toBe(2);
});

test("answers slower than events arrive, and what is shown in the end is the last", async () => {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  let now = 0;
  const shown: number[] = [];
  const observer = new QueryObserver(queries, {
    queryKey: ["queues-live", {}],
    queryFn: async () => {
      const seen = now;
      await after(150);
      return seen;
    },
  });
  const leave = observer.subscribe(({ data }) => data !== undefined && data !== shown.at(-1) && shown.push(data));
  const told = throttle(() => readAgain(queries, "queues-live"), 100);
  await storm(() => {
    now++;
    told();
  }, 3000);
  expect(shown.length).toBeGreaterThan(8);
  await vi.advanceTimersByTimeAsync(1000);
  expect(shown.at(-1)).toBe(now);
  leave();
});

test("an answer that was on its way before the event is followed by another", async () => {
  const queries = new QueryClient();
  let now = "before";
  const observer = new QueryObserver(queries, {
    queryKey: ["status"],
    queryFn: async () => {
      const seen = now;
      await after(500);
      return seen;
    },
  });
  const leave = observer.subscribe(() => {});
  await vi.advanceTimersByTimeAsync(100);
  now = "after";
  const done = readAgain(queries, "status");
  await vi.advanceTimersByTimeAsync(1000);
  await done;
  expect(observer.getCurrentResult().data).toBe("after");
  leave();
});
