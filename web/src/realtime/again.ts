/** Reading again what events say has changed, however fast they come. */
import type { QueryClient } from "@tanstack/react-query";

const PATIENCE_MS = 15_000;

/**
 * Runs `work` soon after it is asked for, at most once in `pauseMs` and never twice at a time. What is asked for while
 * it runs leads to one more run after it: the last run begins after the last change.
 */
export function throttle(work: () => Promise<unknown>, pauseMs: number): () => void {
  let state: "idle" | "waiting" | "running" | "running, and asked again" = "idle";
  function wait() {
    state = "waiting";
    setTimeout(run, pauseMs);
  }
  async function run() {
    state = "running";
    await work().catch(() => {}); // whoever shows it says what went wrong
    if (state === "running") state = "idle";
    else wait();
  }
  return () => {
    if (state === "idle") wait();
    else if (state === "running") state = "running, and asked again";
  };
}

/**
 * Reads again what is shown of a resource. Answers that are on their way are waited for: who begins anew with each
 * event gets none while events come faster than answers. Such an answer may be older than the event; one more follows.
 */
export async function readAgain(queries: QueryClient, resource: string): Promise<void> {
  const shown = { queryKey: [resource] };
  const older = queries.isFetching(shown) > 0;
  const answered = await inTime(queries.invalidateQueries(shown, { cancelRefetch: false }));
  if (older || !answered) await inTime(queries.invalidateQueries(shown, { cancelRefetch: !answered }));
}

/** Whether it is done soon; a request whose connection has died never is. */
function inTime(work: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const patience = setTimeout(() => resolve(false), PATIENCE_MS);
    work.then(() => resolve(true), reject).finally(() => clearTimeout(patience));
  });
}
