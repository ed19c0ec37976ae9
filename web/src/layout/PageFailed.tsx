import { useRouteError } from "react-router";
import { ProblemView } from "@/ui/ProblemView";

/** A page that broke; most often a new version was installed and its old pieces are gone. */
export function PageFailed() {
  return <ProblemView error={useRouteError()} retry={() => location.reload()} />;
}
