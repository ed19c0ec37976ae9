import MenuItem from "@mui/material/MenuItem";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { useMay, useMe } from "@/session/SessionProvider";
import { useDialogs } from "@/ui/dialogs";
import { type Policy, usePolicy, useSetPolicy } from "./queries";
import { text } from "./text";

const POLICIES: Policy[] = ["off", "warn", "block"];

/** What flow tests mean for an apply; to be changed by who has rights everywhere. */
export function PolicySelect() {
  const policy = usePolicy();
  const set = useSetPolicy(policy.data?.etag);
  const { notify, notifyProblem } = useDialogs();
  const everywhere = useMe().location_ids === null;
  const may = useMay()("config:apply") && everywhere;
  if (!policy.data) return null;
  const chosen = policy.data.policy;
  if (!may)
    return (
      <Typography color="textSecondary">
        {text.policy.label}: {text.policy[chosen].toLowerCase()}.
      </Typography>
    );
  return (
    <TextField
      select
      label={text.policy.label}
      value={set.isPending ? set.variables : chosen}
      onChange={(event) =>
        set.mutate(event.target.value as Policy, {
          onSuccess: () => notify(text.policy.saved),
          onError: notifyProblem,
        })
      }
      sx={{ width: "100%", maxWidth: 440 }}
    >
      {POLICIES.map((one) => (
        <MenuItem key={one} value={one}>
          {text.policy[one]}
        </MenuItem>
      ))}
    </TextField>
  );
}
