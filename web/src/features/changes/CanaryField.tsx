import MenuItem from "@mui/material/MenuItem";
import TextField from "@mui/material/TextField";
import { useLocations } from "@/layout/locations";
import { text } from "./text";

/** Which node goes first, where there are several; a field named `canary` of the form around it. */
export function CanaryField() {
  const nodes = [...new Set(useLocations().map(({ node }) => node))].sort();
  if (nodes.length < 2) return null;
  return (
    <TextField
      select
      name="canary"
      label={text.canary}
      helperText={text.canaryHelp}
      defaultValue=""
      slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
      sx={{ flexGrow: 1, minWidth: 200 }}
    >
      <MenuItem value="">{text.canaryAny}</MenuItem>
      {nodes.map((node) => (
        <MenuItem key={node} value={node}>
          {node}
        </MenuItem>
      ))}
    </TextField>
  );
}
