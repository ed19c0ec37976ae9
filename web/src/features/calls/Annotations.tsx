import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Chip from "@mui/material/Chip";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import { type ApiProblem, asProblem } from "@/api/problem";
import { useMay } from "@/session/SessionProvider";
import { useDialogs } from "@/ui/dialogs";
import { WordsInput } from "@/ui/fields";
import { useLeaveGuard } from "@/ui/useLeaveGuard";
import { Part } from "./CallPage";
import type { CallDetail } from "./queries";
import { text } from "./text";

const STALE = 412;
type Noted = Pick<CallDetail, "tags" | "outcome" | "notes">;

/** What people add to a call; who may only read sees it as it is. */
export function Annotations({ call, etag }: { call: CallDetail; etag: string }) {
  const may = useMay();
  return (
    <Part title={text.page.notes}>
      {may("calls:write") ? <Form key={call.id} call={call} etag={etag} /> : <Reading {...call} />}
    </Part>
  );
}

function Reading({ tags, outcome, notes }: Noted) {
  if (!tags.length && !outcome && !notes) return <Typography color="textSecondary">–</Typography>;
  return (
    <Stack sx={{ gap: 1 }}>
      <span>
        {tags.map((tag) => (
          <Chip key={tag} size="small" label={<bdi>{tag}</bdi>} sx={{ mr: 0.5 }} />
        ))}
      </span>
      {outcome && <bdi>{outcome}</bdi>}
      {notes && (
        <Typography dir="auto" sx={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
          {notes}
        </Typography>
      )}
    </Stack>
  );
}

interface Base {
  call: CallDetail;
  etag: string;
}

const notedOf = ({ tags, outcome, notes }: Noted): Noted => ({ tags, outcome, notes });
const same = (one: Noted, other: Noted) => JSON.stringify(notedOf(one)) === JSON.stringify(notedOf(other));

/** Keeps what is typed, and what it was typed on, though the call is read again meanwhile. */
function Form(latest: Base) {
  const [base, setBase] = useState<Base>(latest);
  const [noted, setNoted] = useState<Noted>(() => notedOf(latest.call));
  const [typing, setTyping] = useState(false);
  const queries = useQueryClient();
  const { notify } = useDialogs();
  const dirty = !same(noted, base.call);
  if (!dirty && base.etag !== latest.etag) {
    setBase(latest);
    setNoted(notedOf(latest.call));
  }
  useLeaveGuard(dirty || typing);
  const { id } = latest.call;
  const save = useMutation<Base, ApiProblem, void>({
    mutationFn: async () => {
      const { data: call, response } = await api.PATCH("/api/v1/calls/{call_id}", {
        params: { path: { call_id: id }, header: { "if-match": base.etag } },
        body: { tags: noted.tags, outcome: noted.outcome?.trim() || null, notes: noted.notes || null },
      });
      return { call: call as CallDetail, etag: response.headers.get("ETag") ?? "*" };
    },
    onSuccess: (saved) => {
      queries.setQueryData(["call", id, "record"], saved);
      setBase(saved);
      setNoted(notedOf(saved.call));
      notify(text.page.saved);
    },
  });
  const showTheirs = async () => {
    await queries.invalidateQueries({ queryKey: ["call", id, "record"] });
    setNoted(notedOf(base.call));
    save.reset();
  };
  const fields = save.error ? asProblem(save.error).fields : {};
  const wrong = (name: string) =>
    Object.entries(fields).find(([field]) => field === name || field.startsWith(`${name}.`))?.[1];
  return (
    <Stack
      component="form"
      sx={{ gap: 2 }}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <WordsInput
        size="small"
        label={text.annotate.tags}
        help={wrong("tags") ?? text.annotate.tagsHint}
        wrong={Boolean(wrong("tags"))}
        value={noted.tags}
        onChange={(tags) => setNoted({ ...noted, tags })}
        onTyping={setTyping}
      />
      <TextField
        label={text.annotate.outcome}
        value={noted.outcome ?? ""}
        onChange={(event) => setNoted({ ...noted, outcome: event.target.value || null })}
        error={Boolean(wrong("outcome"))}
        helperText={wrong("outcome") ?? text.annotate.outcomeHint}
        slotProps={{ htmlInput: { maxLength: 100 } }}
      />
      <TextField
        label={text.annotate.notes}
        multiline
        minRows={2}
        maxRows={12}
        value={noted.notes ?? ""}
        onChange={(event) => setNoted({ ...noted, notes: event.target.value || null })}
        error={Boolean(wrong("notes"))}
        helperText={wrong("notes")}
        slotProps={{ htmlInput: { maxLength: 10_000, dir: "auto" } }}
      />
      {save.error && <Refused error={save.error} reload={showTheirs} />}
      <span>
        <Button type="submit" variant="contained" disabled={!dirty && !typing} loading={save.isPending}>
          {text.annotate.save}
        </Button>
      </span>
    </Stack>
  );
}

function Refused({ error, reload }: { error: ApiProblem; reload: () => void }) {
  const problem = asProblem(error);
  if (problem.status !== STALE)
    return <Alert severity="error">{[problem.message, problem.problem.hint].filter(Boolean).join(" ")}</Alert>;
  return (
    <Alert
      severity="warning"
      action={
        <Button color="inherit" size="small" onClick={reload}>
          {text.page.theirs}
        </Button>
      }
    >
      {text.page.changed}. {problem.message}
    </Alert>
  );
}
