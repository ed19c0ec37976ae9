import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import MenuItem from "@mui/material/MenuItem";
import TextField from "@mui/material/TextField";
import useMediaQuery from "@mui/material/useMediaQuery";
import { useState } from "react";
import { ContactPicker } from "@/features/contacts/ContactPicker";
import { useChosenLocation, useLocations } from "@/layout/locations";
import { useMay } from "@/session/SessionProvider";
import { Autocomplete } from "@/ui/Autocomplete";
import { text as common } from "@/ui/text";
import { useTyped } from "@/ui/useTyped";
import { NARROW } from "./CallTable";
import { type FilterName, type Filters, narrows } from "./filters";
import { NamedPicker } from "./NamedPicker";
import { text } from "./text";

interface CallFiltersProps {
  filters: Filters;
  onChange: (filters: Filters) => void;
}

const GRID = {
  display: "grid",
  gap: 1.5,
  gridTemplateColumns: "repeat(auto-fill, minmax(148px, 1fr))",
  alignItems: "start",
};
const USUAL: FilterName[] = ["direction", "status", "number"];
const RARE: FilterName[] = ["location", "queue", "extension", "contact", "min", "max", "tag"];

/** What the log is narrowed to. On a phone only when and what was said stand there until more is asked for. */
export function CallFilters({ filters, onChange }: CallFiltersProps) {
  const narrow = useMediaQuery(NARROW, { noSsr: true });
  const [more, setMore] = useState(false);
  const needed = (narrow ? [...USUAL, ...RARE] : RARE).some((name) => filters[name]); // none works unseen
  const all = more || needed;
  const set = (changes: Filters) => onChange({ ...filters, ...changes });
  const when = filters.when ?? (filters.from || filters.to ? "custom" : "");
  return (
    <Box component="search" sx={{ mb: 2 }}>
      <Box sx={GRID}>
        <Choice
          label={text.filters.when}
          value={when}
          options={text.when}
          onChange={(value) => set({ when: value, ...(value === "custom" ? {} : { from: "", to: "" }) })}
        />
        {when === "custom" && (
          <>
            <Day label={text.filters.from} value={filters.from} onChange={(from) => set({ when, from })} />
            <Day label={text.filters.to} value={filters.to} onChange={(to) => set({ when, to })} />
          </>
        )}
        {(all || !narrow) && <UsualFilters filters={filters} set={set} />}
        <Typed label={text.filters.q} value={filters.q ?? ""} onCommit={(q) => set({ q })} />
        {all && <RareFilters filters={filters} set={set} />}
        <Box sx={{ display: "flex", gap: 1, minHeight: 40 }}>
          {!needed && (
            <Button size="small" onClick={() => setMore(!more)} aria-expanded={more}>
              {more ? text.filters.fewer : text.filters.more}
            </Button>
          )}
          {narrows(filters) && (
            <Button size="small" onClick={() => onChange({ sort: filters.sort })}>
              {common.actions.reset}
            </Button>
          )}
        </Box>
      </Box>
    </Box>
  );
}

interface SomeFiltersProps {
  filters: Filters;
  set: (changes: Filters) => void;
}

function UsualFilters({ filters, set }: SomeFiltersProps) {
  return (
    <>
      <Choice
        label={text.filters.direction}
        value={filters.direction}
        options={{ "": text.filters.any, ...text.direction }}
        onChange={(direction) => set({ direction })}
      />
      <Choice
        label={text.filters.status}
        value={filters.status}
        options={{ "": text.filters.any, ...text.status }}
        onChange={(status) => set({ status })}
      />
      <Typed
        label={text.filters.number}
        value={filters.number ?? ""}
        onCommit={(number) => set({ number })}
        hint={text.filters.numberHint}
      />
    </>
  );
}

function RareFilters({ filters, set }: SomeFiltersProps) {
  const may = useMay();
  const chosen = useChosenLocation();
  const locations = useLocations();
  return (
    <>
      {!chosen && locations.length > 1 && (
        <Autocomplete
          size="small"
          options={locations}
          value={locations.find(({ id }) => id === filters.location) ?? null}
          getOptionLabel={({ name }) => name}
          getOptionKey={({ id }) => id}
          onChange={(_, location) => set({ location: location?.id })}
          renderInput={(params) => <TextField {...params} label={text.filters.location} />}
        />
      )}
      {may("queues:read") && (
        <NamedPicker
          kind="queues"
          label={text.filters.queue}
          value={filters.queue}
          onChange={(queue) => set({ queue })}
        />
      )}
      {may("extensions:read") && (
        <NamedPicker
          kind="extensions"
          label={text.filters.extension}
          value={filters.extension}
          onChange={(extension) => set({ extension })}
        />
      )}
      {may("contacts:read") && (
        <ContactPicker label={text.filters.contact} value={filters.contact} onChange={(contact) => set({ contact })} />
      )}
      <Typed label={text.filters.min} value={filters.min ?? ""} onCommit={(min) => set({ min })} numeric />
      <Typed label={text.filters.max} value={filters.max ?? ""} onCommit={(max) => set({ max })} numeric />
      <Typed label={text.filters.tag} value={filters.tag ?? ""} onCommit={(tag) => set({ tag })} />
    </>
  );
}

interface ChoiceProps {
  label: string;
  value: string | undefined;
  options: Record<string, string>;
  onChange: (value: string) => void;
}

function Choice({ label, value = "", options, onChange }: ChoiceProps) {
  return (
    <TextField
      select
      label={label}
      value={value in options ? value : ""}
      onChange={(event) => onChange(event.target.value)}
      slotProps={{ inputLabel: { shrink: true }, select: { displayEmpty: true } }}
    >
      {Object.entries(options).map(([id, words]) => (
        <MenuItem key={id} value={id}>
          {words}
        </MenuItem>
      ))}
    </TextField>
  );
}

function Day({ label, value = "", onChange }: { label: string; value?: string; onChange: (day: string) => void }) {
  return (
    <TextField
      type="date"
      label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      slotProps={{ inputLabel: { shrink: true } }}
    />
  );
}

interface TypedProps {
  label: string;
  value: string;
  onCommit: (value: string) => void;
  hint?: string;
  numeric?: boolean;
}

/** Text that filters when the person pauses: not each letter is a question to the server. */
function Typed({ label, value, onCommit, hint, numeric }: TypedProps) {
  return (
    <TextField
      label={label}
      type={numeric ? "number" : "search"}
      {...useTyped(value, onCommit)}
      placeholder={hint}
      slotProps={{ htmlInput: numeric ? { min: 0 } : { maxLength: 100 }, inputLabel: { shrink: true } }}
    />
  );
}
