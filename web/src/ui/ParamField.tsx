import TextField, { type TextFieldProps } from "@mui/material/TextField";
import { useFilter } from "./address";
import { useTyped } from "./useTyped";

/** A text that stands in the address under `name`. */
export function ParamField({ name, ...props }: TextFieldProps & { name: string }) {
  return <TextField {...props} {...useTyped(...useFilter(name))} />;
}
