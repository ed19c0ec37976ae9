import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import { Link } from "react-router";
import { objectPath } from "./objects";
import type { Problem } from "./queries";
import { text } from "./text";

/** What the checks found, errors first, each with the way to it. */
export function ProblemList({ problems }: { problems: Problem[] }) {
  const sorted = [...problems].sort((one, other) => one.severity.localeCompare(other.severity));
  return (
    <Stack component="ul" sx={{ listStyle: "none", m: 0, p: 0, gap: 1 }}>
      {sorted.map((problem) => (
        <li key={`${problem.path} ${problem.slug} ${problem.message}`}>
          <OneProblem problem={problem} />
        </li>
      ))}
    </Stack>
  );
}

function OneProblem({ problem }: { problem: Problem }) {
  const path = objectPath(problem.kind, problem.id);
  return (
    <Alert
      severity={problem.severity}
      role="note"
      sx={{ overflowWrap: "anywhere", "& .MuiAlert-message": { minWidth: 0 } }}
      action={
        path && (
          <Button
            color="inherit"
            size="small"
            component={Link}
            to={path}
            aria-label={`${text.openObject}: ${problem.path}`}
          >
            {text.openObject}
          </Button>
        )
      }
    >
      {problem.message} {problem.hint}
    </Alert>
  );
}
