import TextField, { type TextFieldProps } from "@mui/material/TextField";
import { useSearchParams } from "react-router";
import { useTyped } from "./useTyped";

/** A text that stands in the address under `name`. */
export function ParamField({ name, ...props }: TextFieldProps & { name: string }) {
  const [params, setParams] = useSearchParams();
  const [typed, setTyped] = useTyped(params.get(name) ?? "", (value) =>
    setParams((before) => withParam(before, name, value), { replace: true }),
  );
  return <TextField {...props} value={typed} onChange={(event) => setTyped(event.target.value)} />;
}

/** The same with one parameter set; an empty one is left out. */
export function withParam(before: URLSearchParams, name: string, value: string): URLSearchParams {
  const next = new URLSearchParams(before);
  if (value) next.set(name, value);
  else next.delete(name);
  return next;
}
