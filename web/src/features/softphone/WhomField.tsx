import RecentIcon from "@mui/icons-material/History";
import PersonIcon from "@mui/icons-material/PersonOutlined";
import Box from "@mui/material/Box";
import ListItemText from "@mui/material/ListItemText";
import TextField from "@mui/material/TextField";
import { type ReactNode, useDeferredValue, useState } from "react";
import { Autocomplete } from "@/ui/Autocomplete";
import { phoneNumber } from "@/ui/format";
import { dialable } from "./number";
import { useCallableContacts, useColleagues, useRecentContacts } from "./queries";
import { type Contact, matching, offered } from "./recent";
import { text } from "./text";

interface WhomFieldProps {
  label: string;
  help: string;
  value: string;
  onChange: (typed: string) => void;
  autoFocus?: boolean;
  /** A button at the end of the field. */
  end?: ReactNode;
}

/** Whom to call: a number, or somebody of the organisation or of one's last calls, found by a part of the name. */
export function WhomField({ label, help, value, onChange, autoFocus = false, end }: WhomFieldProps) {
  const [open, setOpen] = useState(false);
  const typed = useDeferredValue(value);
  const colleagues = useColleagues(typed.trim(), open);
  const recent = matching(useRecentContacts(open), typed);
  const found = offered(recent, colleagues, useCallableContacts(typed.trim(), open));
  const exact = found.find(({ dial }) => dial === value);
  const unclear = value.trim() !== "" && !dialable(value);
  return (
    <Autocomplete
      freeSolo
      fullWidth
      disableClearable
      options={found.filter((one) => one !== exact)}
      filterOptions={(options) => options}
      open={open}
      onOpen={() => setOpen(true)}
      onClose={() => setOpen(false)}
      inputValue={value}
      onInputChange={(_, words) => onChange(words)}
      getOptionLabel={(one) => (typeof one === "string" ? one : one.dial)}
      getOptionKey={(one) => (typeof one === "string" ? one : one.dial)}
      renderOption={({ key, ...option }, one) => (
        <Box component="li" key={key} {...option} sx={{ gap: 1.5 }}>
          {one.isRecent ? <RecentIcon titleAccess={text.recent} color="action" /> : <PersonIcon color="action" />}
          <Person {...one} />
        </Box>
      )}
      slotProps={{ listbox: { sx: { maxHeight: "min(40vh, 320px)" } } }}
      renderInput={(params) => (
        <TextField
          {...params}
          label={label}
          helperText={exact ? <bdi>{exact.name || phoneNumber(exact.number)}</bdi> : unclear ? text.unclear : help}
          autoFocus={autoFocus}
          slotProps={{ ...params.slotProps, input: { ...params.slotProps.input, endAdornment: end } }}
        />
      )}
    />
  );
}

function Person({ number, name, company, label }: Contact) {
  const written = [phoneNumber(number), label, company].filter(Boolean).join(" · ");
  if (!name || name === number) return <ListItemText primary={written} />;
  return (
    <ListItemText
      primary={<bdi>{name}</bdi>}
      secondary={<bdi>{written}</bdi>}
      slotProps={{ primary: { sx: { overflowWrap: "anywhere" } } }}
    />
  );
}
