import Button from "@mui/material/Button";
import Grid from "@mui/material/Grid";
import MenuItem from "@mui/material/MenuItem";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { type FormEvent, useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import type { Schemas } from "@/api/client";
import { asProblem } from "@/api/problem";
import { useMay } from "@/session/SessionProvider";
import { Loading } from "@/ui/Loading";
import { Page } from "@/ui/Page";
import { ProblemView } from "@/ui/ProblemView";
import { draftTest } from "./draft";
import { PathView } from "./PathView";
import { useSimulation, useZoneOf } from "./queries";
import { SituationFields } from "./SituationFields";
import { EMPTY, toSituation } from "./situation";
import { text } from "./text";

type Source = Schemas["Source"];
const SOURCES = Object.entries(text.sources) as [Source, string][];

/** Plays a hypothetical call and tells its way. */
export function RehearsalPage() {
  const [params] = useSearchParams();
  const [form, setForm] = useState({ ...EMPTY, number: params.get("number") ?? "" });
  const [source, setSource] = useState<Source>("draft");
  const timezone = useZoneOf(form.number);
  const simulation = useSimulation();
  const navigate = useNavigate();
  const mayKeep = useMay()("flow-tests:write");
  const situation = () => toSituation(form, timezone);

  function play(event: FormEvent) {
    event.preventDefault();
    simulation.mutate({ ...situation(), source });
  }
  const keep = mayKeep && simulation.data && (
    <Button onClick={() => navigate("/flow-tests/new", { state: draftTest(situation(), simulation.data) })}>
      {text.saveAsTest}
    </Button>
  );
  return (
    <Page title={text.title} lead={text.lead}>
      <Grid container spacing={3}>
        <Grid size={{ xs: 12, md: 5 }}>
          <Paper component="form" onSubmit={play} noValidate sx={{ p: 2 }}>
            <Stack sx={{ gap: 2 }}>
              <SituationFields
                form={form}
                onChange={setForm}
                timezone={timezone}
                errors={simulation.isError ? asProblem(simulation.error).fields : {}}
              />
              <TextField
                select
                label={text.source}
                value={source}
                onChange={(event) => setSource(event.target.value as Source)}
              >
                {SOURCES.map(([value, label]) => (
                  <MenuItem key={value} value={value}>
                    {label}
                  </MenuItem>
                ))}
              </TextField>
              <Button type="submit" variant="contained" loading={simulation.isPending} disabled={!form.number}>
                {text.run}
              </Button>
            </Stack>
          </Paper>
        </Grid>
        <Grid size={{ xs: 12, md: 7 }}>
          <Stack direction="row" sx={{ alignItems: "center", gap: 2, mb: 1 }}>
            <Typography variant="h6" component="h2" sx={{ flex: 1 }}>
              {text.path}
            </Typography>
            {keep}
          </Stack>
          <Way simulation={simulation} />
        </Grid>
      </Grid>
    </Page>
  );
}

function Way({ simulation }: { simulation: ReturnType<typeof useSimulation> }) {
  if (simulation.isPending) return <Loading />;
  if (simulation.isError) return <ProblemView error={simulation.error} />;
  if (!simulation.data) return <Typography color="textSecondary">{text.noPath}</Typography>;
  return <PathView played={simulation.data} />;
}
