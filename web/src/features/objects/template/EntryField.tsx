import MenuItem from "@mui/material/MenuItem";
import TextField from "@mui/material/TextField";
import { errorText } from "../document";
import type { EditorProps } from "../fields/editor";
import { spelled } from "./scope";

/** The step that calls come to first. */
export default function EntryField({ spec, value, onChange, errors, disabled, document }: EditorProps) {
  const parts = Object.keys((document.parts ?? {}) as object);
  const error = errorText(errors);
  return (
    <TextField
      select
      label={spec.label}
      value={parts.includes(String(value)) ? value : ""}
      onChange={({ target }) => onChange(target.value)}
      error={Boolean(error)}
      helperText={error ?? spec.help}
      disabled={disabled || parts.length === 0}
      required
      sx={{ maxWidth: 320 }}
    >
      {parts.map((name) => (
        <MenuItem key={name} value={name}>
          {spelled(name)}
        </MenuItem>
      ))}
    </TextField>
  );
}
