/** Undo and redo of any value. Pure. */

export interface Entry<T> {
  before: T;
  after: T;
  /** What was done, for people: "Connect key 1". */
  what: string;
  /** Changes with the same mark that follow each other are one: letters typed into one field. */
  mark?: string;
}

export interface History<T> {
  past: Entry<T>[];
  future: Entry<T>[];
}

/** More than anybody takes back; a document is some kilobytes. */
const LONGEST = 200;

export const EMPTY = { past: [], future: [] };

export function remember<T>({ past }: History<T>, entry: Entry<T>): History<T> {
  const last = past.at(-1);
  if (last && entry.mark && last.mark === entry.mark)
    return { past: [...past.slice(0, -1), { ...entry, before: last.before }], future: [] };
  return { past: [...past, entry].slice(-LONGEST), future: [] };
}

/** The value before the last change; null when there is none. */
export function stepBack<T>({ past, future }: History<T>): { value: T; history: History<T> } | null {
  const last = past.at(-1);
  return last ? { value: last.before, history: { past: past.slice(0, -1), future: [last, ...future] } } : null;
}

export function stepForward<T>({ past, future }: History<T>): { value: T; history: History<T> } | null {
  const [next, ...rest] = future;
  return next ? { value: next.after, history: { past: [...past, next], future: rest } } : null;
}
