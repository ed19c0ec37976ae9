import Button from "@mui/material/Button";
import Checkbox from "@mui/material/Checkbox";
import FormControl from "@mui/material/FormControl";
import FormControlLabel from "@mui/material/FormControlLabel";
import FormHelperText from "@mui/material/FormHelperText";
import FormLabel from "@mui/material/FormLabel";
import Stack from "@mui/material/Stack";
import { useMe } from "@/session/SessionProvider";
import { words } from "../text";
import { groupsOf } from "./scopes";

interface ScopePickerProps {
  value: string[];
  onChange: (scopes: string[]) => void;
}

/** Which rights: offered are those one has oneself, because nobody can hand out more. */
export function ScopePicker({ value, onChange }: ScopePickerProps) {
  const { scopes } = useMe();
  const toggle = (scope: string) =>
    onChange(value.includes(scope) ? value.filter((one) => one !== scope) : [...value, scope]);
  return (
    <Stack sx={{ gap: 2 }}>
      <Stack direction="row" sx={{ gap: 1, flexWrap: "wrap" }}>
        <Button size="small" onClick={() => onChange(scopes.filter((scope) => scope.endsWith(":read")))}>
          {words.scopes.reading}
        </Button>
        <Button size="small" onClick={() => onChange([...scopes])}>
          {words.scopes.all}
        </Button>
        <Button size="small" onClick={() => onChange([])}>
          {words.scopes.none}
        </Button>
      </Stack>
      {groupsOf([...new Set([...scopes, ...value])]).map(({ name, rights }) => (
        <FormControl key={name} component="fieldset" variant="standard">
          <FormLabel component="legend">{name}</FormLabel>
          <Stack sx={{ display: "grid", gridTemplateColumns: "repeat(auto-fill, minmax(220px, 1fr))" }}>
            {rights.map(({ scope, label }) => (
              <FormControlLabel
                key={scope}
                label={label}
                control={<Checkbox size="small" checked={value.includes(scope)} onChange={() => toggle(scope)} />}
              />
            ))}
          </Stack>
        </FormControl>
      ))}
      <FormHelperText>{words.scopes.help}</FormHelperText>
    </Stack>
  );
}
