import MenuItem from "@mui/material/MenuItem";
import TextField from "@mui/material/TextField";
import { phoneNumber } from "@/ui/format";
import type { ShownNumbers } from "./queries";
import { text } from "./text";

interface ShowAsProps {
  numbers: ShownNumbers;
  /** One of the choices; null: the usual number. */
  value: string | null;
  onChange: (number: string | null) => void;
}

/** Which number the called person sees. Nothing where there is nothing to choose. */
export function ShowAs({ numbers, value, onChange }: ShowAsProps) {
  const { choices, total } = numbers;
  if (choices.length === 0) return null;
  const part = total > choices.length ? text.showAs.part(choices.length, total) : "";
  return (
    <TextField
      select
      fullWidth
      size="small"
      label={text.showAs.label}
      value={value ?? ""}
      onChange={({ target }) => onChange(target.value || null)}
      helperText={[part, value ? text.showAs.help : ""].filter(Boolean).join(" ")}
      slotProps={{ inputLabel: { shrink: true }, select: { displayEmpty: true } }}
      sx={{ my: 1 }}
    >
      <MenuItem value="">
        {numbers.usual ? `${text.showAs.usual}: ${phoneNumber(numbers.usual)}` : text.showAs.usual}
      </MenuItem>
      {choices.map(({ number, name }) => (
        <MenuItem key={number} value={number} sx={{ whiteSpace: "normal", overflowWrap: "anywhere" }}>
          <span>
            {phoneNumber(number)}
            {name && name !== number && (
              <>
                {" · "}
                <bdi>{name}</bdi>
              </>
            )}
          </span>
        </MenuItem>
      ))}
    </TextField>
  );
}
