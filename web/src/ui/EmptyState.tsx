import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";

/** A list with nothing in it: what would be here, and the button that begins. */
export function EmptyState({ title, hint, action }: { title: string; hint?: ReactNode; action?: ReactNode }) {
  return (
    <Stack sx={{ alignItems: "center", textAlign: "center", gap: 1, px: 2, py: 6 }}>
      <Typography variant="h6" component="p">
        {title}
      </Typography>
      {hint && (
        <Typography color="textSecondary" sx={{ maxWidth: 520 }}>
          {hint}
        </Typography>
      )}
      {action}
    </Stack>
  );
}
