/** What a page is narrowed and sorted by stands in its address: it can be shared, and gone back to. */
import { useSearchParams } from "react-router";

/**
 * How the address changes: without a step to go back to, and drawn at once. The router's changes start from what was
 * drawn last, so a second one would take back the first if that were still to be drawn.
 */
export const AT_ONCE = { replace: true, flushSync: true } as const;

/** The same address with some parameters changed; an empty one is left out. */
export function withParams(before: URLSearchParams, changes: Record<string, string>): URLSearchParams {
  const next = new URLSearchParams(before);
  for (const [name, value] of Object.entries(changes)) {
    if (value) next.set(name, value);
    else next.delete(name);
  }
  return next;
}

/** One parameter of the address; "" for one that is not there. */
export function useFilter(name: string): [string, (value: string) => void] {
  const [params, setParams] = useSearchParams();
  const set = (value: string) => setParams((now) => withParams(now, { [name]: value }), AT_ONCE);
  return [params.get(name) ?? "", set];
}
