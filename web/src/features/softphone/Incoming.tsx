import Button from "@mui/material/Button";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useEffect, useRef } from "react";
import { useContactsOf } from "@/features/contacts/queries";
import { useLiveCalls } from "@/realtime/live";
import { phoneNumber } from "@/ui/format";
import type { PhoneCall } from "./calls";
import { useQueueName } from "./queries";
import { ring, type SoundChoice } from "./sound";
import { text } from "./text";
import { whyItRings } from "./why";

interface IncomingProps {
  call: PhoneCall;
  extensionId: string | null;
  sound: SoundChoice;
  /** One talks already: a soft beep instead of the ring. */
  waits: boolean;
  onAnswer: () => void;
  onDecline: () => void;
}

/** Who calls, and why it rings here. */
export function Incoming({ call, extensionId, sound, waits, onAnswer, onDecline }: IncomingProps) {
  const why = whyItRings(useLiveCalls().values(), extensionId, call.number);
  const queue = useQueueName(why.queueId);
  const chosen = useRef(sound);
  useEffect(() => ring(chosen.current, waits), [waits]);
  const contact = useContactsOf([call.number]).get(call.number);
  const name = contact?.name ?? why.callerName ?? (call.name === call.number ? "" : call.name);
  return (
    <Paper
      variant="elevation"
      elevation={8}
      role="alertdialog"
      aria-label={text.incoming.label}
      aria-describedby={`caller-${call.id}`}
      sx={{ width: "100%", p: 2, borderLeft: 6, borderColor: "success.main" }}
    >
      <Typography variant="body2" color="textSecondary">
        {text.incoming.label}
      </Typography>
      <Stack id={`caller-${call.id}`} aria-live="assertive">
        <Typography variant="h6" component="p" sx={{ overflowWrap: "anywhere" }}>
          <bdi>{name || phoneNumber(call.number) || text.call.unknown}</bdi>
        </Typography>
        {contact?.company && (
          <Typography sx={{ overflowWrap: "anywhere" }}>
            <bdi>{contact.company}</bdi>
          </Typography>
        )}
        {name && <Typography>{phoneNumber(call.number)}</Typography>}
        {why.dialed && (
          <Typography color="textSecondary">
            {text.incoming.to} {phoneNumber(why.dialed)}
          </Typography>
        )}
        {queue && (
          <Typography color="textSecondary" sx={{ overflowWrap: "anywhere" }}>
            {text.incoming.queue}: <bdi>{queue}</bdi>
          </Typography>
        )}
      </Stack>
      <Stack direction="row" sx={{ gap: 1, mt: 1.5 }}>
        <Button fullWidth variant="contained" color="success" onClick={onAnswer}>
          {text.incoming.answer}
        </Button>
        <Button fullWidth variant="outlined" color="error" onClick={onDecline}>
          {text.incoming.decline}
        </Button>
      </Stack>
    </Paper>
  );
}
