import Alert from "@mui/material/Alert";
import AlertTitle from "@mui/material/AlertTitle";
import Button from "@mui/material/Button";
import { asProblem } from "@/api/problem";
import { EmptyState } from "./EmptyState";
import { text } from "./text";

/** What went wrong, and what to do about it; a missing right is a state of its own. */
export function ProblemView({ error, retry }: { error: unknown; retry?: () => void }) {
  const problem = asProblem(error);
  if (problem.status === 403) return <EmptyState title={text.states.noRight} hint={text.states.noRightHint} />;
  const again = retry && (
    <Button color="inherit" size="small" onClick={retry}>
      {text.actions.retry}
    </Button>
  );
  return (
    <Alert severity="error" action={again} sx={{ my: 1 }}>
      <AlertTitle>{problem.problem.title}</AlertTitle>
      {problem.problem.detail} {problem.problem.hint}
    </Alert>
  );
}
