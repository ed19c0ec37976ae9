import TextField from "@mui/material/TextField";
import { type ComponentType, lazy, Suspense } from "react";
import { Autocomplete } from "@/ui/Autocomplete";
import { errorText } from "../document";
import { BooleanField, EnumField, LinesField, LocationField, NumberField, PasswordField, StringField } from "./basic";
import { EnumsField, OptionsField } from "./choices";
import type { EditorProps } from "./editor";
import { HolidaysField } from "./HolidaysField";
import { HoursField } from "./HoursField";
import { CallerIdField, DestinationField, ObjectField, RecordingField } from "./parts";
import { MembersField, ReferencesField } from "./references";
import { SpokenField } from "./SpokenField";

const ZONES = Intl.supportedValuesOf("timeZone");

function TimezoneField({ spec, value, onChange, errors, disabled }: EditorProps) {
  const error = errorText(errors);
  return (
    <Autocomplete
      options={ZONES}
      value={typeof value === "string" ? value : null}
      onChange={(_, zone) => onChange(zone)}
      disabled={disabled}
      sx={{ maxWidth: 480 }}
      renderInput={(input) => (
        <TextField {...input} label={spec.label} error={Boolean(error)} helperText={error ?? spec.help} />
      )}
    />
  );
}

const EDITORS: Record<string, ComponentType<EditorProps>> = {
  boolean: BooleanField,
  integer: NumberField,
  string: StringField,
  password: PasswordField,
  enum: EnumField,
  enums: EnumsField,
  strings: LinesField,
  reference: ObjectField,
  references: ReferencesField,
  location: LocationField,
  timezone: TimezoneField,
  Destination: DestinationField,
  Spoken: SpokenField,
  RecordingPolicy: RecordingField,
  CallerIdPolicy: CallerIdField,
  "OpeningSpan[]": HoursField,
  "Holiday[]": HolidaysField,
  "QueueMember[]": MembersField,
  "IvrOption[]": OptionsField,
};

/** Editors of single fields, by resource and field. */
const OWN_EDITORS: Record<string, ComponentType<EditorProps>> = {
  "routing-templates.parts": lazy(() => import("../template/PartsField")),
  "routing-templates.entry": lazy(() => import("../template/EntryField")),
  "routing-templates.slots": lazy(() => import("../template/SlotsField")),
  "location-routings.slots": lazy(() => import("../template/FillingsField")),
  "location-routings.overrides": lazy(() => import("../template/OverridesField")),
};

/** The editor that fits a field's type. */
export function Field(props: EditorProps) {
  const { resource, spec } = props;
  const Editor = OWN_EDITORS[`${resource}.${spec.name}`] ?? EDITORS[spec.type] ?? StringField;
  return (
    <Suspense fallback={null}>
      <Editor {...props} />
    </Suspense>
  );
}
