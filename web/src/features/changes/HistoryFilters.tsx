import Button from "@mui/material/Button";
import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { ParamField, withParam } from "@/ui/ParamField";
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

/** What the history is narrowed to; it stands in the address. */
export function HistoryFilters() {
  const [params, setParams] = useSearchParams();
  const [cleared, setCleared] = useState(0);
  const day = { type: "date", slotProps: { inputLabel: { shrink: true } } };
  return (
    <Stack key={cleared} direction="row" role="search" sx={{ gap: 1, flexWrap: "wrap", mb: 2, alignItems: "center" }}>
      <TextField
        select
        label={text.filters.state}
        value={params.get("state") ?? ""}
        onChange={({ target }) => setParams((before) => withParam(before, "state", target.value), { replace: true })}
        sx={{ minWidth: 140 }}
      >
        <MenuItem value="">{text.filters.anyState}</MenuItem>
        {STATES.map(([state, label]) => (
          <MenuItem key={state} value={state}>
            {label}
          </MenuItem>
        ))}
      </TextField>
      <ParamField name="author" label={text.filters.author} sx={{ width: 180 }} />
      <ParamField name="reason" label={text.filters.reason} sx={{ width: 180 }} />
      <ParamField name="from" label={text.filters.from} {...day} />
      <ParamField name="to" label={text.filters.to} {...day} />
      {params.size > 0 && (
        <Button
          onClick={() => {
            setParams({}, { replace: true });
            setCleared(cleared + 1);
          }}
        >
          {words.actions.reset}
        </Button>
      )}
    </Stack>
  );
}
