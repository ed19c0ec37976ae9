import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Grid from "@mui/material/Grid";
import MenuItem from "@mui/material/MenuItem";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { type FormEvent, useEffect, useState } from "react";
import { useNavigate } from "react-router";
import { asProblem } from "@/api/problem";
import { useLocations } from "@/layout/locations";
import { useMay } from "@/session/SessionProvider";
import { useDialogs } from "@/ui/dialogs";
import { Page } from "@/ui/Page";
import { text as words } from "@/ui/text";
import { useLeaveGuard } from "@/ui/useLeaveGuard";
import { ExpectationFields } from "./ExpectationFields";
import {
  type FlowTest,
  type FlowTestFields,
  useDeleteFlowTest,
  useLastRun,
  useMayRun,
  useSaveFlowTest,
  useStartRun,
} from "./queries";
import { RunView } from "./RunView";
import { SituationFields } from "./SituationFields";
import { toForm, toSituation } from "./situation";
import { text } from "./text";

interface FlowTestEditorProps {
  /** As it is stored; null: it is new. */
  before: FlowTest | null;
  begun: FlowTestFields;
  timezone: string;
  onReload?: () => void;
}

/** Edits what is given and what is expected. */
export function FlowTestEditor({ before, begun, timezone, onReload }: FlowTestEditorProps) {
  const [name, setName] = useState(begun.name);
  const [place, setPlace] = useState(begun.location_id ?? "");
  const [given, setGiven] = useState(() => toForm(begun.given, timezone));
  const [expected, setExpected] = useState(begun.expect);
  const [first] = useState(() => JSON.stringify([name, place, given, expected]));
  const dirty = first !== JSON.stringify([name, place, given, expected]);
  const save = useSaveFlowTest(before);
  const problem = save.isError ? asProblem(save.error) : null;
  const mayWrite = useMay()("flow-tests:write");
  const navigate = useNavigate();
  const { notify } = useDialogs();
  const [leaveTo, setLeaveTo] = useState<string | null>(null);
  useLeaveGuard(dirty && leaveTo === null);
  useEffect(() => {
    if (leaveTo) navigate(leaveTo, { replace: true });
  }, [leaveTo, navigate]);

  function submit(event: FormEvent) {
    event.preventDefault();
    const body = { name, location_id: place || null, given: toSituation(given, timezone), expect: expected };
    save.mutate(body, {
      onSuccess: ({ id }) => {
        notify(text.tests.saved);
        if (!before) setLeaveTo(`/flow-tests/${id}`);
      },
    });
  }
  const fields = problem?.fields ?? {};
  return (
    <Page
      title={before ? before.name : text.tests.add}
      actions={before && <StoredActions test={before} dirty={dirty} onDeleted={() => setLeaveTo("/flow-tests")} />}
    >
      {problem && (
        <Alert severity="error" sx={{ mb: 2 }} action={problem.status === 412 && <Reload onReload={onReload} />}>
          {problem.message} {problem.problem.hint}
        </Alert>
      )}
      <form onSubmit={submit} noValidate>
        <Stack direction="row" sx={{ gap: 2, flexWrap: "wrap", mb: 2 }}>
          <TextField
            label={text.tests.name}
            required
            value={name}
            onChange={(event) => setName(event.target.value)}
            error={!!fields.name}
            helperText={fields.name}
            slotProps={{ htmlInput: { maxLength: 100 } }}
            sx={{ flex: "2 1 260px" }}
          />
          <Place value={place} onChange={setPlace} />
        </Stack>
        <Grid container spacing={3}>
          <Grid size={{ xs: 12, md: 6 }}>
            <Part title={text.tests.given}>
              <SituationFields form={given} onChange={setGiven} timezone={timezone} errors={within(fields, "given")} />
            </Part>
          </Grid>
          <Grid size={{ xs: 12, md: 6 }}>
            <Part title={text.tests.expect} hint={text.tests.expectHelp}>
              <ExpectationFields value={expected} onChange={setExpected} errors={within(fields, "expect")} />
            </Part>
          </Grid>
        </Grid>
        {mayWrite && (
          <Button type="submit" variant="contained" loading={save.isPending} sx={{ mt: 2 }}>
            {words.actions.save}
          </Button>
        )}
      </form>
    </Page>
  );
}

/** The problems of one part of the document. */
function within(fields: Record<string, string>, part: string): Record<string, string> {
  const own = Object.entries(fields).filter(([field]) => field.startsWith(`${part}.`));
  return Object.fromEntries(own.map(([field, message]) => [field.slice(part.length + 1), message]));
}

function Part({ title, hint, children }: { title: string; hint?: string; children: React.ReactNode }) {
  return (
    <Paper component="section" sx={{ p: 2 }}>
      <Typography variant="h6" component="h2" sx={{ mb: hint ? 0 : 2 }}>
        {title}
      </Typography>
      {hint && (
        <Typography color="textSecondary" sx={{ mb: 2 }}>
          {hint}
        </Typography>
      )}
      {children}
    </Paper>
  );
}

function Reload({ onReload }: { onReload: (() => void) | undefined }) {
  return (
    <Button color="inherit" size="small" onClick={onReload}>
      {text.tests.reload}
    </Button>
  );
}

function Place({ value, onChange }: { value: string; onChange: (id: string) => void }) {
  const locations = useLocations();
  return (
    <TextField
      select
      label={text.tests.place}
      value={locations.length ? value : ""}
      onChange={(event) => onChange(event.target.value)}
      sx={{ flex: "1 1 200px" }}
    >
      <MenuItem value="">{text.tests.everywhere}</MenuItem>
      {locations.map(({ id, name }) => (
        <MenuItem key={id} value={id}>
          <bdi>{name}</bdi>
        </MenuItem>
      ))}
    </TextField>
  );
}

function StoredActions({ test, dirty, onDeleted }: { test: FlowTest; dirty: boolean; onDeleted: () => void }) {
  const mayWrite = useMay()("flow-tests:write");
  const mayRun = useMayRun();
  const remove = useDeleteFlowTest();
  const { ask, notify, notifyProblem } = useDialogs();
  async function askAndDelete() {
    const { deleteTitle: title, deleteBody: body, deleteYes: confirm } = text.tests;
    if (!(await ask({ title, body, confirm, dangerous: true }))) return;
    remove.mutate(test, {
      onSuccess: () => {
        notify(text.tests.deleted);
        onDeleted();
      },
      onError: notifyProblem,
    });
  }
  return (
    <>
      {mayRun && !dirty && <RunOne id={test.id} />}
      {mayWrite && (
        <Button color="error" onClick={askAndDelete}>
          {words.actions.delete}
        </Button>
      )}
    </>
  );
}

function RunOne({ id }: { id: string }) {
  const start = useStartRun();
  const last = useLastRun();
  const { notifyProblem } = useDialogs();
  const mine = start.data && last.data?.id === start.data.id ? last.data : null;
  return (
    <>
      <Button
        variant="outlined"
        loading={start.isPending || (mine !== null && mine.finished_at === null)}
        onClick={() => start.mutate({ source: "draft", flow_test_ids: [id] }, { onError: notifyProblem })}
      >
        {text.tests.runThis}
      </Button>
      {mine && <RunView run={mine} />}
    </>
  );
}
