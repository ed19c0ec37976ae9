import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import TextField from "@mui/material/TextField";
import { type FormEvent, useState } from "react";
import { text as common } from "@/ui/text";
import { text } from "./text";

interface ReasonDialogProps {
  open: boolean;
  onClose: () => void;
  onChoose: (reason: string) => void;
}

/** Asks why somebody pauses. */
export function ReasonDialog({ open, onClose, onChoose }: ReasonDialogProps) {
  const [reason, setReason] = useState("");
  const good = /^[\p{L}\p{N}][\p{L}\p{N}_ .'-]{0,39}$/u.test(reason.trim());

  function submit(event: FormEvent) {
    event.preventDefault();
    if (good) onChoose(reason.trim());
  }

  return (
    <Dialog open={open} onClose={onClose} maxWidth="xs" aria-labelledby="reason-title">
      <form onSubmit={submit}>
        <DialogTitle id="reason-title">{text.actions.otherReason}</DialogTitle>
        <DialogContent>
          <TextField
            label={text.actions.pauseFor}
            value={reason}
            error={reason !== "" && !good}
            helperText={text.actions.otherHelp}
            onChange={({ target }) => setReason(target.value)}
            autoFocus
            fullWidth
            sx={{ mt: 1 }}
          />
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>{common.actions.cancel}</Button>
          <Button type="submit" variant="contained" disabled={!good}>
            {text.actions.pause}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
