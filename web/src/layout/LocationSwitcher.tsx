import Box from "@mui/material/Box";
import TextField from "@mui/material/TextField";
import { Autocomplete } from "@/ui/Autocomplete";
import { text } from "@/ui/text";
import { chooseLocation, useChosenLocation, useLocations } from "./locations";

/** Narrows the page to one location; with one only there is nothing to choose. */
export default function LocationSwitcher() {
  const locations = useLocations();
  const chosen = useChosenLocation();
  if (locations.length < 2) return null;
  return (
    <Box component="section" aria-label={text.locations.label}>
      <Autocomplete
        size="small"
        options={locations}
        value={locations.find(({ id }) => id === chosen) ?? null}
        getOptionLabel={({ name }) => name}
        getOptionKey={({ id }) => id}
        onChange={(_, location) => chooseLocation(location?.id ?? null)}
        renderInput={(params) => (
          <TextField
            {...params}
            label={text.locations.label}
            placeholder={text.locations.all}
            slotProps={{ ...params.slotProps, inputLabel: { ...params.slotProps.inputLabel, shrink: true } }}
          />
        )}
        sx={{ mx: 2, my: 1 }}
      />
    </Box>
  );
}
