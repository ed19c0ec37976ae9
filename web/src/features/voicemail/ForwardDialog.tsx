import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import TextField from "@mui/material/TextField";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { api, data } from "@/api/client";
import { Autocomplete } from "@/ui/Autocomplete";
import { useDialogs } from "@/ui/dialogs";
import { closing } from "@/ui/FormDialog";
import { ProblemView } from "@/ui/ProblemView";
import { text as common } from "@/ui/text";
import { type Mailbox, type Message, useMailboxes } from "./queries";
import { text } from "./text";

const MOST = 20;

/** Sends a message on to other boxes. */
export function ForwardDialog({ message, onClose }: { message: Message; onClose: () => void }) {
  const words = text.forwarding;
  const [typed, setTyped] = useState("");
  const [boxes, setBoxes] = useState<Mailbox[]>([]);
  const [note, setNote] = useState("");
  const found = useMailboxes(useDeferredValue(typed));
  const queries = useQueryClient();
  const { notify } = useDialogs();
  const send = useMutation({
    mutationFn: () =>
      data(
        api.POST("/api/v1/voicemails/{voicemail_id}/forward", {
          params: { path: { voicemail_id: message.id } },
          body: { box_ids: boxes.map(({ id }) => id), note: note.trim() || null },
        }),
      ),
    onSuccess: async (sent) => {
      const names = (all: Mailbox[]) => all.map(({ name }) => name).join(", ");
      const inboxOnly = boxes.filter(({ id }) => sent.some(({ box_id, on_phone }) => box_id === id && !on_phone));
      const told = [words.done(names(boxes)), inboxOnly.length && words.inboxOnly(names(inboxOnly))];
      notify({ message: told.filter(Boolean).join(" "), severity: inboxOnly.length ? "info" : "success" });
      onClose();
      await queries.invalidateQueries({ queryKey: ["voicemails"] });
    },
  });
  return (
    <Dialog open onClose={closing(boxes.length > 0 || note !== "", onClose)} aria-labelledby="forward-title">
      <DialogTitle id="forward-title">{words.title}</DialogTitle>
      <DialogContent sx={{ display: "grid", gap: 2 }}>
        <Autocomplete
          multiple
          size="small"
          sx={{ mt: 1 }}
          options={(found.data ?? []).filter(({ id }) => id !== message.box_id)}
          filterOptions={(options) => options}
          loading={found.isFetching}
          value={boxes}
          onChange={(_, chosen) => setBoxes(chosen.slice(0, MOST))}
          onInputChange={(_, letters, reason) => setTyped(reason === "input" ? letters : "")}
          isOptionEqualToValue={(one, other) => one.id === other.id}
          getOptionLabel={({ name, number }) => `${name} (${number})`}
          getOptionKey={({ id }) => id}
          renderInput={(params) => <TextField {...params} autoFocus label={words.to} />}
        />
        <TextField
          label={words.note}
          helperText={words.noteHint}
          multiline
          minRows={2}
          value={note}
          onChange={(event) => setNote(event.target.value)}
          slotProps={{ htmlInput: { maxLength: 500, dir: "auto" } }}
        />
        {send.error && <ProblemView error={send.error} />}
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>{common.actions.cancel}</Button>
        <Button variant="contained" disabled={!boxes.length} loading={send.isPending} onClick={() => send.mutate()}>
          {words.send}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
