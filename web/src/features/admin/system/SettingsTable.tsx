import Box from "@mui/material/Box";
import Chip from "@mui/material/Chip";
import Typography from "@mui/material/Typography";
import type { Schemas } from "@/api/client";
import { words } from "../text";

/** What the operator set where the system was started, to read. */
export function SettingsTable({ settings }: { settings: Schemas["SettingRead"][] }) {
  return (
    <Box component="dl" sx={{ m: 0 }}>
      {settings.map(({ name, what, value, secret, is_set }) => (
        <Box key={name} sx={{ py: 1, borderTop: 1, borderColor: "divider" }}>
          <Typography component="dt" variant="body2" sx={{ fontFamily: "monospace", overflowWrap: "anywhere" }}>
            {name} {is_set && <Chip size="small" label={words.system.isSet} />}
          </Typography>
          <Box component="dd" sx={{ m: 0 }}>
            <Typography variant="body2" sx={{ overflowWrap: "anywhere", fontWeight: 600 }}>
              {secret ? words.system.secret : (value ?? words.system.unset)}
            </Typography>
            <Typography variant="body2" color="textSecondary">
              {what.replaceAll("`", "")}
            </Typography>
          </Box>
        </Box>
      ))}
    </Box>
  );
}
