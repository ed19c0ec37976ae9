import { useCallback, useEffect, useRef } from "react";
import { type BlockerFunction, useBlocker } from "react-router";
import { useDialogs } from "@/ui/dialogs";
import { text } from "./text";

/** Asks before typed words are lost, in the page and by the browser. Gives the way to leave without being asked. */
export function useLeaveGuard(dirty: boolean): () => void {
  const open = useRef(false);
  const { ask } = useDialogs();
  const blocker = useBlocker(
    useCallback<BlockerFunction>(
      ({ currentLocation, nextLocation }) =>
        dirty && !open.current && currentLocation.pathname !== nextLocation.pathname,
      [dirty],
    ),
  );
  useEffect(() => {
    if (blocker.state !== "blocked") return;
    const { leaveTitle: title, leaveBody: body, leaveYes: confirm } = text.tests;
    ask({ title, body, confirm, dangerous: true }).then((yes) => (yes ? blocker.proceed() : blocker.reset()));
  }, [blocker, ask]);
  useEffect(() => {
    if (!dirty) return;
    const guard = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", guard);
    return () => window.removeEventListener("beforeunload", guard);
  }, [dirty]);
  return useCallback(() => {
    open.current = true;
  }, []);
}
