import Chip from "@mui/material/Chip";
import type { ReleaseState } from "./queries";
import { text } from "./text";

const COLORS = {
  applying: "info",
  live: "success",
  retired: "default",
  rolled_back: "error",
  stopped: "warning",
  failed: "error",
  superseded: "default",
} as const;

/** How far a release is. */
export function StateChip({ state }: { state: ReleaseState }) {
  return <Chip size="small" variant="outlined" color={COLORS[state]} label={text.states[state]} />;
}
