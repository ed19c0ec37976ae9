import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import { asRead, tagged } from "@/api/tagged";
import { Autocomplete } from "@/ui/Autocomplete";
import { text as common } from "@/ui/text";
import { useSubmit } from "@/ui/useSubmit";
import { COUNTRIES, countryName } from "../countries";
import { errorsUnder, errorText } from "../document";
import { text } from "../text";

/** Adds a country's public holidays to a stored calendar; its form then shows them. */
export default function HolidayImport({ calendarId, onClose }: { calendarId: string; onClose: () => void }) {
  const thisYear = new Date().getFullYear();
  const queries = useQueryClient();
  const [country, setCountry] = useState<string | null>("US");
  const [subdivision, setSubdivision] = useState("");
  const [years, setYears] = useState(`${thisYear}, ${thisYear + 1}`);
  const { submit, busy, problem } = useSubmit(async () => {
    const path = { object_id: calendarId };
    const { etag } = await tagged(api.GET("/api/v1/holiday-calendars/{object_id}", { params: { path } }));
    await api.POST("/api/v1/holiday-calendars/{object_id}/import", {
      ...asRead(path, etag),
      body: {
        country: country ?? "",
        subdivision: subdivision.trim().toUpperCase() || null,
        years: years
          .split(/[\s,;]+/)
          .filter(Boolean)
          .map(Number),
      },
    });
    await queries.invalidateQueries({ queryKey: ["holiday-calendars"] });
    queries.invalidateQueries({ queryKey: ["config"] });
    onClose();
  });
  const errors = problem?.fields ?? {};

  return (
    <Dialog open onClose={onClose} aria-labelledby="holiday-import">
      <form onSubmit={submit}>
        <DialogTitle id="holiday-import">{text.holidays.importTitle}</DialogTitle>
        <DialogContent>
          <Stack sx={{ gap: 2, pt: 1 }}>
            {problem && <Alert severity="error">{problem.message}</Alert>}
            <Autocomplete
              options={COUNTRIES}
              value={country}
              onChange={(_, code) => setCountry(code)}
              getOptionLabel={countryName}
              renderInput={(input) => (
                <TextField {...input} label={text.holidays.country} error={Boolean(errors.country)} required />
              )}
            />
            <TextField
              label={text.holidays.subdivision}
              value={subdivision}
              onChange={({ target }) => setSubdivision(target.value)}
              error={Boolean(errors.subdivision)}
              helperText={errors.subdivision ?? text.holidays.subdivisionHelp}
            />
            <TextField
              label={text.holidays.years}
              value={years}
              onChange={({ target }) => setYears(target.value)}
              error={Boolean(errorText(errorsUnder(errors, "years")))}
              helperText={errorText(errorsUnder(errors, "years"))}
              required
            />
          </Stack>
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>{common.actions.cancel}</Button>
          <Button type="submit" variant="contained" loading={busy}>
            {common.actions.add}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
