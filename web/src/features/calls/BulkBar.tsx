import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import Paper from "@mui/material/Paper";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { type FormEvent, useState } from "react";
import { api, data } from "@/api/client";
import { asProblem } from "@/api/problem";
import { useDialogs } from "@/ui/dialogs";
import { count } from "@/ui/format";
import { text as common } from "@/ui/text";
import type { CallQuery } from "./filters";
import { useRetag } from "./queries";
import { text } from "./text";

const MOST = 500; // calls in one request

interface BulkBarProps {
  selected: Set<string>;
  query: CallQuery;
  onClear: () => void;
}

/** What can be done with the selected calls. */
export function BulkBar({ selected, query, onClear }: BulkBarProps) {
  const [verb, setVerb] = useState<"add" | "remove" | null>(null);
  if (!selected.size) return null;
  return (
    <Paper
      role="toolbar"
      aria-label={text.bulk.chosen("")}
      sx={{ display: "flex", flexWrap: "wrap", gap: 1, alignItems: "center", p: 1, mb: 1 }}
    >
      <Typography sx={{ mx: 1 }}>{text.bulk.chosen(count(selected.size, "call"))}</Typography>
      <Button size="small" variant="contained" onClick={() => setVerb("add")} disabled={selected.size > MOST}>
        {text.bulk.tag}
      </Button>
      <Button size="small" onClick={() => setVerb("remove")} disabled={selected.size > MOST}>
        {text.bulk.untag}
      </Button>
      <Button size="small" onClick={onClear}>
        {text.bulk.clear}
      </Button>
      {selected.size > MOST && <Typography color="text.secondary">{text.bulk.most}</Typography>}
      {verb && <TagDialog verb={verb} selected={selected} query={query} onClose={() => setVerb(null)} />}
    </Paper>
  );
}

interface TagDialogProps {
  verb: "add" | "remove";
  selected: Set<string>;
  query: CallQuery;
  onClose: () => void;
}

function TagDialog({ verb, selected, query, onClose }: TagDialogProps) {
  const [tag, setTag] = useState("");
  const [wrong, setWrong] = useState("");
  const retag = useRetag(query);
  const { notify } = useDialogs();

  async function submit(event: FormEvent) {
    event.preventDefault();
    const wanted = tag.trim().toLowerCase();
    try {
      const body = { call_ids: [...selected], add: [] as string[], remove: [] as string[], [verb]: [wanted] };
      const { changed } = await data(api.POST("/api/v1/calls/tags", { body }));
      retag(selected, (tags) => {
        const others = tags.filter((one) => one !== wanted);
        return verb === "add" ? [...others, wanted] : others;
      });
      notify(text.bulk.done(count(changed, "call")));
      onClose();
    } catch (error) {
      const problem = asProblem(error);
      setWrong(Object.values(problem.fields)[0] ?? problem.message);
    }
  }

  return (
    <Dialog open onClose={onClose} aria-labelledby="tag-title" maxWidth="xs">
      <form onSubmit={submit}>
        <DialogTitle id="tag-title">{verb === "add" ? text.bulk.tagTitle : text.bulk.untagTitle}</DialogTitle>
        <DialogContent>
          <TextField
            autoFocus
            required
            fullWidth
            margin="dense"
            label={text.bulk.tagLabel}
            value={tag}
            onChange={(event) => setTag(event.target.value)}
            error={Boolean(wrong)}
            helperText={wrong || " "}
            slotProps={{ htmlInput: { maxLength: 40 } }}
          />
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>{common.actions.cancel}</Button>
          <Button type="submit" variant="contained" disabled={!tag.trim()}>
            {common.actions.save}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
