import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import TextField from "@mui/material/TextField";
import { type FormEvent, useId, useState } from "react";
import { asProblem } from "@/api/problem";
import { closing } from "@/ui/FormDialog";
import { text as common } from "@/ui/text";

interface WordDialogProps {
  title: string;
  label: string;
  /** In characters. */
  longest: number;
  /** Closes when it is done; what the API refuses is said at the field. */
  onSave: (word: string) => Promise<void>;
  onClose: () => void;
}

/** Asks for one word, such as a tag or a name. */
export function WordDialog({ title, label, longest, onSave, onClose }: WordDialogProps) {
  const [word, setWord] = useState("");
  const [wrong, setWrong] = useState("");
  const titleId = useId();

  async function submit(event: FormEvent) {
    event.preventDefault();
    try {
      await onSave(word.trim());
      onClose();
    } catch (error) {
      const problem = asProblem(error);
      setWrong(Object.values(problem.fields)[0] ?? problem.message);
    }
  }

  return (
    <Dialog open onClose={closing(word !== "", onClose)} aria-labelledby={titleId} maxWidth="xs">
      <form onSubmit={submit}>
        <DialogTitle id={titleId}>{title}</DialogTitle>
        <DialogContent>
          <TextField
            autoFocus
            required
            fullWidth
            margin="dense"
            label={label}
            value={word}
            onChange={(event) => setWord(event.target.value)}
            error={Boolean(wrong)}
            helperText={wrong || " "}
            slotProps={{ htmlInput: { maxLength: longest } }}
          />
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>{common.actions.cancel}</Button>
          <Button type="submit" variant="contained" disabled={!word.trim()}>
            {common.actions.save}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
