import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import type { Schemas } from "@/api/client";
import { type Errors, errorText, targetOf } from "./document";
import { Group } from "./fields/Group";
import { ObjectPicker } from "./fields/ObjectPicker";
import { kindOf } from "./kinds";
import { codeOf, decoded, openEndOf, spelled, useTemplateScope } from "./template/scope";
import { text } from "./text";

export type Destination = Schemas["Destination"];
type DestinationKind = Destination["kind"];

const KINDS: DestinationKind[] = [
  "extension",
  "ring_group",
  "queue",
  "ivr_menu",
  "time_condition",
  "voicemail",
  "announcement",
  "external_number",
  "location_routing",
  "hangup",
];

/** A kind was chosen, and not yet which one. */
function isOpen(value: Destination | null): boolean {
  if (!value || openEndOf(value)) return false;
  if (value.kind === "external_number") return !value.number;
  return targetOf(value.kind) !== undefined && !value.id;
}

export interface DestinationPickerProps {
  label: string;
  value: Destination | null;
  onChange: (destination: Destination | null) => void;
  help?: string;
  /** Messages by path below the destination: "", "id", "number". */
  errors?: Errors;
  /** There may be none: what happens then, such as "as closed". */
  nullable?: boolean;
  required?: boolean;
  disabled?: boolean;
}

/** Where a call goes next: a kind, and which one. Both are searched and, where there is none yet, made on the spot. */
export function DestinationPicker(props: DestinationPickerProps) {
  const { label, value, onChange, help, errors = {}, nullable, required, disabled } = props;
  const scope = useTemplateScope();
  const open = openEndOf(value);
  const target = value && !open ? targetOf(value.kind) : undefined;

  const wrong = errorText(errors);
  const error = wrong && isOpen(value) ? text.destination.missing : wrong;

  function chooseKind(kind: string) {
    const end = decoded(kind);
    if (end)
      onChange(end as unknown as Destination); // inside a template, ends may be open
    else onChange(kind ? { kind: kind as DestinationKind, id: null, number: null } : null);
  }

  return (
    <Group label={required ? `${label} *` : label} help={help} error={error}>
      <Stack direction="row" sx={{ gap: 1, flexWrap: "wrap" }}>
        <TextField
          select
          label={text.destination.label}
          value={open ? codeOf(open) : (value?.kind ?? "")}
          onChange={(event) => chooseKind(event.target.value)}
          disabled={disabled}
          error={Boolean(error)}
          sx={{ flex: "1 1 160px", maxWidth: 240 }}
        >
          {nullable && <MenuItem value="">{text.destination.none}</MenuItem>}
          {scope?.parts.map((name) => (
            <MenuItem key={`part:${name}`} value={`part:${name}`}>
              {text.template.step(spelled(name))}
            </MenuItem>
          ))}
          {scope?.destinations.map((name) => (
            <MenuItem key={`here:${name}`} value={`here:${name}`}>
              {text.template.here(spelled(name))}
            </MenuItem>
          ))}
          {KINDS.map((kind) => (
            <MenuItem key={kind} value={kind}>
              {text.destination.kinds[kind]}
            </MenuItem>
          ))}
        </TextField>
        {value && target && (
          <Stack sx={{ flex: "3 1 240px" }}>
            <ObjectPicker
              key={target}
              kind={target}
              value={value.id ?? null}
              onChange={(id) => onChange({ ...value, id })}
              label={text.destination.which(kindOf(target).one)}
              error={errors.id}
              disabled={disabled}
            />
          </Stack>
        )}
        {value?.kind === "external_number" && (
          <TextField
            label={text.destination.number}
            type="tel"
            value={value.number ?? ""}
            onChange={(event) => onChange({ ...value, number: event.target.value || null })}
            error={Boolean(errors.number)}
            helperText={errors.number ?? text.destination.numberHelp}
            disabled={disabled}
            sx={{ flex: "3 1 240px" }}
          />
        )}
      </Stack>
    </Group>
  );
}
