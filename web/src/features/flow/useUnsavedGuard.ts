import { useEffect } from "react";
import { useBlocker } from "react-router";
import { useDialogs } from "@/ui/dialogs";
import { words } from "./text";

/** Asks before what isn't saved is left behind, by a link, by the back button or by closing the window. */
export function useUnsavedGuard(dirty: boolean): void {
  const { ask } = useDialogs();
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => dirty && currentLocation.pathname !== nextLocation.pathname,
  );
  useEffect(() => {
    if (blocker.state !== "blocked") return;
    const { title, body, leave } = words.unsaved;
    void ask({ title, body, confirm: leave, dangerous: true }).then((yes) =>
      yes ? blocker.proceed() : blocker.reset(),
    );
  }, [blocker, ask]);
  useEffect(() => {
    if (!dirty) return;
    const stay = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", stay);
    return () => window.removeEventListener("beforeunload", stay);
  }, [dirty]);
}
