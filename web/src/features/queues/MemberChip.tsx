import CallIcon from "@mui/icons-material/Call";
import FreeIcon from "@mui/icons-material/CheckCircleOutlined";
import BreakIcon from "@mui/icons-material/CoffeeOutlined";
import WrapIcon from "@mui/icons-material/EditNoteOutlined";
import UnknownIcon from "@mui/icons-material/HelpOutlineOutlined";
import OutIcon from "@mui/icons-material/Logout";
import HoldIcon from "@mui/icons-material/PauseCircleOutlined";
import OffIcon from "@mui/icons-material/PhoneDisabledOutlined";
import RingIcon from "@mui/icons-material/RingVolumeOutlined";
import Chip from "@mui/material/Chip";
import { duration } from "@/ui/format";
import { stateNow } from "./levels";
import type { LiveMember, MemberState } from "./queries";
import { text } from "./text";

const LOOKS = {
  ready: [FreeIcon, "success"],
  ringing: [RingIcon, "info"],
  in_call: [CallIcon, "info"],
  on_hold: [HoldIcon, "info"],
  wrap_up: [WrapIcon, "warning"],
  paused: [BreakIcon, "warning"],
  logged_out: [OutIcon, "default"],
  unavailable: [OffIcon, "default"],
  unknown: [UnknownIcon, "default"],
} as const satisfies Record<MemberState, unknown>;

/** A member's state in words, since when, and a pause's reason. */
export function MemberChip({ member, now, size }: { member: LiveMember; now: number; size?: "small" | "medium" }) {
  const state = stateNow(member, now);
  const [Icon, color] = LOOKS[state];
  const reason = state === "paused" && member.reason ? `: ${member.reason}` : "";
  return (
    <Chip
      size={size ?? "small"}
      icon={<Icon />}
      color={color}
      variant="outlined"
      label={`${text.states[state]}${reason}${clock(member, now)}`}
      sx={{ maxWidth: "100%" }}
    />
  );
}

function clock({ state, since, wrap_up_until }: LiveMember, now: number): string {
  const over = state === "wrap_up" && wrap_up_until ? (now - Date.parse(wrap_up_until)) / 1000 : null;
  if (over !== null) return ` · ${duration(Math.abs(over))}`; // what is left, then how long they are free
  if (!since || state === "unavailable" || state === "unknown") return "";
  return ` · ${duration(Math.max(0, now - Date.parse(since)) / 1000)}`;
}
