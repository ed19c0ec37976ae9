import { useState } from "react";
import { useDialogs } from "@/ui/dialogs";
import { FormDialog } from "@/ui/FormDialog";
import { phoneNumber } from "@/ui/format";
import { text as common } from "@/ui/text";
import { ContactPicker } from "./ContactPicker";
import { changeContact, fetchContact, useContactsChanged } from "./queries";
import { text } from "./text";

/** Gives a number to somebody who is among the contacts already. */
export function AddNumber({ number, onClose }: { number: string; onClose: () => void }) {
  const [id, setId] = useState<string>();
  const { notify } = useDialogs();
  const changed = useContactsChanged();

  async function submit() {
    if (!id) return;
    const { contact, etag } = await fetchContact(id);
    await changeContact(id, etag, { numbers: [...contact.numbers, { number, label: "" }] });
    changed();
    notify(text.form.saved);
    onClose();
  }

  return (
    <FormDialog
      title={text.panel.addToTitle(phoneNumber(number))}
      submit={common.actions.save}
      dirty={id !== undefined}
      onSubmit={submit}
      onClose={onClose}
    >
      <ContactPicker
        label={text.panel.whose}
        help={text.panel.whoseHelp}
        value={id}
        onChange={setId}
        required
        autoFocus
      />
    </FormDialog>
  );
}
