import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import type { ReactNode } from "react";
import { FieldErrors } from "@/ui/fields";
import { useSubmit } from "@/ui/useSubmit";
import { fieldsOf } from "../fieldsOf";
import { useReadAgain } from "../queries";

interface StepFormProps {
  submit: string;
  /** Makes what the step is for, at once or not at all. */
  onSubmit: () => Promise<void>;
  children: ReactNode;
}

/** The form of one step; what the API refuses is shown at its field, or above. */
export function StepForm({ submit: label, onSubmit, children }: StepFormProps) {
  const readAgain = useReadAgain();

  const { submit, busy, problem } = useSubmit(async () => {
    await onSubmit();
    await readAgain();
  });
  const fields = problem ? fieldsOf(problem) : {};
  return (
    <Stack
      component="form"
      noValidate
      onSubmit={submit}
      sx={{ gap: 2.5, pt: 1, maxWidth: 520, alignItems: "flex-start" }}
    >
      {problem && (
        <Alert severity="error" sx={{ width: "100%" }}>
          {Object.keys(fields).length ? Object.entries(fields).map(told) : `${problem.message} ${problem.problem.hint}`}
        </Alert>
      )}
      <FieldErrors value={fields}>{children}</FieldErrors>
      <Button type="submit" variant="contained" loading={busy}>
        {label}
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
