import SearchIcon from "@mui/icons-material/Search";
import Box from "@mui/material/Box";
import InputAdornment from "@mui/material/InputAdornment";
import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import type { RefObject } from "react";
import { useTyped } from "@/ui/useTyped";
import { ObjectPicker } from "../fields/ObjectPicker";
import type { KindInfo } from "../kinds";
import { labelOf, valueLabel } from "../schema";
import { text } from "../text";
import type { ListState } from "./useListState";

const SWITCHES = new Set(["enabled", "emergency"]);
const CHOICES: Record<string, string[]> = {
  media: ["rtp", "srtp", "webrtc"],
  identity: ["registration", "ip"],
  "ring-groups.strategy": ["all", "in_turn"],
  "queues.strategy": ["ringall", "leastrecent", "fewestcalls", "random", "rrmemory", "rrordered", "linear", "wrandom"],
};
const REFERENCES: Record<string, string> = {
  trunk_id: "trunk",
  extension_id: "extension",
  template_id: "routing_template",
};

interface FiltersProps {
  info: KindInfo;
  state: ListState;
  searchBox: RefObject<HTMLInputElement | null>;
}

/** The search box and the filters of a list. */
export function Filters({ info, state, searchBox }: FiltersProps) {
  return (
    <Stack direction="row" sx={{ gap: 1, flexWrap: "wrap", mb: 2 }} role="search" aria-label={info.many}>
      <Search state={state} searchBox={searchBox} />
      {info.filters?.map((name) => (
        <Box key={name} sx={{ flex: "0 1 200px", minWidth: 150 }}>
          {REFERENCES[name] ? (
            <ObjectPicker
              kind={REFERENCES[name]}
              value={state.filters[name] ?? null}
              onChange={(id) => state.put({ [name]: id ?? "" })}
              label={labelOf(info.resource, name)}
              onlyFind
            />
          ) : (
            <ChoiceFilter info={info} name={name} state={state} />
          )}
        </Box>
      ))}
    </Stack>
  );
}

function Search({ state, searchBox }: Omit<FiltersProps, "info">) {
  return (
    <TextField
      type="search"
      placeholder={text.list.search}
      {...useTyped(state.q, (q) => state.put({ q }))}
      inputRef={searchBox}
      sx={{ flex: "1 1 220px", maxWidth: 420 }}
      slotProps={{
        htmlInput: { "aria-label": text.list.search, dir: "auto" },
        input: {
          startAdornment: (
            <InputAdornment position="start">
              <SearchIcon fontSize="small" />
            </InputAdornment>
          ),
        },
      }}
    />
  );
}

function ChoiceFilter({ info, name, state }: { info: KindInfo; name: string; state: ListState }) {
  const choices = SWITCHES.has(name) ? ["true", "false"] : (CHOICES[`${info.resource}.${name}`] ?? CHOICES[name] ?? []);
  const label = (choice: string) =>
    SWITCHES.has(name) ? (choice === "true" ? text.filters.yes : text.filters.no) : valueLabel(name, choice);
  return (
    <TextField
      select
      label={labelOf(info.resource, name)}
      value={state.filters[name] ?? ""}
      onChange={({ target }) => state.put({ [name]: target.value })}
      slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
      fullWidth
    >
      <MenuItem value="">{text.filters.any}</MenuItem>
      {choices.map((choice) => (
        <MenuItem key={choice} value={choice}>
          {label(choice)}
        </MenuItem>
      ))}
    </TextField>
  );
}
