import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { NavLink } from "react-router";
import { useMay } from "@/session/SessionProvider";
import { text } from "./text";

/** The pages about changes: what waits, what was, and how any two differ. */
export function ChangesTabs() {
  const may = useMay();
  const pages = [
    { path: "/changes", label: text.tabs.review, shown: may("config:plan") },
    { path: "/changes/history", label: text.tabs.history, shown: true },
    { path: "/changes/compare", label: text.tabs.compare, shown: true },
  ].filter(({ shown }) => shown);
  return (
    <Box
      component="nav"
      aria-label={text.title}
      sx={{ display: "flex", gap: 1, mb: 2, borderBottom: 1, borderColor: "divider" }}
    >
      {pages.map(({ path, label }) => (
        <Button key={path} component={NavLink} to={path} end color="inherit" sx={TAB}>
          {label}
        </Button>
      ))}
    </Box>
  );
}

const TAB = {
  borderRadius: 0,
  borderBottom: 2,
  borderColor: "transparent",
  "&.active": { borderColor: "primary.main", color: "primary.main" },
} as const;
