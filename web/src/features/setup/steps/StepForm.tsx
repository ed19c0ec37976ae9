import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import { type FormEvent, type ReactNode, useState } from "react";
import { type ApiProblem, asProblem } from "@/api/problem";
import { FieldErrors } from "@/ui/fields";
import { fieldsOf } from "../fieldsOf";
import { useReadAgain } from "../queries";

interface StepFormProps {
  submit: string;
  /** Makes what the step is for, at once or not at all. */
  onSubmit: () => Promise<void>;
  children: ReactNode;
}

/** The form of one step; what the API refuses is shown at its field, or above. */
export function StepForm({ submit, onSubmit, children }: StepFormProps) {
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const readAgain = useReadAgain();

  async function send(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await onSubmit();
      await readAgain();
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  }
  const fields = problem ? fieldsOf(problem) : {};
  return (
    <Stack
      component="form"
      noValidate
      onSubmit={send}
      sx={{ gap: 2.5, pt: 1, maxWidth: 520, alignItems: "flex-start" }}
    >
      {problem && (
        <Alert severity="error" sx={{ width: "100%" }}>
          {Object.keys(fields).length ? Object.entries(fields).map(told) : `${problem.message} ${problem.problem.hint}`}
        </Alert>
      )}
      <FieldErrors value={fields}>{children}</FieldErrors>
      <Button type="submit" variant="contained" loading={busy}>
        {submit}
      </Button>
    </Stack>
  );
}

function told([path, message]: [string, string]) {
  return (
    <div key={path}>
      {path.replace(/^.*\./, "").replaceAll("_", " ")}: {message}
    </div>
  );
}
