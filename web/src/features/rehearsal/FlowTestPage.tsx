import { useState } from "react";
import { useParams } from "react-router";
import { Loading } from "@/ui/Loading";
import { ProblemView } from "@/ui/ProblemView";
import { takeKept } from "./draft";
import { FlowTestEditor } from "./FlowTestEditor";
import { type FlowTestFields, useFlowTest, useZoneOf } from "./queries";
import { EMPTY, toSituation } from "./situation";

/** One flow test, or a new one. */
export function FlowTestPage() {
  const { id = "" } = useParams();
  return id === "new" ? <NewTest /> : <StoredTest key={id} id={id} />;
}

function NewTest() {
  const [begun] = useState(() => takeKept() ?? blank());
  const timezone = useZoneOf(begun.given.number);
  return <FlowTestEditor key={timezone} before={null} begun={begun} timezone={timezone} />;
}

function blank(): FlowTestFields {
  const expect = { passes: [], hears: [], ends: null, ends_at: null };
  return { name: "", location_id: null, given: toSituation(EMPTY, "UTC"), expect };
}

function StoredTest({ id }: { id: string }) {
  const test = useFlowTest(id);
  const timezone = useZoneOf(test.data?.given.number ?? "");
  if (test.isError) return <ProblemView error={test.error} retry={() => test.refetch()} />;
  if (!test.data) return <Loading />;
  return (
    <FlowTestEditor
      key={`${timezone} ${test.data.version}`}
      before={test.data}
      begun={test.data}
      timezone={timezone}
      onReload={() => test.refetch()}
    />
  );
}
