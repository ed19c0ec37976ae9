import SearchIcon from "@mui/icons-material/Search";
import InputAdornment from "@mui/material/InputAdornment";
import TextField from "@mui/material/TextField";
import { useFilter } from "./address";
import { useTyped } from "./useTyped";

/** Words to look for, kept in the page's address after a moment without a key. */
export function Search({ name, label }: { name: string; label: string }) {
  return (
    <TextField
      type="search"
      label={label}
      {...useTyped(...useFilter(name))}
      sx={{ flex: "1 1 200px", maxWidth: 360 }}
      slotProps={{
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
