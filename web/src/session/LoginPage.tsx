import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { type FormEvent, useState } from "react";
import { type ApiProblem, asProblem } from "@/api/problem";
import { text } from "@/ui/text";
import { logIn } from "./session";

export default function LoginPage() {
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setProblem(null);
    try {
      await logIn(String(form.get("email")), String(form.get("password")));
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  }

  return (
    <Stack component="main" sx={{ minHeight: "100dvh", alignItems: "center", justifyContent: "center", p: 2 }}>
      <Paper sx={{ p: 4, width: "100%", maxWidth: 400 }}>
        <Stack component="form" onSubmit={submit} sx={{ gap: 2 }}>
          <Typography variant="h5" component="h1">
            {text.product}
          </Typography>
          <Typography color="textSecondary">{text.login.lead}</Typography>
          {problem && (
            <Alert severity="error">
              {problem.message} {problem.problem.hint}
            </Alert>
          )}
          <TextField
            name="email"
            type="email"
            label={text.login.email}
            autoComplete="username"
            required
            autoFocus
            fullWidth
          />
          <TextField
            name="password"
            type="password"
            label={text.login.password}
            autoComplete="current-password"
            required
            fullWidth
          />
          <Button type="submit" variant="contained" size="large" loading={busy}>
            {text.login.submit}
          </Button>
        </Stack>
      </Paper>
    </Stack>
  );
}
