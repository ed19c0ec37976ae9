import Divider from "@mui/material/Divider";
import ListSubheader from "@mui/material/ListSubheader";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import { useColorScheme } from "@mui/material/styles";
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

/** What the account's button opens; loaded with its first use. */
export default function AccountMenuItems({ anchor, onClose }: { anchor: HTMLElement | null; onClose: () => void }) {
  const me = useMe();
  const { mode, setMode } = useColorScheme();
  const { hour12 } = usePreferences();
  const { notifyProblem } = useDialogs();
  const schemes = Object.entries(SCHEMES) as [keyof typeof SCHEMES, string][];
  return (
    <Menu anchorEl={anchor} open={anchor !== null} onClose={onClose}>
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
      <MenuItem component={Link} to="/account" onClick={onClose}>
        {text.nav.settings}
      </MenuItem>
      <MenuItem onClick={() => logOut().catch(notifyProblem)}>{text.nav.logOut}</MenuItem>
    </Menu>
  );
}
