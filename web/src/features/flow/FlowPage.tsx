import { ReactFlowProvider } from "@xyflow/react";
import { useEffect } from "react";
import { useParams } from "react-router";
import { useFlow } from "@/flow/document/store";
import { closeFlow, openFlow } from "@/flow/history/store";
import { selectNode } from "@/flow/selection/store";
import { useDialogs } from "@/ui/dialogs";
import { EmptyState } from "@/ui/EmptyState";
import { Loading } from "@/ui/Loading";
import { ProblemView } from "@/ui/ProblemView";
import { text } from "@/ui/text";
import { Designer } from "./Designer";
import { useCatalog, useStoredFlow } from "./queries";

/** The designer of one number's flow: reads it, then hands it to the editor. */
export function FlowPage() {
  const { phoneNumberId = "" } = useParams();
  const catalog = useCatalog();
  const { notifyProblem } = useDialogs();
  const stored = useStoredFlow(catalog.data, phoneNumberId);
  const open = useFlow(({ document }) => document?.entry);

  useEffect(() => {
    if (!stored.data) return;
    openFlow(stored.data.document, stored.data.saved);
    selectNode(null);
    return closeFlow;
  }, [stored.data]);

  const failed = [catalog, stored].find(({ isLoadingError }) => isLoadingError);
  if (failed) return <ProblemView error={failed.error} retry={() => failed.refetch()} />;
  if (stored.data?.document.objects[phoneNumberId]?.hidden)
    return <EmptyState title={text.states.notFound} hint={text.states.notFoundHint} />;
  if (!catalog.data || open !== phoneNumberId) return <Loading />;
  return (
    <ReactFlowProvider>
      <Designer
        catalog={catalog.data}
        onReload={() => void stored.refetch({ throwOnError: true }).catch(notifyProblem)}
      />
    </ReactFlowProvider>
  );
}
