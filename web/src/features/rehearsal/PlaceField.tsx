import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, data, type Schemas } from "@/api/client";
import { Autocomplete } from "@/ui/Autocomplete";
import { text } from "./text";

export type Destination = Schemas["Destination"];
type Kind = Destination["kind"];

const KINDS = Object.entries(text.kinds) as [Kind, string][];
const RESOURCES = {
  extension: "/api/v1/extensions",
  ring_group: "/api/v1/ring-groups",
  queue: "/api/v1/queues",
  ivr_menu: "/api/v1/ivr-menus",
  time_condition: "/api/v1/time-conditions",
  voicemail: "/api/v1/voicemail-boxes",
  announcement: "/api/v1/prompts",
  location_routing: "/api/v1/location-routings",
} as const;

interface Choice {
  id: string;
  name: string;
  number?: string | null;
}

interface PlaceFieldProps {
  label: string;
  value: Destination | null;
  onChange: (value: Destination | null) => void;
}

/** A place that a call can come to: its kind, then which one. */
export function PlaceField({ label, value, onChange }: PlaceFieldProps) {
  const kind = value?.kind ?? "";
  function choose(next: string) {
    onChange(next ? { kind: next as Kind, id: null, number: null } : null);
  }
  return (
    <Stack direction="row" sx={{ gap: 1, flexWrap: "wrap", flex: 1, minWidth: 0 }}>
      <TextField
        select
        label={`${label}: ${text.kind.toLowerCase()}`}
        value={kind}
        onChange={(event) => choose(event.target.value)}
        sx={{ minWidth: 160, flex: 1 }}
      >
        <MenuItem value="">{text.tests.any}</MenuItem>
        {KINDS.map(([one, words]) => (
          <MenuItem key={one} value={one}>
            {words}
          </MenuItem>
        ))}
      </TextField>
      {value?.kind === "external_number" && (
        <TextField
          label={text.kinds.external_number}
          value={value.number ?? ""}
          onChange={(event) => onChange({ ...value, number: event.target.value })}
          sx={{ flex: 1, minWidth: 160 }}
        />
      )}
      {value && value.kind in RESOURCES && (
        <ObjectField
          kind={value.kind as keyof typeof RESOURCES}
          id={value.id ?? null}
          onChange={(id) => onChange({ ...value, id })}
        />
      )}
    </Stack>
  );
}

interface ObjectFieldProps {
  kind: keyof typeof RESOURCES;
  id: string | null;
  onChange: (id: string | null) => void;
}

function ObjectField({ kind, id, onChange }: ObjectFieldProps) {
  const [typed, setTyped] = useState("");
  const resource = RESOURCES[kind];
  const key = resource.replace("/api/v1/", "");
  const found = useQuery({
    queryKey: [key, "choices", typed],
    queryFn: async (): Promise<Choice[]> =>
      (await data(api.GET(resource, { params: { query: { q: typed || undefined, limit: 20 } } }))).items,
    placeholderData: (before) => before,
  });
  const chosen = useQuery({
    queryKey: [key, "one", id],
    queryFn: async (): Promise<Choice> =>
      data(api.GET(`${resource}/{object_id}`, { params: { path: { object_id: id ?? "" } } })),
    enabled: id !== null,
  });
  return (
    <Autocomplete
      options={found.data ?? []}
      value={id ? (chosen.data ?? null) : null}
      filterOptions={(all) => all}
      isOptionEqualToValue={(one, other) => one.id === other.id}
      getOptionKey={(one) => one.id}
      getOptionLabel={({ name, number }) => (number ? `${number} ${name}` : name)}
      onInputChange={(_, words, reason) => setTyped(reason === "input" ? words : "")}
      onChange={(_, one) => onChange(one?.id ?? null)}
      renderInput={(params) => <TextField {...params} label={text.object} />}
      sx={{ flex: 2, minWidth: 180 }}
    />
  );
}
