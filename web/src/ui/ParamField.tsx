import TextField, { type TextFieldProps } from "@mui/material/TextField";
import { useEffect, useState } from "react";
import { useSearchParams } from "react-router";

const PAUSE_MS = 250;

/**
 * A text that stands in the address under `name`. What is typed is kept here and goes there after a pause: the address
 * changes too late for a field to follow it letter by letter. Give it another `key` to empty it.
 */
export function ParamField({ name, ...props }: TextFieldProps & { name: string }) {
  const [params, setParams] = useSearchParams();
  const stored = params.get(name) ?? "";
  const [typed, setTyped] = useState(stored);
  useEffect(() => {
    if (typed === stored) return;
    const timer = setTimeout(() => setParams((before) => withParam(before, name, typed), { replace: true }), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, stored, name, setParams]);
  return <TextField {...props} value={typed} onChange={(event) => setTyped(event.target.value)} />;
}

/** The same with one parameter set; an empty one is left out. */
export function withParam(before: URLSearchParams, name: string, value: string): URLSearchParams {
  const next = new URLSearchParams(before);
  if (value) next.set(name, value);
  else next.delete(name);
  return next;
}
