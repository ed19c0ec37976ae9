import TextField from "@mui/material/TextField";
import { useState } from "react";
import { Autocomplete } from "@/ui/Autocomplete";
import { phoneNumber } from "@/ui/format";
import { type PhoneNumber, useNumbers } from "./queries";
import { text } from "./text";

interface NumberPickerProps {
  value: string;
  onChange: (number: string) => void;
  error?: string | undefined;
}

/** One of our phone numbers, found by name or digits. */
export function NumberPicker({ value, onChange, error }: NumberPickerProps) {
  const [typed, setTyped] = useState("");
  const found = useNumbers(typed);
  const chosen = useNumbers(value).data?.items.find(({ number }) => number === value);
  const options = found.data?.items ?? [];
  return (
    <Autocomplete
      options={options}
      value={chosen ?? null}
      filterOptions={(all) => all}
      isOptionEqualToValue={(one, other) => one.id === other.id}
      getOptionKey={({ id }) => id}
      getOptionLabel={labelOf}
      loading={found.isFetching}
      noOptionsText={text.noNumbers}
      onInputChange={(_, words, reason) => setTyped(reason === "input" ? words : "")}
      onChange={(_, one) => onChange(one?.number ?? "")}
      renderInput={(params) => (
        <TextField {...params} label={text.number} required error={!!error} helperText={error ?? text.numberHelp} />
      )}
    />
  );
}

/** "Main line, (202) 555-0142" */
export function labelOf({ name, number }: PhoneNumber): string {
  return name && name !== number ? `${name}, ${phoneNumber(number)}` : phoneNumber(number);
}
