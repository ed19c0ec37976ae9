import { useState } from "react";
import { useLocation, useParams } from "react-router";
import { useDialogs } from "@/ui/dialogs";
import { Loading } from "@/ui/Loading";
import { ProblemView } from "@/ui/ProblemView";
import { FlowTestEditor } from "./FlowTestEditor";
import { type FlowTestFields, useFlowTest, useKnownZoneOf } from "./queries";
import { EMPTY, toSituation } from "./situation";

/** One flow test, or a new one. */
export function FlowTestPage() {
  const { id = "" } = useParams();
  return id === "new" ? <NewTest /> : <StoredTest key={id} id={id} />;
}

/** Begins with the played call that the page before hands over. */
function NewTest() {
  const played = useLocation().state as FlowTestFields | null;
  const [begun] = useState(played ?? blank);
  const timezone = useKnownZoneOf(begun.given.number);
  if (!timezone) return <Loading />;
  return <FlowTestEditor key={timezone} before={null} begun={begun} timezone={timezone} />;
}

function blank(): FlowTestFields {
  const expect = { passes: [], hears: [], ends: null, ends_at: null };
  return { name: "", location_id: null, given: toSituation(EMPTY, "UTC"), expect };
}

function StoredTest({ id }: { id: string }) {
  const test = useFlowTest(id);
  const { notifyProblem } = useDialogs();
  const timezone = useKnownZoneOf(test.data?.given.number ?? "");
  if (test.isLoadingError) return <ProblemView error={test.error} retry={() => test.refetch()} />;
  if (!test.data || !timezone) return <Loading />;
  return (
    <FlowTestEditor
      key={`${timezone} ${test.data.version}`}
      before={test.data}
      begun={test.data}
      timezone={timezone}
      onReload={() => test.refetch({ throwOnError: true }).catch(notifyProblem)}
    />
  );
}
