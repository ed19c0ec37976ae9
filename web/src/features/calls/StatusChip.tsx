import Chip from "@mui/material/Chip";
import type { Call } from "./queries";
import { text } from "./text";

const COLOURS = {
  live: "success",
  answered: "default",
  missed: "error",
  abandoned: "warning",
  voicemail: "info",
  busy: "warning",
  failed: "error",
  blocked: "default",
} as const;

/** What became of a call; a live one says where it is now. */
export function StatusChip({ status, phase }: Pick<Call, "status" | "phase">) {
  const words = status === "live" ? text.phase[phase] : text.status[status];
  return <Chip size="small" variant="outlined" color={COLOURS[status]} label={words} />;
}
