import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { type FormEvent, useState } from "react";
import { phoneNumber } from "@/ui/format";
import type { PhoneCall } from "./calls";
import { dialable } from "./number";
import type { BrowserPhone } from "./phone";
import { text } from "./text";
import { WhomField } from "./WhomField";

interface TransferFormProps {
  call: PhoneCall;
  /** Calls this one can be connected with. */
  others: PhoneCall[];
  phone: BrowserPhone;
}

/** Sends a caller on: at once, or after a word with who shall have them. */
export function TransferForm({ call, others, phone }: TransferFormProps) {
  const [typed, setTyped] = useState("");
  const number = dialable(typed);

  function submit(event: FormEvent) {
    event.preventDefault();
    if (number) phone.transfer(call.id, number);
  }

  return (
    <Stack component="form" onSubmit={submit} sx={{ gap: 1, mt: 1.5 }}>
      {others.map((other) => (
        <Stack key={other.id}>
          <Button variant="contained" onClick={() => phone.transfer(call.id, "", other.id)}>
            {text.transfer.complete}: {phoneNumber(other.number)}
          </Button>
          <Typography variant="body2" color="textSecondary">
            {text.transfer.completeHint}
          </Typography>
        </Stack>
      ))}
      <WhomField label={text.transfer.to} help={text.transfer.help} value={typed} onChange={setTyped} autoFocus />
      <Stack direction="row" sx={{ gap: 1 }}>
        <Button type="submit" variant="outlined" fullWidth disabled={!number}>
          {text.transfer.now}
        </Button>
        <Button variant="outlined" fullWidth disabled={!number} onClick={() => phone.dial(number)}>
          {text.transfer.ask}
        </Button>
      </Stack>
    </Stack>
  );
}
