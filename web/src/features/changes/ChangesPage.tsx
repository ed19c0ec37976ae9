import Alert from "@mui/material/Alert";
import Typography from "@mui/material/Typography";
import { lazy, Suspense } from "react";
import { Navigate } from "react-router";
import type { Schemas } from "@/api/client";
import { useMay, useMe } from "@/session/SessionProvider";
import { EmptyState } from "@/ui/EmptyState";
import { Loading } from "@/ui/Loading";
import { Page } from "@/ui/Page";
import { ProblemView } from "@/ui/ProblemView";
import { ApplyForm } from "./ApplyForm";
import { ChangeList } from "./ChangeList";
import { ChangesTabs } from "./ChangesTabs";
import { ProblemList } from "./ProblemList";
import { usePlan } from "./queries";
import { Section } from "./Section";
import { text } from "./text";

const FlowTestsPanel = lazy(() => import("../rehearsal/FlowTestsPanel"));

/** What waits to be applied: what it does, whether it can work, and the button. */
export function ChangesPage() {
  const may = useMay();
  if (!may("config:plan")) return <Navigate to="/changes/history" replace />;
  return (
    <Page title={text.title} lead={text.lead}>
      <ChangesTabs />
      <Review />
    </Page>
  );
}

function Review() {
  const plan = usePlan();
  const failed = plan.isError && <ProblemView error={plan.error} retry={() => plan.refetch()} />;
  if (!plan.data) return failed || <Loading />;
  const { changes, problems, ok } = plan.data;
  if (ok && !changes.length)
    return (
      <>
        {failed}
        <EmptyState title={text.none} hint={text.noneHint} />
        {problems.length > 0 && <Checks problems={problems} />}
      </>
    );
  return (
    <>
      {failed}
      <Waiting plan={plan.data} />
    </>
  );
}

function Checks({ problems }: { problems: Schemas["ProblemRead"][] }) {
  return (
    <Section title={text.checks}>
      {problems.length ? (
        <ProblemList problems={problems} />
      ) : (
        <Alert severity="success" role="note">
          {text.noProblems}
        </Alert>
      )}
    </Section>
  );
}

function Waiting({ plan }: { plan: Schemas["PlanRead"] }) {
  const may = useMay();
  const everywhere = useMe().location_ids === null;
  return (
    <>
      {!plan.ok && <Checks problems={plan.problems} />}
      {plan.ok && (
        <Section title={`${text.what} (${plan.changes.length.toLocaleString("en-US")})`}>
          <ChangeList changes={plan.changes} />
        </Section>
      )}
      {plan.ok && <Checks problems={plan.problems} />}
      {may("flow-tests:read") && everywhere && plan.ok && (
        <Suspense fallback={null}>
          <FlowTestsPanel />
        </Suspense>
      )}
      {plan.ok && <Reloads plan={plan} />}
      {may("config:apply") && <ApplyForm blocked={!plan.ok} />}
    </>
  );
}

function Reloads({ plan }: { plan: Schemas["PlanRead"] }) {
  return (
    <Section title={text.reloads}>
      {plan.reloads.length ? (
        <Typography component="details" color="textSecondary">
          <summary>
            {plan.reloads.join(", ")} ({text.files(plan.files.length)})
          </summary>
          {plan.files.slice(0, 200).map((file) => (
            <Typography key={file} variant="body2" sx={{ fontFamily: "monospace", overflowWrap: "anywhere" }}>
              {file}
            </Typography>
          ))}
        </Typography>
      ) : (
        <Typography color="textSecondary">{text.reloadsNone}</Typography>
      )}
    </Section>
  );
}
