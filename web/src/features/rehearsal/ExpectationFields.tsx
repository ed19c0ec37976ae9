import RemoveIcon from "@mui/icons-material/Close";
import Button from "@mui/material/Button";
import IconButton from "@mui/material/IconButton";
import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import type { Schemas } from "@/api/client";
import { type Destination, PlaceField } from "./PlaceField";
import { newRow } from "./situation";
import { text } from "./text";

type Expectation = Schemas["Expectation"];
type Outcome = Schemas["Outcome"];
const OUTCOMES = Object.entries(text.outcomes) as [Outcome, string][];

interface ExpectationFieldsProps {
  value: Expectation;
  onChange: (value: Expectation) => void;
  errors: Record<string, string>;
}

/** Where the call must go, how it must end, what must be heard. */
export function ExpectationFields({ value, onChange, errors }: ExpectationFieldsProps) {
  const refused = Object.entries(errors).map(([field, message]) => `${field}: ${message}`);
  return (
    <Stack sx={{ gap: 2 }}>
      {refused.map((words) => (
        <Typography key={words} color="error">
          {words}
        </Typography>
      ))}
      <Passes value={value.passes} onChange={(passes) => onChange({ ...value, passes })} />
      <TextField
        select
        label={text.tests.endsHow}
        value={value.ends ?? ""}
        onChange={(event) => onChange({ ...value, ends: (event.target.value as Outcome) || null })}
      >
        <MenuItem value="">{text.tests.any}</MenuItem>
        {OUTCOMES.map(([outcome, words]) => (
          <MenuItem key={outcome} value={outcome}>
            {words}
          </MenuItem>
        ))}
      </TextField>
      <PlaceField
        label={text.tests.endsAt}
        value={value.ends_at ?? null}
        onChange={(ends_at) => onChange({ ...value, ends_at })}
      />
      <TextField
        label={text.tests.hears}
        helperText={text.tests.hearsHelp}
        multiline
        minRows={2}
        defaultValue={value.hears.join("\n")}
        onChange={(event) => onChange({ ...value, hears: lines(event.target.value) })}
      />
    </Stack>
  );
}

function lines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
}

/** Rows are edited beside the value: one whose object isn't chosen yet is no part of it. */
function Passes({ value, onChange }: { value: Destination[]; onChange: (passes: Destination[]) => void }) {
  const [rows, setRows] = useState(() => value.map((place) => ({ id: newRow(), place: place as Destination | null })));
  function change(next: typeof rows) {
    setRows(next);
    onChange(next.flatMap(({ place }) => (place ? [place] : [])));
  }
  return (
    <Stack component="fieldset" sx={{ gap: 1.5, border: 0, p: 0, m: 0, minWidth: 0 }}>
      <Typography component="legend" variant="body2" sx={{ fontWeight: 600 }}>
        {text.tests.passes}
      </Typography>
      <Typography variant="body2" color="textSecondary">
        {text.tests.passesHelp}
      </Typography>
      {rows.map(({ id, place }, index) => (
        <Stack key={id} direction="row" sx={{ gap: 1, alignItems: "start" }}>
          <PlaceField
            label={`${index + 1}`}
            value={place}
            onChange={(next) => change(rows.map((row) => (row.id === id ? { id, place: next } : row)))}
          />
          <IconButton
            aria-label={`${text.remove} ${index + 1}`}
            onClick={() => change(rows.filter((row) => row.id !== id))}
          >
            <RemoveIcon fontSize="small" />
          </IconButton>
        </Stack>
      ))}
      <Button
        size="small"
        sx={{ alignSelf: "start" }}
        onClick={() => setRows([...rows, { id: newRow(), place: null }])}
      >
        {text.tests.addPlace}
      </Button>
    </Stack>
  );
}
