import Autocomplete from "@mui/material/Autocomplete";
import TextField from "@mui/material/TextField";
import { useDeferredValue, useState } from "react";
import { useNamed, useNameOf } from "./queries";

interface NamedPickerProps {
  kind: "queues" | "extensions";
  label: string;
  value: string | undefined;
  onChange: (id: string | undefined) => void;
  helperText?: string;
}

/** Chooses a queue or an extension by a part of its name or number. */
export function NamedPicker({ kind, label, value, onChange, helperText }: NamedPickerProps) {
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const found = useNamed(kind, useDeferredValue(typed), open);
  const chosen = useNameOf(kind, value).data ?? null;
  return (
    <Autocomplete
      size="small"
      options={found.data ?? []}
      filterOptions={(options) => options}
      loading={found.isFetching}
      open={open}
      onOpen={() => setOpen(true)}
      onClose={() => setOpen(false)}
      value={value ? chosen : null}
      onInputChange={(_, words, reason) => setTyped(reason === "input" ? words : "")}
      onChange={(_, one) => onChange(one?.id)}
      isOptionEqualToValue={(one, other) => one.id === other.id}
      getOptionLabel={({ name, number }) => (number ? `${name} (${number})` : name)}
      getOptionKey={({ id }) => id}
      renderInput={(params) => <TextField {...params} label={label} helperText={helperText} />}
    />
  );
}
