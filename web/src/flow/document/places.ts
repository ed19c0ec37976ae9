/** Where this browser remembers the nodes that its user has put somewhere by hand; see docs/adr/0012. */
import { isNew, type Point } from "./types";

const KEY = "flow-places";
/** Flows whose places are kept; the ones longest untouched go first. */
const MOST_FLOWS = 200;

type Places = Record<string, Record<string, Point>>;

function readAll(): Places {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return found && typeof found === "object" ? (found as Places) : {};
  } catch {
    return {};
  }
}

export function readPlaces(entry: string): Record<string, Point> {
  const places = Object.entries(readAll()[entry] ?? {});
  return Object.fromEntries(places.filter(([, at]) => Number.isFinite(at?.x) && Number.isFinite(at?.y)));
}

export function keepPlaces(entry: string, positions: Record<string, Point>): void {
  const { [entry]: _, ...others } = readAll();
  const mine = Object.fromEntries(Object.entries(positions).filter(([id]) => !isNew(id)));
  const all = Object.keys(mine).length ? { ...others, [entry]: mine } : others;
  try {
    localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(Object.entries(all).slice(-MOST_FLOWS))));
  } catch {
    // A full or forbidden store costs only the places: the layout is made anew.
  }
}
