import FormHelperText from "@mui/material/FormHelperText";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { type ReactNode, useId } from "react";

interface GroupProps {
  label: string;
  help?: string;
  error?: string;
  children: ReactNode;
}

/** Several controls that are one field: its label, its help and what is wrong with it. */
export function Group({ label, help, error, children }: GroupProps) {
  const id = useId();
  return (
    <Stack
      role="group"
      aria-labelledby={id}
      aria-describedby={help || error ? `${id}-help` : undefined}
      sx={{ gap: 1 }}
    >
      <Typography id={id} variant="body2" color={error ? "error" : "text.secondary"} sx={{ fontWeight: 600 }}>
        {label}
      </Typography>
      {children}
      {(error || help) && (
        <FormHelperText id={`${id}-help`} error={Boolean(error)} sx={{ mt: 0 }}>
          {error ?? help}
        </FormHelperText>
      )}
    </Stack>
  );
}
