import MuiAutocomplete, { type AutocompleteProps } from "@mui/material/Autocomplete";
import { useEffect, useState } from "react";

/**
 * MUI's field with suggestions. That (9.5) forgets which one is highlighted at the first drawing after other
 * suggestions came, whenever that is: between somebody's arrow key and Enter, say. So it is drawn once more at once.
 */
export function Autocomplete<
  Value,
  Multiple extends boolean | undefined = false,
  DisableClearable extends boolean | undefined = false,
  FreeSolo extends boolean | undefined = false,
>(props: AutocompleteProps<Value, Multiple, DisableClearable, FreeSolo>) {
  const { options, getOptionLabel = String, getOptionKey = getOptionLabel } = props;
  const offered = options.map((one) => getOptionKey(one)).join("\n");
  const [, draw] = useState("");
  useEffect(() => draw(offered), [offered]);
  return <MuiAutocomplete {...props} />;
}
