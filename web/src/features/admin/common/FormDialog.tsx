import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import Stack from "@mui/material/Stack";
import { type FormEvent, type ReactNode, useId, useState } from "react";
import { type ApiProblem, asProblem } from "@/api/problem";
import { useDialogs } from "@/ui/dialogs";
import { FieldErrors } from "@/ui/fields";
import { text } from "@/ui/text";
import { useLeaveGuard } from "@/ui/useLeaveGuard";
import { words } from "../text";

interface FormDialogProps {
  title: string;
  submit: string;
  /** Something was typed that closing would lose. */
  dirty: boolean;
  /** Sends it; what the API refuses is shown here, at its field where there is one. */
  onSubmit: () => Promise<void>;
  onClose: () => void;
  children: ReactNode;
}

/** A form in a dialog that loses nothing by accident. */
export function FormDialog({ title, submit, dirty, onSubmit, onClose, children }: FormDialogProps) {
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const { ask } = useDialogs();
  const titleId = useId();
  useLeaveGuard(dirty);

  async function send(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await onSubmit();
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  }

  async function close() {
    if (!dirty || (await ask({ title: words.discard, body: words.discardBody, confirm: words.discardYes }))) onClose();
  }

  return (
    <Dialog open onClose={close} aria-labelledby={titleId}>
      <form onSubmit={send} noValidate>
        <DialogTitle id={titleId}>{title}</DialogTitle>
        <DialogContent>
          <Stack sx={{ gap: 2.5, pt: 1 }}>
            {problem && <Refusal problem={problem} />}
            <FieldErrors value={problem?.fields ?? {}}>{children}</FieldErrors>
          </Stack>
        </DialogContent>
        <DialogActions>
          <Button onClick={close}>{text.actions.cancel}</Button>
          <Button type="submit" variant="contained" loading={busy}>
            {submit}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function Refusal({ problem }: { problem: ApiProblem }) {
  const named = Object.entries(problem.fields);
  return (
    <Alert severity="error">
      {problem.message} {problem.problem.hint}
      {named.map(([field, message]) => (
        <div key={field}>
          {field.replaceAll("_", " ")}: {message}
        </div>
      ))}
    </Alert>
  );
}
