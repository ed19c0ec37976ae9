import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import MenuItem from "@mui/material/MenuItem";
import TextField from "@mui/material/TextField";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { AT_ONCE, withParams } from "@/ui/address";
import { ParamField } from "@/ui/ParamField";
import { text as words } from "@/ui/text";
import type { ReleaseFilters, ReleaseState } from "./queries";
import { text } from "./text";

const STATES = Object.entries(text.states) as [ReleaseState, string][];

/** The filters as the API takes them; days are whole days of the browser's zone. */
export function filtersFrom(params: URLSearchParams): ReleaseFilters {
  const state = STATES.find(([one]) => one === params.get("state"))?.[0];
  return {
    ...(state && { state }),
    ...(params.get("author") && { author: params.get("author") ?? "" }),
    ...(params.get("reason") && { reason: params.get("reason") ?? "" }),
    ...dayFrom("from", params.get("from"), 0),
    ...dayFrom("to", params.get("to"), 1),
  };
}

function dayFrom(name: "from" | "to", day: string | null, later: number): Partial<ReleaseFilters> {
  if (!day) return {};
  const moment = new Date(`${day}T00:00`);
  if (Number.isNaN(moment.getTime())) return {};
  moment.setDate(moment.getDate() + later);
  return { [name]: moment.toISOString() };
}

const GRID = {
  display: "grid",
  gap: 1.5,
  gridTemplateColumns: "repeat(auto-fill, minmax(148px, 1fr))",
  alignItems: "center",
  mb: 2,
};

/** What the history is narrowed to; it stands in the address. */
export function HistoryFilters() {
  const [params, setParams] = useSearchParams();
  const [cleared, setCleared] = useState(0);
  const day = { type: "date", slotProps: { inputLabel: { shrink: true } } };
  return (
    <Box key={cleared} role="search" sx={GRID}>
      <TextField
        select
        label={text.filters.state}
        value={params.get("state") ?? ""}
        onChange={({ target }) => setParams((before) => withParams(before, { state: target.value }), AT_ONCE)}
      >
        <MenuItem value="">{text.filters.anyState}</MenuItem>
        {STATES.map(([state, label]) => (
          <MenuItem key={state} value={state}>
            {label}
          </MenuItem>
        ))}
      </TextField>
      <ParamField name="author" label={text.filters.author} />
      <ParamField name="reason" label={text.filters.reason} />
      <ParamField name="from" label={text.filters.from} {...day} />
      <ParamField name="to" label={text.filters.to} {...day} />
      {params.size > 0 && (
        <Button
          onClick={() => {
            setParams({}, AT_ONCE);
            setCleared(cleared + 1);
          }}
        >
          {words.actions.reset}
        </Button>
      )}
    </Box>
  );
}
