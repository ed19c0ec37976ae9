import { applyToAll } from "@/features/objects/bulk";
import { useDialogs } from "@/ui/dialogs";
import { count } from "@/ui/format";
import { type Contact, deleteContact, useContactsChanged } from "./queries";
import { text } from "./text";

/** Deletes contacts after a question; true: all of them are gone. What the API refuses is said. */
export function useDelete(): (contacts: Contact[]) => Promise<boolean> {
  const { ask, notify } = useDialogs();
  const changed = useContactsChanged();
  return async (contacts) => {
    const [first] = contacts;
    if (!first) return false;
    const whom = contacts.length === 1 ? first.name : count(contacts.length, "contact");
    const { title, body, confirm, done, failed } = text.remove;
    if (!(await ask({ title: title(whom), body, confirm, dangerous: true }))) return false;
    const failures = await applyToAll(contacts, deleteContact);
    changed();
    const [one] = failures;
    if (!one) notify(done(whom));
    else {
      const stayed = failures.length === 1 ? one.row.name : count(failures.length, "contact");
      notify({ message: `${failed(stayed)} ${one.problem.message}`, severity: "error" });
    }
    return !one;
  };
}
