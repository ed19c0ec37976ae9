import FormControl from "@mui/material/FormControl";
import FormControlLabel from "@mui/material/FormControlLabel";
import FormHelperText from "@mui/material/FormHelperText";
import InputAdornment from "@mui/material/InputAdornment";
import MenuItem from "@mui/material/MenuItem";
import Switch from "@mui/material/Switch";
import TextField from "@mui/material/TextField";
import { useLocations } from "@/layout/locations";
import { useMe } from "@/session/SessionProvider";
import { errorText } from "../document";
import { valueLabel } from "../schema";
import { text } from "../text";
import type { EditorProps } from "./editor";

export function BooleanField({ spec, value, onChange, errors, disabled }: EditorProps) {
  const error = errorText(errors);
  return (
    <FormControl error={Boolean(error)} disabled={disabled}>
      <FormControlLabel
        control={<Switch checked={value === true} onChange={(_, checked) => onChange(checked)} />}
        label={spec.label}
      />
      <FormHelperText sx={{ mt: 0 }}>{error ?? spec.help}</FormHelperText>
    </FormControl>
  );
}

export function NumberField({ spec, value, onChange, errors, disabled }: EditorProps) {
  const error = errorText(errors);
  return (
    <TextField
      type="number"
      label={spec.label}
      value={typeof value === "number" ? value : ""}
      onChange={({ target }) => onChange(target.value === "" ? null : Number(target.value))}
      error={Boolean(error)}
      helperText={error ?? spec.help}
      required={spec.required}
      disabled={disabled}
      sx={{ maxWidth: 320 }}
      slotProps={{
        htmlInput: { min: spec.minimum, max: spec.maximum, step: 1 },
        input: spec.name.endsWith("_s") ? { endAdornment: <InputAdornment position="end">s</InputAdornment> } : {},
      }}
    />
  );
}

const LONG = 500;

export function StringField({ spec, value, onChange, errors, disabled }: EditorProps) {
  const error = errorText(errors);
  return (
    <TextField
      label={spec.label}
      value={typeof value === "string" ? value : ""}
      onChange={({ target }) => onChange(target.value === "" && spec.nullable ? null : target.value)}
      error={Boolean(error)}
      helperText={error ?? spec.help}
      required={spec.required}
      disabled={disabled}
      multiline={(spec.maxLength ?? 0) > LONG}
      slotProps={{ htmlInput: { dir: "auto", autoComplete: "off" } }}
      fullWidth
    />
  );
}

/** Written and never read back. */
export function PasswordField({ spec, value, onChange, errors, disabled }: EditorProps) {
  const error = errorText(errors);
  return (
    <TextField
      type="password"
      label={spec.label}
      value={typeof value === "string" ? value : ""}
      onChange={({ target }) => onChange(target.value || null)}
      error={Boolean(error)}
      helperText={error ?? spec.help}
      disabled={disabled}
      slotProps={{ htmlInput: { autoComplete: "new-password" } }}
      sx={{ maxWidth: 480 }}
      fullWidth
    />
  );
}

export function EnumField({ spec, value, onChange, errors, disabled }: EditorProps) {
  const error = errorText(errors);
  return (
    <TextField
      select
      label={spec.label}
      value={typeof value === "string" ? value : ""}
      onChange={({ target }) => onChange(target.value || null)}
      error={Boolean(error)}
      helperText={error ?? spec.help}
      required={spec.required}
      disabled={disabled}
      sx={{ maxWidth: 480 }}
      fullWidth
    >
      {spec.nullable && <MenuItem value="">{text.form.notSet}</MenuItem>}
      {spec.choices?.map((choice) => (
        <MenuItem key={choice} value={choice}>
          {valueLabel(spec.name, choice)}
        </MenuItem>
      ))}
    </TextField>
  );
}

/** Lines of text as a list. */
export function LinesField({ spec, value, onChange, errors, disabled }: EditorProps) {
  const error = errorText(errors);
  const lines = Array.isArray(value) ? value.map(String) : [];
  return (
    <TextField
      label={spec.label}
      value={lines.join("\n")}
      onChange={({ target }) => onChange(target.value === "" ? [] : target.value.split("\n"))}
      onBlur={() => onChange(lines.map((line) => line.trim()).filter(Boolean))}
      error={Boolean(error)}
      helperText={error ?? `${spec.help} ${text.lines}`}
      disabled={disabled}
      multiline
      minRows={2}
      fullWidth
    />
  );
}

export function LocationField({ spec, value, onChange, errors, disabled }: EditorProps) {
  const error = errorText(errors);
  const locations = useLocations();
  const everywhere = useMe().location_ids === null;
  const known = value === null || locations.some(({ id }) => id === value);
  return (
    <TextField
      select
      label={spec.label}
      value={known ? (value ?? "") : ""}
      onChange={({ target }) => onChange(target.value || null)}
      error={Boolean(error)}
      helperText={error ?? spec.help}
      required={!spec.nullable}
      disabled={disabled}
      sx={{ maxWidth: 480 }}
      slotProps={{ select: { displayEmpty: spec.nullable }, inputLabel: spec.nullable ? { shrink: true } : {} }}
      fullWidth
    >
      {spec.nullable && (
        <MenuItem value="" disabled={!everywhere}>
          {text.wholeOrganisation}
        </MenuItem>
      )}
      {locations.map(({ id, name }) => (
        <MenuItem key={id} value={id}>
          <bdi>{name}</bdi>
        </MenuItem>
      ))}
    </TextField>
  );
}
