import TextField from "@mui/material/TextField";
import { useDeferredValue, useMemo, useState } from "react";
import { Autocomplete } from "@/ui/Autocomplete";
import { words } from "../text";
import { MOST_IDS, useExtensionSearch, useExtensionsOf } from "./queries";

interface ExtensionsPickerProps {
  value: string[];
  onChange: (ids: string[]) => void;
}

/** Whose phones somebody has: the API looks for them, of a house with thousands too. What is not seen here stays. */
export function ExtensionsPicker({ value, onChange }: ExtensionsPickerProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const found = useExtensionSearch(useDeferredValue(typed ?? ""), typed !== null);
  const [before] = useState(value.slice(0, MOST_IDS));
  const stored = useExtensionsOf(before);
  const [picked, setPicked] = useState<typeof stored>([]);
  // The same list as long as nothing changes: another one ends the typing.
  const known = useMemo(
    () => value.flatMap((id) => [...picked, ...stored].find((one) => one.id === id) ?? []),
    [value, picked, stored],
  );
  const unknown = value.filter((id) => !known.some((one) => one.id === id));
  return (
    <Autocomplete
      multiple
      options={found.data?.items ?? []}
      filterOptions={(options) => options}
      loading={found.isFetching}
      value={known}
      onOpen={({ type }) => type !== "change" && setTyped("")} // typing opens it too, and has said what it looks for
      onClose={() => setTyped(null)}
      onInputChange={(_, letters, reason) => setTyped((now) => (reason === "input" || now !== null ? letters : null))}
      onChange={(_, chosen) => {
        setPicked(chosen);
        onChange([...unknown, ...chosen.map(({ id }) => id)]);
      }}
      isOptionEqualToValue={(one, other) => one.id === other.id}
      getOptionLabel={({ number, name }) => `${number} ${name}`}
      getOptionKey={({ id }) => id}
      disableCloseOnSelect
      renderInput={(params) => (
        <TextField {...params} label={words.users.extensions} helperText={words.users.extensionsHelp} />
      )}
    />
  );
}
