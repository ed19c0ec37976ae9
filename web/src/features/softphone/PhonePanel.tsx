import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Divider from "@mui/material/Divider";
import Link from "@mui/material/Link";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { CallCard } from "./CallCard";
import { DialForm, type DialFormProps } from "./DialForm";
import type { Account, Softphone } from "./queries";
import { ShowAs } from "./ShowAs";
import { SoundSettings } from "./SoundSettings";
import { text } from "./text";
import type { Phone } from "./usePhone";

interface PhonePanelProps {
  phone: Phone;
  softphone: Softphone;
  account: Account;
}

/** The open softphone: its state, its calls, the dial pad, its sound. */
export function PhonePanel({ phone, softphone, account }: PhonePanelProps) {
  const { calls, registration } = phone.state;
  const browser = phone.phone;
  const shown = calls.filter(({ incoming, state }) => !incoming || state !== "ringing");
  return (
    <Stack sx={{ gap: 1.5 }}>
      <Stack>
        <Typography variant="h6" component="h2" sx={{ overflowWrap: "anywhere" }}>
          <bdi>{softphone.name}</bdi> · {softphone.number}
        </Typography>
        <Typography variant="body2" color="textSecondary" role="status">
          {text.registration[registration]}
        </Typography>
      </Stack>
      {registration === "other-tab" && <OtherTab onTake={phone.takeOver} />}
      {registration === "unreachable" && <Unreachable url={account.wss_url} onRetry={() => browser?.retry()} />}
      {registration === "insecure" && <Alert severity="warning">{text.microphone.insecure}</Alert>}
      {phone.fault && (
        <Alert severity="warning" onClose={phone.forgiveFault}>
          {text.microphone[phone.fault]}
        </Alert>
      )}
      {browser && shown.map((call) => <CallCard key={call.id} call={call} calls={shown} phone={browser} />)}
      {browser && registration === "registered" && (
        <Dialing key={shown.length ? "busy" : "free"} busy={shown.length > 0} onDial={(number) => browser.dial(number)}>
          {softphone.shown_numbers && (
            <ShowAs numbers={softphone.shown_numbers} value={phone.shown} onChange={phone.showAs} />
          )}
        </Dialing>
      )}
      <Divider />
      <SoundSettings sound={phone.sound} onChange={phone.chooseSound} />
    </Stack>
  );
}

/** While one talks the keys are out of the way; a second call needs a click more. */
function Dialing({ busy, ...form }: { busy: boolean } & DialFormProps) {
  const [open, setOpen] = useState(!busy);
  if (open) return <DialForm {...form} />;
  return <Button onClick={() => setOpen(true)}>{text.newCall}</Button>;
}

function OtherTab({ onTake }: { onTake: () => void }) {
  return (
    <Stack sx={{ gap: 0.5 }}>
      <Button variant="outlined" onClick={onTake}>
        {text.useHere}
      </Button>
      <Typography variant="body2" color="textSecondary">
        {text.useHereHint}
      </Typography>
    </Stack>
  );
}

/** Most often the certificate: browsers ask nothing for a socket, they only refuse. */
function Unreachable({ url, onRetry }: { url: string; onRetry: () => void }) {
  const page = url.replace(/^wss:/, "https:").replace(/\/ws$/, "/");
  return (
    <Alert severity="warning">
      {text.trust.lead}{" "}
      <Link href={page} target="_blank" rel="noreferrer" color="inherit">
        {text.trust.link}
      </Link>
      . {text.trust.after}
      <Button color="inherit" size="small" onClick={onRetry} sx={{ display: "block", mt: 1, ml: -0.5 }}>
        {text.trust.retry}
      </Button>
    </Alert>
  );
}
