import Box from "@mui/material/Box";
import Link from "@mui/material/Link";
import MenuItem from "@mui/material/MenuItem";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import { useColorScheme } from "@mui/material/styles";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { Link as RouterLink } from "react-router";
import { useMe } from "@/session/SessionProvider";
import { TimeZoneInput } from "@/ui/fields";
import { dateTime, setPreferences, usePreferences } from "@/ui/format";
import { Page } from "@/ui/Page";
import { words } from "../text";
import { PasswordForm } from "./PasswordForm";

const labels = words.account;

export function AccountPage() {
  return (
    <Page title={labels.title} lead={labels.lead}>
      <Stack sx={{ gap: 2, maxWidth: 640 }}>
        <Person />
        <PasswordForm />
        <Looks />
        <Link component={RouterLink} to="/admin/sessions">
          {labels.logins}
        </Link>
      </Stack>
    </Page>
  );
}

function Person() {
  const me = useMe();
  const rows = [
    [labels.name, me.user?.name],
    [labels.email, me.user?.email ?? me.label],
    [labels.role, me.user?.role],
    [labels.organization, me.organization],
  ];
  return (
    <Paper sx={{ p: 2 }}>
      <Typography variant="h6" component="h2">
        {labels.person}
      </Typography>
      <Box component="dl" sx={{ display: "grid", gridTemplateColumns: "auto 1fr", columnGap: 2, rowGap: 0.5, m: 0 }}>
        {rows.map(([label, value]) => (
          <Box key={label} sx={{ display: "contents" }}>
            <Typography component="dt" color="textSecondary">
              {label}
            </Typography>
            <Typography component="dd" sx={{ m: 0, overflowWrap: "anywhere" }}>
              <bdi>{value}</bdi>
            </Typography>
          </Box>
        ))}
      </Box>
      <Typography variant="body2" color="textSecondary" sx={{ mt: 1 }}>
        {labels.nameHelp}
      </Typography>
    </Paper>
  );
}

const CLOCKS = { auto: null, h12: true, h24: false } as const;
type Clock = keyof typeof CLOCKS;

function Looks() {
  const { mode, setMode } = useColorScheme();
  const { hour12, timezone } = usePreferences();
  const clock = (Object.keys(CLOCKS) as Clock[]).find((name) => CLOCKS[name] === hour12) ?? "auto";
  return (
    <Paper sx={{ p: 2 }}>
      <Typography variant="h6" component="h2" sx={{ mb: 2 }}>
        {labels.looks}
      </Typography>
      <Stack sx={{ gap: 2 }}>
        <TextField
          select
          label={labels.colours}
          value={mode ?? "system"}
          onChange={(event) => setMode(event.target.value as keyof typeof labels.scheme)}
        >
          {Object.entries(labels.scheme).map(([name, label]) => (
            <MenuItem key={name} value={name}>
              {label}
            </MenuItem>
          ))}
        </TextField>
        <TextField
          select
          label={labels.clock}
          value={clock}
          onChange={(event) => setPreferences({ hour12: CLOCKS[event.target.value as Clock] })}
        >
          {Object.entries(labels.clocks).map(([name, label]) => (
            <MenuItem key={name} value={name}>
              {label}
            </MenuItem>
          ))}
        </TextField>
        <TimeZoneInput
          name="timezone"
          label={labels.zone}
          help={labels.zoneHelp}
          value={timezone}
          onChange={(zone) => setPreferences({ timezone: zone })}
        />
        <Typography color="textSecondary" data-sample>
          {labels.sample}: {dateTime(new Date().toISOString())}
        </Typography>
      </Stack>
    </Paper>
  );
}
