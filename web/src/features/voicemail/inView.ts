import type { Message } from "./queries";

/**
 * The list with the opened message at its place, newest first. It stays though it no longer matches what is asked for:
 * hearing a new message makes it an old one, and it shall not vanish under the listener.
 *
 * @param complete whether all that match are listed; else an opened one that is older than all of them comes first,
 * for a link leads to it.
 */
export function withOpened(listed: Message[], opened: Message | undefined, complete: boolean): Message[] {
  if (!opened || listed.some(({ id }) => id === opened.id)) return listed;
  const at = listed.findIndex(({ left_at }) => Date.parse(left_at) < Date.parse(opened.left_at));
  if (at >= 0) return listed.toSpliced(at, 0, opened);
  return complete ? [...listed, opened] : [opened, ...listed];
}
