import { useEffect, useState, useSyncExternalStore } from "react";
import { useDialogs } from "@/ui/dialogs";
import type { PhoneState } from "./calls";
import { lead } from "./leader";
import { BrowserPhone } from "./phone";
import type { Account, ShownNumbers } from "./queries";
import { stillOffered } from "./shown";
import { keepChoice, type MicrophoneFault, readChoice, type SoundChoice } from "./sound";
import { text } from "./text";

/** Without a phone: another tab has it, or the page may not have one. */
const AWAY: PhoneState = { registration: isSecureContext ? "other-tab" : "insecure", calls: [] };
const never = () => () => undefined;

/** The page's phone while its dock is shown, and what the person chose for it. */
export function usePhone(account: Account, numbers: ShownNumbers | null) {
  const { notify } = useDialogs();
  const [attempt, setAttempt] = useState({ steal: false, number: 0 });
  const [leads, setLeads] = useState(false);
  const [sound, setSound] = useState<SoundChoice>(readChoice);
  const [fault, setFault] = useState<MicrophoneFault | null>(null);
  const [phone, setPhone] = useState<BrowserPhone | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const [used, setUsed] = useState(account);
  const state = useSyncExternalStore(phone?.watch ?? never, phone?.now ?? (() => AWAY));
  const shown = stillOffered(chosen, numbers);
  const idle = state.calls.length === 0;

  // A release may change the account: to log in anew would end the calls, so it waits for their end.
  useEffect(() => {
    if (idle) setUsed(account);
  }, [idle, account]);

  useEffect(() => lead(attempt.steal, setLeads), [attempt]);
  useEffect(() => {
    if (!leads) return;
    const mine = new BrowserPhone(used, readChoice(), {
      microphone: (problem) => setFault(problem.fault),
      failed: (cause) => notify({ message: text.causes[cause] ?? `${text.failed}: ${cause}.`, severity: "warning" }),
      transferred: (ok) =>
        notify({ message: ok ? text.transfer.done : text.transfer.failed, severity: ok ? "success" : "error" }),
    });
    setPhone(mine);
    return () => {
      setPhone(null);
      mine.stop();
    };
  }, [leads, used, notify]);
  useEffect(() => phone?.showAs(shown), [phone, shown]);

  return {
    phone,
    state,
    fault,
    forgiveFault: () => setFault(null),
    sound,
    chooseSound: (next: SoundChoice) => {
      setSound(next);
      keepChoice(next);
      phone?.choose(next);
    },
    /** The number that calls show; null: the usual one. */
    shown,
    showAs: setChosen,
    /** Takes the phone from the tab that has it. */
    takeOver: () => setAttempt(({ number }) => ({ steal: true, number: number + 1 })),
  };
}

export type Phone = ReturnType<typeof usePhone>;
