import AccountIcon from "@mui/icons-material/AccountCircleOutlined";
import Divider from "@mui/material/Divider";
import IconButton from "@mui/material/IconButton";
import ListSubheader from "@mui/material/ListSubheader";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import { useColorScheme } from "@mui/material/styles";
import Tooltip from "@mui/material/Tooltip";
import { useState } from "react";
import { Link } from "react-router";
import { useMe } from "@/session/SessionProvider";
import { logOut } from "@/session/session";
import { useDialogs } from "@/ui/dialogs";
import { setPreferences, usePreferences } from "@/ui/format";
import { text } from "@/ui/text";

const SCHEMES = { system: "As the device", light: "Light", dark: "Dark" } as const;
const CLOCKS = [
  [null, "As the browser"],
  [true, "12 hours"],
  [false, "24 hours"],
] as const;

/** Who is logged in, how the page looks, and the way out. */
export function AccountMenu() {
  const me = useMe();
  const { mode, setMode } = useColorScheme();
  const { hour12 } = usePreferences();
  const { notifyProblem } = useDialogs();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const schemes = Object.entries(SCHEMES) as [keyof typeof SCHEMES, string][];
  return (
    <>
      <Tooltip title={text.nav.account}>
        <IconButton
          aria-label={text.nav.account}
          aria-haspopup="menu"
          onClick={(event) => setAnchor(event.currentTarget)}
        >
          <AccountIcon />
        </IconButton>
      </Tooltip>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        <ListSubheader>{me.user?.email ?? me.label}</ListSubheader>
        <Divider />
        <ListSubheader>Colours</ListSubheader>
        {schemes.map(([scheme, label]) => (
          <MenuItem
            key={scheme}
            role="menuitemradio"
            aria-checked={mode === scheme}
            selected={mode === scheme}
            dense
            onClick={() => setMode(scheme)}
          >
            {label}
          </MenuItem>
        ))}
        <ListSubheader>Clock</ListSubheader>
        {CLOCKS.map(([value, label]) => (
          <MenuItem
            key={label}
            role="menuitemradio"
            aria-checked={hour12 === value}
            selected={hour12 === value}
            dense
            onClick={() => setPreferences({ hour12: value })}
          >
            {label}
          </MenuItem>
        ))}
        <Divider />
        <MenuItem component={Link} to="/account" onClick={() => setAnchor(null)}>
          {text.nav.settings}
        </MenuItem>
        <MenuItem onClick={() => logOut().catch(notifyProblem)}>{text.nav.logOut}</MenuItem>
      </Menu>
    </>
  );
}
