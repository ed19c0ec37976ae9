import { type ChangeEvent, type KeyboardEvent, useEffect, useEffectEvent, useState } from "react";

const PAUSE_MS = 300;

/**
 * What is typed into a field that is kept elsewhere, such as in the address: what its input is bound with. It goes
 * there after a moment without a key, for the address is too slow to follow letter by letter; at once with Enter, and
 * when the field is left, for later it could take back the step that was taken from there. What others put there is
 * shown, unless somebody has typed on meanwhile.
 */
export function useTyped(kept: string, keep: (typed: string) => void) {
  const [typed, setTyped] = useState(kept);
  const [shown, setShown] = useState(kept);
  if (shown !== kept) {
    setShown(kept);
    if (typed === shown) setTyped(kept); // else it comes late, and newer letters are here
  }
  const put = useEffectEvent(keep);
  useEffect(() => {
    if (typed === kept) return;
    const timer = setTimeout(() => put(typed), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, kept]);
  const putNow = () => typed !== kept && keep(typed);
  return {
    value: typed,
    onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => setTyped(event.target.value),
    onBlur: putNow,
    onKeyDown: (event: KeyboardEvent) => event.key === "Enter" && putNow(),
  };
}
