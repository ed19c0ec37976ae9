import Box from "@mui/material/Box";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { type ReactNode, useEffect } from "react";
import { text } from "./text";

interface PageProps {
  title: string;
  /** One sentence: what this page is for. */
  lead?: ReactNode;
  actions?: ReactNode;
  /** Uses the window's whole width, as tables and canvases do. */
  wide?: boolean;
  children: ReactNode;
}

/** Close together on a phone: a second line of them would cost the height of a list's entry. */
const ACTIONS = {
  flexWrap: "wrap",
  gap: { xs: 0.5, sm: 1 },
  "& .MuiButton-text": { px: { xs: 0.5, sm: 1 } },
};

/** The frame of every page: its one `h1`, the title of the window, its main actions. */
export function Page({ title, lead, actions, wide, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · ${text.product}`;
  }, [title]);
  return (
    <Box sx={{ maxWidth: wide ? "none" : 1200, mx: "auto", width: "100%" }}>
      <Stack direction="row" sx={{ flexWrap: "wrap", gap: 2, alignItems: "center", mb: 2 }}>
        <Box sx={{ flex: "1 1 240px", minWidth: 0 }}>
          <Typography variant="h5" component="h1" sx={{ overflowWrap: "anywhere" }}>
            <bdi>{title}</bdi>
          </Typography>
          {lead && <Typography color="textSecondary">{lead}</Typography>}
        </Box>
        {actions && (
          <Stack direction="row" sx={ACTIONS}>
            {actions}
          </Stack>
        )}
      </Stack>
      {children}
    </Box>
  );
}
