import FormControlLabel from "@mui/material/FormControlLabel";
import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import Switch from "@mui/material/Switch";
import TextField from "@mui/material/TextField";
import type { Schemas } from "@/api/client";
import { type Destination, DestinationPicker } from "../DestinationPicker";
import { errorsUnder, errorText } from "../document";
import { valueLabel } from "../schema";
import { text } from "../text";
import type { EditorProps } from "./editor";
import { Group } from "./Group";
import { ObjectPicker } from "./ObjectPicker";
import { SpokenField } from "./SpokenField";

type Recording = Schemas["RecordingPolicy"];
type CallerId = Schemas["CallerIdPolicy"];

export function DestinationField({ spec, value, onChange, errors, disabled }: EditorProps) {
  return (
    <DestinationPicker
      label={spec.label}
      value={value as Destination | null}
      onChange={onChange}
      help={spec.help}
      errors={errors}
      nullable={spec.nullable}
      required={spec.required}
      disabled={disabled}
    />
  );
}

export function ObjectField({ spec, value, onChange, errors, disabled }: EditorProps) {
  return (
    <Stack sx={{ maxWidth: 480 }}>
      <ObjectPicker
        kind={spec.object ?? ""}
        value={typeof value === "string" ? value : null}
        onChange={onChange}
        label={spec.label}
        help={spec.help}
        error={errorText(errors)}
        required={spec.required}
        disabled={disabled}
      />
    </Stack>
  );
}

export function RecordingField(props: EditorProps) {
  const { spec, value, onChange, errors, disabled } = props;
  const policy = (value ?? { enabled: false }) as Recording;
  return (
    <Group label={spec.label} help={spec.help} error={errors[""]}>
      <FormControlLabel
        control={
          <Switch
            checked={policy.enabled ?? false}
            onChange={(_, enabled) => onChange({ ...policy, enabled })}
            disabled={disabled}
          />
        }
        label={text.recording.enabled}
      />
      {policy.enabled && (
        <SpokenField
          {...props}
          spec={{ ...spec, label: text.recording.consent, help: "", nullable: true, required: false }}
          value={policy.consent ?? null}
          onChange={(consent) => onChange({ ...policy, consent })}
          errors={errorsUnder(errors, "consent")}
        />
      )}
    </Group>
  );
}

export function CallerIdField({ spec, value, onChange, errors, disabled }: EditorProps) {
  const policy = (value ?? { mode: "pass_through" }) as CallerId;
  return (
    <Group label={spec.label} help={spec.help} error={errors[""]}>
      <Stack direction="row" sx={{ gap: 1, flexWrap: "wrap", mt: 1 }}>
        <TextField
          select
          label={text.callerId.mode}
          value={policy.mode ?? "pass_through"}
          onChange={({ target }) => onChange({ ...policy, mode: target.value })}
          disabled={disabled}
          sx={{ flex: "1 1 220px", maxWidth: 300 }}
        >
          {["pass_through", "fixed"].map((mode) => (
            <MenuItem key={mode} value={mode}>
              {valueLabel("mode", mode)}
            </MenuItem>
          ))}
        </TextField>
        <TextField
          type="tel"
          label={text.callerId.number}
          value={policy.number ?? ""}
          onChange={({ target }) => onChange({ ...policy, number: target.value || null })}
          error={Boolean(errors.number)}
          helperText={errors.number ?? text.destination.numberHelp}
          disabled={disabled}
          sx={{ flex: "1 1 220px", maxWidth: 300 }}
        />
      </Stack>
    </Group>
  );
}
