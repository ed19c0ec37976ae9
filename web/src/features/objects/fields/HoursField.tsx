import AddIcon from "@mui/icons-material/Add";
import RemoveIcon from "@mui/icons-material/CloseOutlined";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import FormHelperText from "@mui/material/FormHelperText";
import IconButton from "@mui/material/IconButton";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { errorText, same } from "../document";
import { DAYS, type Day, faultOf, type Hours, type OpeningSpan, spansOf, type Week, weekOf } from "../hours";
import { replaced } from "../lists";
import { text } from "../text";
import type { EditorProps } from "./editor";
import { Group } from "./Group";

const USUAL: Hours = { start: "09:00", end: "17:00" };
const WORKDAYS: readonly Day[] = DAYS.slice(0, 5);

/** A week of opening hours, day by day. */
export function HoursField({ spec, value, onChange, errors, disabled }: EditorProps) {
  const spans = (value ?? []) as OpeningSpan[];
  // Half-typed times are no spans yet: the week is kept here as long as it says the same as the document.
  const [draft, setDraft] = useState<Week>(() => weekOf(spans));
  const week = same(spansOf(draft), spans) ? draft : weekOf(spans);

  function change(days: readonly Day[], hours: Hours[]) {
    const next = { ...week, ...Object.fromEntries(days.map((day) => [day, hours.map((one) => ({ ...one }))])) };
    setDraft(next);
    onChange(spansOf(next));
  }

  return (
    <Group label={spec.label} help={`${spec.help} ${text.hours.until}`} error={errorText(errors)}>
      {DAYS.map((day) => (
        <DayRow
          key={day}
          day={day}
          hours={week[day]}
          disabled={disabled}
          onChange={(hours) => change([day], hours)}
          onCopy={(days) => change(days, week[day])}
        />
      ))}
    </Group>
  );
}

interface DayRowProps {
  day: Day;
  hours: Hours[];
  disabled: boolean;
  onChange: (hours: Hours[]) => void;
  onCopy: (days: readonly Day[]) => void;
}

function DayRow({ day, hours, disabled, onChange, onCopy }: DayRowProps) {
  const name = text.hours.days[day];
  const fault = faultOf(hours);
  const last = hours.at(-1);
  const next: Hours = last ? { start: last.end === "00:00" ? "" : last.end, end: "" } : USUAL;
  return (
    <Box role="group" aria-label={name} sx={{ borderBottom: 1, borderColor: "divider", py: 1 }}>
      <Stack direction="row" sx={{ gap: 1, flexWrap: "wrap", alignItems: "center" }}>
        <Typography sx={{ width: 100 }}>{name}</Typography>
        <Stack sx={{ gap: 1, flex: "1 1 250px" }}>
          {hours.length === 0 && <Typography color="textSecondary">{text.hours.closed}</Typography>}
          {hours.map((span, at) => (
            <Stack
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name but their place
              key={at}
              direction="row"
              sx={{ gap: 1, alignItems: "center" }}
            >
              {(["start", "end"] as const).map((edge) => (
                <TextField
                  key={edge}
                  type="time"
                  label={edge === "start" ? text.hours.from : text.hours.to}
                  value={span[edge]}
                  onChange={({ target }) => onChange(replaced(hours, at, { ...span, [edge]: target.value }))}
                  error={Boolean(fault)}
                  disabled={disabled}
                  sx={{ width: 132 }}
                  slotProps={{ inputLabel: { shrink: true } }}
                />
              ))}
              {!disabled && (
                <IconButton
                  size="small"
                  aria-label={`${text.hours.remove}: ${name}`}
                  onClick={() => onChange(hours.toSpliced(at, 1))}
                >
                  <RemoveIcon fontSize="small" />
                </IconButton>
              )}
            </Stack>
          ))}
          {fault && <FormHelperText error>{fault}</FormHelperText>}
        </Stack>
        {!disabled && (
          <Stack direction="row" sx={{ flexWrap: "wrap" }}>
            <Button
              size="small"
              startIcon={<AddIcon />}
              aria-label={`${text.hours.add}: ${name}`}
              onClick={() => onChange([...hours, next])}
            >
              {text.hours.add}
            </Button>
            {hours.length === 0 && (
              <Button
                size="small"
                aria-label={`${text.hours.allDay}: ${name}`}
                onClick={() => onChange([{ start: "00:00", end: "00:00" }])}
              >
                {text.hours.allDay}
              </Button>
            )}
            {hours.length > 0 && (
              <Button size="small" aria-label={`${name}: ${text.hours.copyWeekdays}`} onClick={() => onCopy(WORKDAYS)}>
                {text.hours.copyWeekdays}
              </Button>
            )}
          </Stack>
        )}
      </Stack>
    </Box>
  );
}
