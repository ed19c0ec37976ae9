import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import type { FormEvent } from "react";
import { useNavigate } from "react-router";
import { asProblem } from "@/api/problem";
import { CanaryField } from "./CanaryField";
import { requestOf, useApply } from "./queries";
import { text } from "./text";

/** The button that puts the changes into force, and why they were made. */
export function ApplyForm({ blocked }: { blocked: boolean }) {
  const apply = useApply();
  const navigate = useNavigate();
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    apply.mutate(requestOf(event.currentTarget), { onSuccess: ({ id }) => navigate(`/changes/releases/${id}`) });
  }
  return (
    <Paper component="form" onSubmit={submit} sx={{ p: 2 }}>
      {apply.isError && <Refused error={apply.error} />}
      <Stack direction="row" sx={{ gap: 2, flexWrap: "wrap", alignItems: "start" }}>
        <TextField
          name="reason"
          label={text.reason}
          helperText={text.reasonHelp}
          slotProps={{ htmlInput: { maxLength: 500 } }}
          sx={{ flex: "1 1 240px" }}
        />
        <CanaryField />
        <Box>
          <Button type="submit" variant="contained" disabled={blocked} loading={apply.isPending} size="large">
            {text.apply}
          </Button>
        </Box>
      </Stack>
      <Typography variant="body2" color="textSecondary" role="status">
        {blocked ? text.blocked : apply.isPending ? text.applying : text.applyHint}
      </Typography>
    </Paper>
  );
}

/** Every reason for which the apply was refused, not only the first. */
export function Refused({ error }: { error: unknown }) {
  const problem = asProblem(error);
  const reasons = problem.problem.errors ?? [];
  return (
    <Alert severity="error" sx={{ mb: 2, overflowWrap: "anywhere" }}>
      {reasons.length > 1 ? (
        <Box component="ul" sx={{ m: 0, pl: 2 }}>
          {reasons.map(({ field, message }) => (
            <li key={`${field} ${message}`}>{message}</li>
          ))}
        </Box>
      ) : (
        problem.message
      )}{" "}
      {problem.problem.hint}
    </Alert>
  );
}
