import AddIcon from "@mui/icons-material/Add";
import RemoveIcon from "@mui/icons-material/CloseOutlined";
import Button from "@mui/material/Button";
import IconButton from "@mui/material/IconButton";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { lazy, Suspense, useState } from "react";
import type { Schemas } from "@/api/client";
import { replaced } from "../lists";
import { text } from "../text";
import type { EditorProps } from "./editor";
import { Group } from "./Group";

type Holiday = Schemas["Holiday"];

const HolidayImport = lazy(() => import("./HolidayImport"));

/** Single days by date and name, and a country's public holidays at once. */
export function HolidaysField({ spec, value, onChange, errors, disabled, objectId }: EditorProps) {
  const holidays = (value ?? []) as Holiday[];
  const [importing, setImporting] = useState(false);
  return (
    <Group label={spec.label} error={errors[""]} help={objectId ? undefined : text.holidays.importHint}>
      {holidays.map((holiday, at) => (
        <Stack
          // biome-ignore lint/suspicious/noArrayIndexKey: dates and names change while they are typed
          key={at}
          direction="row"
          sx={{ gap: 1, alignItems: "start" }}
        >
          <TextField
            type="date"
            label={text.holidays.date}
            value={holiday.date}
            onChange={({ target }) => onChange(replaced(holidays, at, { ...holiday, date: target.value }))}
            error={Boolean(errors[`${at}.date`])}
            helperText={errors[`${at}.date`]}
            disabled={disabled}
            slotProps={{ inputLabel: { shrink: true } }}
            sx={{ width: 160, flexShrink: 0 }}
          />
          <TextField
            label={text.holidays.name}
            value={holiday.name}
            onChange={({ target }) => onChange(replaced(holidays, at, { ...holiday, name: target.value }))}
            error={Boolean(errors[`${at}.name`])}
            helperText={errors[`${at}.name`]}
            disabled={disabled}
            slotProps={{ htmlInput: { dir: "auto" } }}
            fullWidth
          />
          {!disabled && (
            <IconButton
              aria-label={text.holidays.remove(holiday.name)}
              onClick={() => onChange(holidays.toSpliced(at, 1))}
            >
              <RemoveIcon fontSize="small" />
            </IconButton>
          )}
        </Stack>
      ))}
      {holidays.length === 0 && <Typography color="textSecondary">–</Typography>}
      {!disabled && (
        <Stack direction="row" sx={{ gap: 1, flexWrap: "wrap" }}>
          <Button startIcon={<AddIcon />} onClick={() => onChange([...holidays, { date: "", name: "" }])}>
            {text.holidays.add}
          </Button>
          {objectId && <Button onClick={() => setImporting(true)}>{text.holidays.import}</Button>}
        </Stack>
      )}
      {importing && objectId && (
        <Suspense fallback={null}>
          <HolidayImport calendarId={objectId} onClose={() => setImporting(false)} />
        </Suspense>
      )}
    </Group>
  );
}
