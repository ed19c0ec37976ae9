import Autocomplete from "@mui/material/Autocomplete";
import TextField from "@mui/material/TextField";
import type { ComponentType } from "react";
import { errorText } from "../document";
import { BooleanField, EnumField, LinesField, LocationField, NumberField, PasswordField, StringField } from "./basic";
import type { EditorProps } from "./editor";
import { HolidaysField } from "./HolidaysField";
import { HoursField } from "./HoursField";
import { EnumsField, MembersField, ObjectsField, OptionsField } from "./lists";
import { CallerIdField, DestinationField, ObjectField, RecordingField } from "./parts";
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
  references: ObjectsField,
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

/** The editor that fits a field's type. */
export function Field(props: EditorProps) {
  const Editor = EDITORS[props.spec.type] ?? StringField;
  return <Editor {...props} />;
}
