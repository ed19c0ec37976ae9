import MenuItem from "@mui/material/MenuItem";
import TextField from "@mui/material/TextField";
import { createContext, type ReactNode, useContext, useState } from "react";
import { Autocomplete } from "./Autocomplete";

const Errors = createContext<Record<string, string>>({});

/** What the API said about fields, by name, for the fields below. */
export function FieldErrors({ value, children }: { value: Record<string, string>; children: ReactNode }) {
  return <Errors.Provider value={value}>{children}</Errors.Provider>;
}

/**
 * What is typed into a form: the values, how to change some, what an input of one is bound with, and whether they
 * differ from the beginning.
 */
export function useForm<Values extends object>(initial: Values) {
  const [start] = useState(initial);
  const [value, setValue] = useState(initial);
  const set = (change: Partial<Values>) => setValue((now) => ({ ...now, ...change }));
  const bind = <Name extends keyof Values & string>(name: Name) => ({
    name,
    value: value[name],
    onChange: (typed: Values[Name]) => setValue((now) => ({ ...now, [name]: typed })),
  });
  return { value, set, bind, dirty: JSON.stringify(value) !== JSON.stringify(start) };
}

interface FieldProps {
  /** As the API calls it, so that its message finds the field. */
  name: string;
  label: string;
  help?: ReactNode;
  required?: boolean;
  disabled?: boolean;
}

interface TextInputProps extends FieldProps {
  value: string;
  onChange: (value: string) => void;
  type?: "text" | "email" | "password" | "datetime-local" | "number";
  autoComplete?: string;
  autoFocus?: boolean;
  multiline?: boolean;
}

export function TextInput({ name, help, onChange, autoComplete = "off", type, ...field }: TextInputProps) {
  const error = useContext(Errors)[name];
  return (
    <TextField
      {...field}
      name={name}
      type={type}
      fullWidth
      {...(field.multiline && { minRows: 2, maxRows: 12 })}
      autoComplete={autoComplete}
      error={error !== undefined}
      helperText={error ?? help}
      onChange={(event) => onChange(event.target.value)}
      slotProps={type === "datetime-local" ? { inputLabel: { shrink: true } } : {}}
    />
  );
}

interface ChoiceProps extends FieldProps {
  value: string;
  options: { value: string; label: string }[];
  onChange: (value: string) => void;
}

export function Choice({ name, help, options, onChange, ...field }: ChoiceProps) {
  const error = useContext(Errors)[name];
  return (
    <TextField
      {...field}
      name={name}
      select
      fullWidth
      error={error !== undefined}
      helperText={error ?? help}
      onChange={(event) => onChange(event.target.value)}
    >
      {options.map(({ value, label }) => (
        <MenuItem key={value} value={value}>
          {label}
        </MenuItem>
      ))}
    </TextField>
  );
}

/** Several short words, of which the API may say something at `<name>` or at one of them. */
export function Words({ name, help, ...words }: FieldProps & SeveralWords) {
  const errors = useContext(Errors);
  const error = Object.entries(errors).find(([field]) => field === name || field.startsWith(`${name}.`))?.[1];
  return <WordsInput {...words} help={error ?? help} wrong={error !== undefined} />;
}

interface WordsInputProps extends SeveralWords {
  label: string;
  help?: ReactNode;
  wrong: boolean;
  size?: "small";
  /** Whether there is something typed that is no word yet. */
  onTyping?: (typing: boolean) => void;
}

/**
 * Enter adds a word, and so does leaving the field: who goes on to "Save" means it. Each is written as it is kept:
 * trimmed, in small letters.
 */
export function WordsInput({ label, help, wrong, value, onChange, size, onTyping }: WordsInputProps) {
  return (
    <Autocomplete
      multiple
      freeSolo
      autoSelect
      size={size}
      options={[]}
      value={value}
      onInputChange={(_, typed) => onTyping?.(typed.trim() !== "")}
      onChange={(_, words) => onChange([...new Set(words.map((word) => word.trim().toLowerCase()).filter(Boolean))])}
      renderInput={(params) => <TextField {...params} label={label} error={wrong} helperText={help} />}
    />
  );
}

interface SeveralWords {
  value: string[];
  onChange: (words: string[]) => void;
}

interface Named {
  id: string;
  name: string;
}

interface SeveralProps<Option extends Named> extends FieldProps {
  options: Option[];
  value: string[];
  onChange: (ids: string[]) => void;
  labelOf?: (option: Option) => string;
}

/** Several of a list, such as locations. Ids that are not in the list stay as they are. */
export function Several<Option extends Named>({
  name,
  label,
  help,
  options,
  value,
  onChange,
  labelOf = (option) => option.name,
}: SeveralProps<Option>) {
  const error = useContext(Errors)[name];
  const known = options.filter(({ id }) => value.includes(id));
  const unknown = value.filter((id) => !options.some((option) => option.id === id));
  return (
    <Autocomplete
      multiple
      options={options}
      value={known}
      getOptionLabel={labelOf}
      getOptionKey={({ id }) => id}
      isOptionEqualToValue={(one, other) => one.id === other.id}
      disableCloseOnSelect
      onChange={(_, chosen) => onChange([...unknown, ...chosen.map(({ id }) => id)])}
      renderInput={(params) => (
        <TextField {...params} label={label} error={error !== undefined} helperText={error ?? help} />
      )}
    />
  );
}

const ZONES = Intl.supportedValuesOf("timeZone");

interface TimeZoneProps extends FieldProps {
  value: string | null;
  onChange: (zone: string | null) => void;
  placeholder?: string;
}

/** An IANA time zone by its name. */
export function TimeZoneInput({ name, label, help, value, onChange, placeholder, required }: TimeZoneProps) {
  const error = useContext(Errors)[name];
  const zones = value && !ZONES.includes(value) ? [value, ...ZONES] : ZONES;
  return (
    <Autocomplete
      fullWidth
      options={zones}
      value={value}
      getOptionLabel={(zone) => zone.replaceAll("_", " ")}
      onChange={(_, zone) => onChange(zone)}
      renderInput={(params) => (
        <TextField
          {...params}
          label={label}
          placeholder={placeholder}
          required={required}
          error={error !== undefined}
          helperText={error ?? help}
        />
      )}
    />
  );
}
