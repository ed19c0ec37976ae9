import Chip from "@mui/material/Chip";

/** A lamp with words: colour alone tells nobody everything. */
export function Light({ state, label }: { state: "on" | "off" | "waits"; label: string }) {
  const colour = { on: "success", off: "error", waits: "default" } as const;
  return <Chip role="status" variant="outlined" color={colour[state]} label={label} sx={{ maxWidth: "100%" }} />;
}
