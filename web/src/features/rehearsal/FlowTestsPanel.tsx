import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { Link } from "react-router";
import { useDialogs } from "@/ui/dialogs";
import { Section } from "../changes/Section";
import { useFlowTests, useLastRun, usePolicy, useStartRun } from "./queries";
import { RunView } from "./RunView";
import { text } from "./text";

/** Flow tests as a part of reviewing changes: what they mean for the apply, and how they go. */
export default function FlowTestsPanel() {
  const tests = useFlowTests("");
  const policy = usePolicy();
  const last = useLastRun();
  const start = useStartRun();
  const { notifyProblem } = useDialogs();
  if (!tests.data) return null;
  const some = (tests.data.pages[0]?.items.length ?? 0) > 0;
  const going = last.data ? last.data.finished_at === null : false;
  return (
    <Section title={text.runs.title}>
      {!some && <Typography color="textSecondary">{text.runs.none}</Typography>}
      {some && policy.data && (
        <Typography color="textSecondary">
          {text.policy.label}: {text.policy[policy.data.policy].toLowerCase()}.
        </Typography>
      )}
      {some && (last.data ? <RunView run={last.data} /> : <Typography>{text.runs.never}</Typography>)}
      <Stack direction="row" sx={{ gap: 1, mt: 1 }}>
        {some && (
          <Button
            variant="outlined"
            loading={start.isPending || going}
            onClick={() => start.mutate({ source: "draft" }, { onError: notifyProblem })}
          >
            {text.runs.onDraft}
          </Button>
        )}
        <Button component={Link} to="/flow-tests">
          {text.runs.list}
        </Button>
      </Stack>
    </Section>
  );
}
