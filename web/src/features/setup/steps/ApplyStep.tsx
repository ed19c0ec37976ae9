import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import LinearProgress from "@mui/material/LinearProgress";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import type { Schemas } from "@/api/client";
import { useMay } from "@/session/SessionProvider";
import { Loading } from "@/ui/Loading";
import { ProblemView } from "@/ui/ProblemView";
import { usePlan } from "../queries";
import { words } from "../text";
import { type Release, useApply } from "./apply";

const labels = words.apply;
const SHOWN = 12;

/** What waits, and the button that puts it in force. */
export function ApplyStep() {
  const plan = usePlan();
  const { apply, release } = useApply();
  const mayApply = useMay()("config:apply");
  if (plan.isPending) return <Loading />;
  if (plan.isLoadingError) return <ProblemView error={plan.error} retry={() => plan.refetch()} />;
  const { changes, problems } = plan.data;
  const errors = problems.filter(({ severity }) => severity === "error");
  return (
    <Stack sx={{ gap: 2, alignItems: "flex-start" }}>
      {changes.length ? <Waiting changes={changes} /> : <Typography>{labels.nothing}</Typography>}
      {errors.length > 0 && <Blocked problems={errors} />}
      {release && <Progress release={release} />}
      {apply.isError && <ProblemView error={apply.error} />}
      {changes.length > 0 && !mayApply && <Typography>{labels.right}</Typography>}
      {changes.length > 0 && mayApply && (
        <Button
          variant="contained"
          loading={apply.isPending}
          disabled={errors.length > 0}
          onClick={() => apply.mutate()}
        >
          {labels.button}
        </Button>
      )}
    </Stack>
  );
}

function Waiting({ changes }: { changes: Schemas["ChangeRead"][] }) {
  return (
    <div>
      <Typography>{labels.waits}</Typography>
      <ul>
        {changes.slice(0, SHOWN).map(({ id, effect }) => (
          <li key={id}>
            <bdi>{effect}</bdi>
          </li>
        ))}
        {changes.length > SHOWN && <li>{labels.more(changes.length - SHOWN)}</li>}
      </ul>
    </div>
  );
}

function Blocked({ problems }: { problems: Schemas["ProblemRead"][] }) {
  return (
    <Alert severity="error">
      {labels.blocked}
      {problems.map(({ path, message, hint }) => (
        <div key={`${path} ${message}`}>
          {path}: {message} {hint}
        </div>
      ))}
    </Alert>
  );
}

function Progress({ release }: { release: Release }) {
  const running = release.state === "applying";
  if (release.state !== "live" && !running)
    return (
      <Alert severity="error">
        {labels.failed} {release.stopped || release.state}
      </Alert>
    );
  return (
    <Stack role="status" sx={{ gap: 1, width: "100%", maxWidth: 400 }}>
      {release.nodes.map(({ node, state, note }) => (
        <Typography key={node}>
          {node}: {state} {note}
        </Typography>
      ))}
      {running && <LinearProgress aria-label={labels.applying} />}
    </Stack>
  );
}
