import { useState } from "react";
import { useDialogs } from "@/ui/dialogs";
import { FormDialog } from "@/ui/FormDialog";
import { TextInput, useForm, Words } from "@/ui/fields";
import { Loading } from "@/ui/Loading";
import { ProblemView } from "@/ui/ProblemView";
import { text as common } from "@/ui/text";
import { type Numbered, NumberRows, numbered, plain } from "./NumberRows";
import {
  type Contact,
  type ContactWrite,
  changeContact,
  createContact,
  useContact,
  useContactsChanged,
} from "./queries";
import { text } from "./text";

const NEW: ContactWrite = { name: "", company: "", email: "", notes: "", tags: [], numbers: [] };

interface AddContactProps {
  /** What is known already, such as the number of a call. */
  known?: Partial<ContactWrite>;
  onClose: () => void;
}

/** Makes a contact. */
export function AddContact({ known, onClose }: AddContactProps) {
  const [initial] = useState({ ...NEW, numbers: [{ number: "", label: "" }], ...known });
  return (
    <ContactForm
      title={text.add}
      initial={initial}
      onSave={async (wanted) => {
        await createContact(wanted);
      }}
      onClose={onClose}
    />
  );
}

/** Changes a contact, as it is when this opens. */
export function EditContact({ id, onClose }: { id: string; onClose: () => void }) {
  const found = useContact(id);
  const { notifyProblem } = useDialogs();
  const changed = useContactsChanged();
  const [base, setBase] = useState<{ contact: Contact; etag: string } | null>(null);
  if (found.isLoadingError) return <ProblemView error={found.error} retry={() => found.refetch()} />;
  if (!base && found.data && !found.isFetching) setBase(found.data);
  if (!base) return <Loading />;
  const { contact, etag } = base;
  return (
    <ContactForm
      key={etag}
      title={text.edit(contact.name)}
      initial={contact}
      onSave={async (wanted) => {
        await changeContact(id, etag, wanted);
      }}
      onReload={async () => {
        const { data, error } = await found.refetch();
        if (error) return notifyProblem(error);
        setBase(data ?? base);
        changed(); // lists show what was before, too
      }}
      onClose={onClose}
    />
  );
}

interface ContactFormProps {
  title: string;
  initial: ContactWrite;
  onSave: (wanted: ContactWrite) => Promise<void>;
  onReload?: () => void;
  onClose: () => void;
}

type Values = Omit<ContactWrite, "numbers"> & { numbers: Numbered[] };

function ContactForm({ title, initial, onSave, onReload, onClose }: ContactFormProps) {
  const { name, company, email, notes, tags, numbers } = initial;
  const [start] = useState<Values>({ name, company, email, notes, tags, numbers: numbered(numbers) });
  const { value, bind, dirty } = useForm(start);
  const { notify } = useDialogs();
  const changed = useContactsChanged();
  async function submit() {
    await onSave({ ...value, numbers: plain(value.numbers) });
    changed();
    notify(text.form.saved);
    onClose();
  }
  return (
    <FormDialog
      title={title}
      submit={common.actions.save}
      dirty={dirty}
      onSubmit={submit}
      onReload={onReload}
      onClose={onClose}
    >
      <TextInput {...bind("name")} label={text.form.name} required autoFocus />
      <TextInput {...bind("company")} label={text.form.company} />
      <NumberRows {...bind("numbers")} />
      <TextInput {...bind("email")} type="email" label={text.form.email} />
      <Words {...bind("tags")} label={text.form.tags} help={text.form.tagsHelp} />
      <TextInput {...bind("notes")} label={text.form.notes} multiline />
    </FormDialog>
  );
}
