import { useEffect } from "react";
import { useBlocker } from "react-router";
import { useDialogs } from "./dialogs";
import { text } from "./text";

/** Asks before somebody leaves a page with what they have not saved. */
export function useLeaveGuard(unsaved: boolean): void {
  const { ask } = useDialogs();
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => unsaved && currentLocation.pathname !== nextLocation.pathname,
  );
  useEffect(() => {
    if (blocker.state !== "blocked") return;
    ask({ ...text.unsaved, dangerous: true }).then((leave) => (leave ? blocker.proceed() : blocker.reset()));
  }, [blocker, ask]);
  useEffect(() => {
    if (!unsaved) return;
    const stay = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", stay);
    return () => removeEventListener("beforeunload", stay);
  }, [unsaved]);
}
