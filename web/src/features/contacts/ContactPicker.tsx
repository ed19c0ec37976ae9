import Autocomplete from "@mui/material/Autocomplete";
import TextField from "@mui/material/TextField";
import { useDeferredValue, useState } from "react";
import { type Contact, useContact, useContactSearch } from "./queries";

interface ContactPickerProps {
  label: string;
  help?: string;
  /** Id. */
  value: string | undefined;
  onChange: (id: string | undefined) => void;
  required?: boolean;
  autoFocus?: boolean;
}

/** Chooses a contact by a part of the name, the company or a number. */
export function ContactPicker({ label, help, value, onChange, ...field }: ContactPickerProps) {
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const found = useContactSearch(useDeferredValue(typed.trim()), open);
  const chosen = useContact(value).data?.contact ?? null;
  return (
    <Autocomplete<Contact>
      size="small"
      options={found}
      filterOptions={(options) => options}
      open={open}
      onOpen={() => setOpen(true)}
      onClose={() => setOpen(false)}
      value={value ? chosen : null}
      onInputChange={(_, words, reason) => setTyped(reason === "input" ? words : "")}
      onChange={(_, one) => onChange(one?.id)}
      isOptionEqualToValue={(one, other) => one.id === other.id}
      getOptionLabel={({ name, company }) => [name, company].filter(Boolean).join(", ")}
      getOptionKey={({ id }) => id}
      renderInput={(params) => <TextField {...params} {...field} label={label} helperText={help} />}
    />
  );
}
