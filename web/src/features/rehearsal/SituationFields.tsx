import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import { NumberPicker } from "./NumberPicker";
import { MembersOut, SinglePhones } from "./PhoneRows";
import type { PhoneState, SituationForm } from "./situation";
import { text } from "./text";

const STATES = Object.entries(text.states) as [PhoneState, string][];

interface SituationFieldsProps {
  form: SituationForm;
  onChange: (form: SituationForm) => void;
  timezone: string;
  /** What the API refused, by field. */
  errors: Record<string, string>;
}

/** Who calls which number when, and how everybody is at that moment. */
export function SituationFields({ form, onChange, timezone, errors }: SituationFieldsProps) {
  const set = (some: Partial<SituationForm>) => onChange({ ...form, ...some });
  const keysError = Object.entries(errors).find(([field]) => field.startsWith("keys"))?.[1];
  return (
    <Stack sx={{ gap: 2 }}>
      <NumberPicker value={form.number} onChange={(number) => set({ number })} error={errors.number} />
      <TextField
        label={text.caller}
        value={form.caller}
        onChange={(event) => set({ caller: event.target.value })}
        error={!!errors.caller}
        helperText={errors.caller ?? text.callerHelp}
      />
      <TextField
        label={text.moment}
        type="datetime-local"
        value={form.moment}
        onChange={(event) => set({ moment: event.target.value })}
        error={!!errors.moment}
        helperText={errors.moment ?? text.momentHelp(timezone)}
        slotProps={{ inputLabel: { shrink: true } }}
      />
      <TextField
        label={text.keys}
        value={form.keys}
        onChange={(event) => set({ keys: event.target.value })}
        error={!!keysError}
        helperText={keysError ?? text.keysHelp}
      />
      <StateField
        label={text.others}
        help={text.othersHelp}
        value={form.others}
        onChange={(others) => set({ others })}
      />
      <StateField
        label={text.outside}
        help={text.outsideHelp}
        value={form.outside}
        onChange={(outside) => set({ outside })}
      />
      <SinglePhones rows={form.phones} onChange={(phones) => set({ phones })} />
      <MembersOut rows={form.out} onChange={(out) => set({ out })} />
    </Stack>
  );
}

interface StateFieldProps {
  label: string;
  help?: string;
  value: PhoneState;
  onChange: (state: PhoneState) => void;
}

/** How a phone is. */
export function StateField({ label, help, value, onChange }: StateFieldProps) {
  return (
    <TextField
      select
      label={label}
      helperText={help}
      value={value}
      onChange={(event) => onChange(event.target.value as PhoneState)}
      sx={{ flex: 1, minWidth: 130 }}
    >
      {STATES.map(([state, words]) => (
        <MenuItem key={state} value={state}>
          {words}
        </MenuItem>
      ))}
    </TextField>
  );
}
