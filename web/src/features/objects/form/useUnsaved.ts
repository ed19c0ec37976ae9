import { useEffect } from "react";
import { useBlocker } from "react-router";
import { useDialogs } from "@/ui/dialogs";
import { text } from "../text";

/** Asks before typed content is lost: on the page's own links, and when the window is closed. */
export function useUnsaved(dirty: boolean, forget: () => void): void {
  const { ask } = useDialogs();
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => dirty && currentLocation.pathname !== nextLocation.pathname,
  );
  useEffect(() => {
    if (blocker.state !== "blocked") return;
    ask({
      title: text.form.unsavedTitle,
      body: text.form.unsavedBody,
      confirm: text.form.leave,
      dangerous: true,
    }).then((leave) => {
      if (!leave) return blocker.reset();
      forget();
      blocker.proceed();
    });
  }, [blocker, ask, forget]);
  useEffect(() => {
    if (!dirty) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [dirty]);
}
