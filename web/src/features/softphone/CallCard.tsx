import CallEndIcon from "@mui/icons-material/CallEnd";
import DialpadIcon from "@mui/icons-material/Dialpad";
import MicIcon from "@mui/icons-material/MicNone";
import MicOffIcon from "@mui/icons-material/MicOff";
import PauseIcon from "@mui/icons-material/Pause";
import TransferIcon from "@mui/icons-material/PhoneForwardedOutlined";
import PlayIcon from "@mui/icons-material/PlayArrow";
import Button from "@mui/material/Button";
import IconButton from "@mui/material/IconButton";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import Tooltip from "@mui/material/Tooltip";
import Typography from "@mui/material/Typography";
import { type ReactNode, useEffect, useState } from "react";
import { useContactsOf } from "@/features/contacts/queries";
import { duration, phoneNumber } from "@/ui/format";
import type { PhoneCall } from "./calls";
import { Keypad } from "./Keypad";
import type { BrowserPhone } from "./phone";
import type { Quality } from "./quality";
import { TransferForm } from "./TransferForm";
import { text } from "./text";

interface CallCardProps {
  call: PhoneCall;
  calls: PhoneCall[];
  phone: BrowserPhone;
}

/** A call that goes on, with all that can be done to it. */
export function CallCard({ call, calls, phone }: CallCardProps) {
  const [tool, setTool] = useState<"keypad" | "transfer" | null>(null);
  const toggle = (wanted: "keypad" | "transfer") => setTool(tool === wanted ? null : wanted);
  const talks = call.answeredAt !== null;
  const held = call.state === "held";
  const contact = useContactsOf([call.number]).get(call.number);
  const told = call.name && call.name !== call.number ? call.name : phoneNumber(call.number);
  const who = contact?.name ?? told;
  return (
    <Paper sx={{ p: 1.5 }} role="group" aria-label={who}>
      <Stack direction="row" sx={{ alignItems: "center", gap: 1 }}>
        <Stack sx={{ flex: 1, minWidth: 0 }}>
          <Typography sx={{ fontWeight: 600, overflowWrap: "anywhere" }}>
            <bdi>{who}</bdi>
          </Typography>
          <Typography variant="body2" color="textSecondary" role="status">
            {text.call[call.state]}
          </Typography>
        </Stack>
        {call.answeredAt !== null && <Clock since={call.answeredAt} />}
      </Stack>
      {call.quality && call.state === "talking" && <QualityLine quality={call.quality} />}
      <Stack direction="row" sx={{ gap: 0.5, mt: 1, alignItems: "center" }}>
        {talks && (
          <>
            <Tool
              label={call.muted ? text.call.unmute : text.call.mute}
              pressed={call.muted}
              onClick={() => phone.mute(call.id, !call.muted)}
            >
              {call.muted ? <MicOffIcon /> : <MicIcon />}
            </Tool>
            <Tool
              label={held ? text.call.resume : text.call.hold}
              pressed={held}
              onClick={() => phone.hold(call.id, !held)}
            >
              {held ? <PlayIcon /> : <PauseIcon />}
            </Tool>
            <Tool label={text.call.keypad} pressed={tool === "keypad"} onClick={() => toggle("keypad")}>
              <DialpadIcon />
            </Tool>
            <Tool label={text.call.transfer} pressed={tool === "transfer"} onClick={() => toggle("transfer")}>
              <TransferIcon />
            </Tool>
          </>
        )}
      </Stack>
      <Button
        fullWidth
        variant="contained"
        color="error"
        startIcon={<CallEndIcon />}
        onClick={() => phone.hangUp(call.id)}
        sx={{ mt: 1 }}
      >
        {text.call.hangUp}
      </Button>
      {tool === "keypad" && <Keypad onPress={(digit) => phone.sendDigit(call.id, digit)} />}
      {tool === "transfer" && (
        <TransferForm
          call={call}
          others={calls.filter(({ id, answeredAt }) => id !== call.id && answeredAt !== null)}
          phone={phone}
        />
      )}
    </Paper>
  );
}

interface ToolProps {
  label: string;
  pressed: boolean;
  onClick: () => void;
  children: ReactNode;
}

function Tool({ label, pressed, onClick, children }: ToolProps) {
  return (
    <Tooltip title={label}>
      <IconButton aria-label={label} aria-pressed={pressed} color={pressed ? "primary" : "default"} onClick={onClick}>
        {children}
      </IconButton>
    </Tooltip>
  );
}

function Clock({ since }: { since: number }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <Typography sx={{ fontVariantNumeric: "tabular-nums" }}>{duration(Math.max(0, now - since) / 1000)}</Typography>
  );
}

const COLORS = { good: "success.main", fair: "warning.main", poor: "error.main", measuring: "text.secondary" } as const;

/** In words; the figures for who wants them. `data-level` is how loud the other side is, 0 to 1. */
function QualityLine({ quality }: { quality: Quality }) {
  const { words, mos, jitterMs, lossPercent, level } = quality;
  const figures = mos && text.quality.figures(mos.toFixed(1), Math.round(jitterMs), lossPercent.toFixed(1));
  return (
    <Typography component="div" variant="body2" data-level={level}>
      <Typography component="span" variant="body2" sx={{ color: COLORS[words] }}>
        {text.quality[words]}
      </Typography>
      {figures && (
        <Typography component="p" variant="caption" color="textSecondary">
          {figures}
        </Typography>
      )}
    </Typography>
  );
}
