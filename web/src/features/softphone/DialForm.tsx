import BackspaceIcon from "@mui/icons-material/BackspaceOutlined";
import CallIcon from "@mui/icons-material/Call";
import Button from "@mui/material/Button";
import IconButton from "@mui/material/IconButton";
import InputAdornment from "@mui/material/InputAdornment";
import Stack from "@mui/material/Stack";
import { type FormEvent, type ReactNode, useState } from "react";
import { Keypad } from "./Keypad";
import { dialable } from "./number";
import { text } from "./text";
import { WhomField } from "./WhomField";

export interface DialFormProps {
  onDial: (number: string) => void;
  /** What else can be set for the call. */
  children?: ReactNode;
}

/** Whom to call: chosen, typed, pasted or pressed. */
export function DialForm({ onDial, children }: DialFormProps) {
  const [typed, setTyped] = useState("");
  const number = dialable(typed);

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!number) return;
    onDial(number);
    setTyped("");
  }

  const erase = (
    <InputAdornment position="end">
      <IconButton
        size="small"
        sx={{ my: -1 }}
        aria-label={text.dial.erase}
        onClick={() => setTyped(typed.slice(0, -1))}
      >
        <BackspaceIcon fontSize="small" />
      </IconButton>
    </InputAdornment>
  );
  return (
    <Stack component="form" onSubmit={submit} sx={{ gap: 0.5 }}>
      <WhomField
        label={text.dial.whom}
        help={text.dial.help}
        value={typed}
        onChange={setTyped}
        end={typed ? erase : undefined}
      />
      <Keypad onPress={(key) => setTyped(typed + key)} />
      {children}
      <Button type="submit" variant="contained" color="success" startIcon={<CallIcon />} disabled={!number}>
        {text.dial.call}
      </Button>
    </Stack>
  );
}
