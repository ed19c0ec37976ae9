import Box from "@mui/material/Box";
import List from "@mui/material/List";
import ListItem from "@mui/material/ListItem";
import ListItemButton from "@mui/material/ListItemButton";
import ListItemIcon from "@mui/material/ListItemIcon";
import ListItemText from "@mui/material/ListItemText";
import Typography from "@mui/material/Typography";
import { NavLink, useLocation } from "react-router";
import { features } from "@/features";
import type { NavEntry } from "@/features/feature";
import { useMay } from "@/session/SessionProvider";
import { text } from "@/ui/text";
import { entriesFor } from "./menu";

const ENTRIES = features.flatMap(({ nav }) => nav);
const GROUPS = ["Overview", "Calls", "Configuration", "Administration"] as const;

/** The main menu: what this person may see. */
export function Navigation({ onChoose }: { onChoose: () => void }) {
  const may = useMay();
  const entries = entriesFor(ENTRIES, may);
  return (
    <Box component="nav" aria-label={text.nav.main} sx={{ overflowY: "auto", flex: 1 }}>
      {GROUPS.map((group) => (
        <Group
          key={group}
          name={group}
          entries={entries.filter((entry) => entry.group === group)}
          onChoose={onChoose}
        />
      ))}
    </Box>
  );
}

function Group({ name, entries, onChoose }: { name: string; entries: NavEntry[]; onChoose: () => void }) {
  const { pathname } = useLocation();
  if (!entries.length) return null;
  return (
    <>
      <Typography variant="body2" color="textSecondary" sx={{ px: 2, pt: 1 }} id={`menu-${name}`}>
        {name}
      </Typography>
      <List dense aria-labelledby={`menu-${name}`}>
        {entries.map(({ path, covers, label, icon: Icon }) => (
          <ListItem key={path} disablePadding sx={{ px: 1 }}>
            <ListItemButton
              component={NavLink}
              to={path}
              end={path === "/" || entries.some((one) => one.path.startsWith(`${path}/`))}
              className={covers?.some((part) => pathname.startsWith(part)) ? "active" : undefined}
              onClick={onChoose}
              sx={{ borderRadius: 2, "&.active": { bgcolor: "action.selected", color: "primary.main" } }}
            >
              <ListItemIcon sx={{ minWidth: 36, color: "inherit" }}>
                <Icon fontSize="small" />
              </ListItemIcon>
              <ListItemText primary={label} />
            </ListItemButton>
          </ListItem>
        ))}
      </List>
    </>
  );
}
