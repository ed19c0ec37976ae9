import { useEffect } from "react";
import { useBlocker } from "react-router";
import { useDialogs } from "./dialogs";
import { text } from "./text";

/**
 * Asks before somebody leaves a page, or closes the window, with what they have not saved.
 *
 * @param onLeave called when they give it up; the same function each time, or it asks again.
 */
export function useLeaveGuard(unsaved: boolean, onLeave?: () => void): void {
  const { ask } = useDialogs();
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => unsaved && currentLocation.pathname !== nextLocation.pathname,
  );
  useEffect(() => {
    if (blocker.state !== "blocked") return;
    ask({ ...text.unsaved, dangerous: true }).then((leave) => {
      if (!leave) return blocker.reset();
      onLeave?.();
      blocker.proceed();
    });
  }, [blocker, ask, onLeave]);
  useEffect(() => {
    if (!unsaved) return;
    const stay = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", stay);
    return () => removeEventListener("beforeunload", stay);
  }, [unsaved]);
}
