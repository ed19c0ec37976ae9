import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import Stack from "@mui/material/Stack";
import { type ReactNode, useId } from "react";
import type { ApiProblem } from "@/api/problem";
import { useDialogs } from "./dialogs";
import { FieldErrors } from "./fields";
import { text } from "./text";
import { useLeaveGuard } from "./useLeaveGuard";
import { useSubmit } from "./useSubmit";

interface FormDialogProps {
  title: string;
  submit: string;
  /** Something was typed that closing would lose. */
  dirty: boolean;
  /** Sends it; what the API refuses is shown here, at its field where there is one. */
  onSubmit: () => Promise<void>;
  onClose: () => void;
  /** Where somebody else was faster: begins again with what is there now. */
  onReload?: () => void;
  children: ReactNode;
}

const STALE = 412;

/** For a dialog that asks nothing: a click beside it does not close what holds something `unsaved`. */
export function closing(unsaved: boolean, onClose: () => void) {
  return (_: object, reason: string) => {
    if (!unsaved || reason !== "backdropClick") onClose();
  };
}

/** A form in a dialog that loses nothing by accident. */
export function FormDialog({ title, submit, dirty, onSubmit, onClose, onReload, children }: FormDialogProps) {
  const { submit: send, busy, problem } = useSubmit(onSubmit);
  const { ask } = useDialogs();
  const titleId = useId();
  useLeaveGuard(dirty);

  async function close() {
    if (!dirty || (await ask(text.discard))) onClose();
  }

  return (
    <Dialog open onClose={close} aria-labelledby={titleId}>
      <Box component="form" onSubmit={send} noValidate sx={{ display: "flex", flexDirection: "column", minHeight: 0 }}>
        <DialogTitle id={titleId}>{title}</DialogTitle>
        <DialogContent>
          <Stack sx={{ gap: 2.5, pt: 1 }}>
            {problem && <Refusal problem={problem} onReload={problem.status === STALE ? onReload : undefined} />}
            <FieldErrors value={problem?.fields ?? {}}>{children}</FieldErrors>
          </Stack>
        </DialogContent>
        <DialogActions>
          <Button onClick={close}>{text.actions.cancel}</Button>
          <Button type="submit" variant="contained" loading={busy}>
            {submit}
          </Button>
        </DialogActions>
      </Box>
    </Dialog>
  );
}

function Refusal({ problem, onReload }: { problem: ApiProblem; onReload?: () => void }) {
  const named = Object.entries(problem.fields);
  const reload = onReload && (
    <Button color="inherit" size="small" onClick={onReload}>
      {text.stale}
    </Button>
  );
  return (
    <Alert severity="error" action={reload}>
      {named.length === 0 && problem.message} {problem.problem.hint}
      {named.map(([field, message]) => (
        <div key={field}>
          {inWords(field)}: {message}
        </div>
      ))}
    </Alert>
  );
}

/** `numbers.1.number` as people count: numbers 2 number. */
const inWords = (field: string) => field.replace(/\.(\d+)/g, (_, at) => ` ${Number(at) + 1}`).replace(/[._]/g, " ");
