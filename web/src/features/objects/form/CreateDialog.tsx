import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import { type FormEvent, useEffect, useState } from "react";
import { closing } from "@/ui/FormDialog";
import { Loading } from "@/ui/Loading";
import { ProblemView } from "@/ui/ProblemView";
import { text as common } from "@/ui/text";
import type { KindInfo } from "../kinds";
import { type ConfigObject, useApiSchemas } from "../queries";
import type { Schemas } from "../schema";
import { text } from "../text";
import { FormSections } from "./FormSections";
import { SecretDialog } from "./SecretDialog";
import { useObjectForm } from "./useObjectForm";

interface CreateDialogProps {
  info: KindInfo;
  /** What was typed already. */
  name?: string;
  onClose: () => void;
  onCreated: (object: ConfigObject) => void;
}

/** Makes an object without leaving the form that needs it. */
export default function CreateDialog(props: CreateDialogProps) {
  const { data: schemas, error, isLoadingError } = useApiSchemas();
  const [dirty, setDirty] = useState(false);
  if (isLoadingError) return <ProblemView error={error} />;
  return (
    <Dialog open onClose={closing(dirty, props.onClose)} maxWidth="md" aria-labelledby="create-object">
      {schemas ? <CreateForm {...props} schemas={schemas} onDirty={setDirty} /> : <Loading />}
    </Dialog>
  );
}

interface CreateFormProps extends CreateDialogProps {
  schemas: Schemas;
  onDirty: (dirty: boolean) => void;
}

function CreateForm({ info, name, onClose, onCreated, schemas, onDirty }: CreateFormProps) {
  const number = name && /^[0-9]{2,8}$/.test(name) ? { number: name } : { name: name ?? null };
  const form = useObjectForm(info, schemas, null, number);
  const { dirty } = form;
  useEffect(() => onDirty(dirty), [onDirty, dirty]);
  const [made, setMade] = useState<ConfigObject | null>(null);

  async function submit(event: FormEvent) {
    event.preventDefault();
    event.stopPropagation(); // React passes it on to the form behind the dialog
    const saved = await form.save();
    if (saved && info.secret) setMade(saved);
    else if (saved) onCreated(saved);
  }

  return (
    <form onSubmit={submit} noValidate>
      <DialogTitle id="create-object">{text.actions.create(info.one)}</DialogTitle>
      <DialogContent sx={{ bgcolor: "background.default" }}>
        <FormSections info={info} form={form} />
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>{common.actions.cancel}</Button>
        <Button type="submit" variant="contained" loading={form.busy}>
          {text.actions.saveDraft}
        </Button>
      </DialogActions>
      {made && <SecretDialog info={info} object={made} onClose={() => onCreated(made)} />}
    </form>
  );
}
