import TextField from "@mui/material/TextField";
import { Autocomplete } from "./Autocomplete";

interface SearchPickerProps<One extends { id: string }> {
  label: string;
  help?: string;
  required?: boolean;
  autoFocus?: boolean;
  value: One | null;
  /** What the API has found for the words. */
  options: One[];
  loading?: boolean;
  told: (one: One) => string;
  /** The words that were typed; null when it closes. */
  onSearch: (words: string | null) => void;
  onChange: (id: string | undefined) => void;
}

/** Chooses one of very many: the API looks for them while somebody types. */
export function SearchPicker<One extends { id: string }>(props: SearchPickerProps<One>) {
  const { label, help, value, options, loading, told, onSearch, onChange, ...field } = props;
  return (
    <Autocomplete<One>
      size="small"
      options={options}
      filterOptions={(found) => found}
      loading={loading}
      onOpen={({ type }) => type !== "change" && onSearch("")} // typing opens it too, and has said what it looks for
      onClose={() => onSearch(null)}
      value={value}
      onInputChange={(_, words, reason) => onSearch(reason === "input" || reason === "clear" ? words : null)}
      onChange={(_, one) => onChange(one?.id)}
      isOptionEqualToValue={(one, other) => one.id === other.id}
      getOptionLabel={told}
      getOptionKey={({ id }) => id}
      renderInput={(params) => <TextField {...params} {...field} label={label} helperText={help} />}
    />
  );
}
