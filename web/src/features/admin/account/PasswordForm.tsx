import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useMutation } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { api, data } from "@/api/client";
import { asProblem } from "@/api/problem";
import { useDialogs } from "@/ui/dialogs";
import { FieldErrors, TextInput, useForm } from "@/ui/fields";
import { words } from "../text";

const labels = words.account;
const EMPTY = { current_password: "", new_password: "", again: "" };

/** Changes one's own password; other logins end by it. */
export function PasswordForm() {
  const { value, set, bind } = useForm(EMPTY);
  const { notify } = useDialogs();
  const change = useMutation({
    mutationFn: ({ current_password, new_password }: typeof EMPTY) =>
      data(api.POST("/api/v1/auth/password", { body: { current_password, new_password } })),
    onSuccess: () => {
      set(EMPTY);
      notify(labels.changed);
    },
  });
  const differ = value.again !== "" && value.again !== value.new_password;
  const problem = change.error && asProblem(change.error);
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (value.again === value.new_password) change.mutate(value);
  };
  const fields = differ ? { again: labels.differ } : (problem?.fields ?? {});
  return (
    <Paper sx={{ p: 2 }}>
      <Typography variant="h6" component="h2" sx={{ mb: 2 }}>
        {labels.password}
      </Typography>
      <Stack component="form" onSubmit={send} sx={{ gap: 2, alignItems: "flex-start" }}>
        {problem && !Object.keys(problem.fields).length && (
          <Alert severity="error">
            {problem.message} {problem.problem.hint}
          </Alert>
        )}
        <FieldErrors value={fields}>
          <TextInput
            {...bind("current_password")}
            type="password"
            autoComplete="current-password"
            label={labels.current}
            required
          />
          <TextInput
            {...bind("new_password")}
            type="password"
            autoComplete="new-password"
            label={labels.next}
            help={labels.nextHelp}
            required
          />
          <TextInput {...bind("again")} type="password" autoComplete="new-password" label={labels.again} required />
        </FieldErrors>
        <Button type="submit" variant="contained" loading={change.isPending} disabled={differ}>
          {labels.change}
        </Button>
      </Stack>
    </Paper>
  );
}
