import RemoveIcon from "@mui/icons-material/CloseOutlined";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import IconButton from "@mui/material/IconButton";
import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import type { Schemas } from "@/api/client";
import { DestinationPicker } from "../DestinationPicker";
import { errorsUnder, errorText } from "../document";
import type { EditorProps } from "../fields/editor";
import { Group } from "../fields/Group";
import { text } from "../text";
import { without } from "./PartsField";
import { spelled } from "./scope";

type Slot = Schemas["Slot"];
type Slots = Record<string, Slot>;

/** What each location has of its own: a place calls go to, or people who ring. */
export default function SlotsField({ spec, value, onChange, errors, disabled }: EditorProps) {
  const slots = (value ?? {}) as Slots;
  return (
    <Group label={spec.label} help={spec.help} error={errors[""]}>
      {Object.entries(slots).map(([name, slot]) => (
        <Box key={name} sx={{ borderBottom: 1, borderColor: "divider", pb: 1.5 }}>
          <Stack direction="row" sx={{ alignItems: "center", gap: 1 }}>
            <Typography sx={{ flex: 1 }}>
              <strong>{spelled(name)}</strong> · {text.template.gives[slot.gives]}
            </Typography>
            {!disabled && (
              <IconButton
                aria-label={`${text.actions.remove}: ${spelled(name)}`}
                onClick={() => onChange(without(slots, name))}
              >
                <RemoveIcon fontSize="small" />
              </IconButton>
            )}
          </Stack>
          {slot.gives === "destination" && (
            <DestinationPicker
              label={text.template.default}
              value={slot.default ?? null}
              onChange={(destination) => onChange({ ...slots, [name]: { ...slot, default: destination } })}
              errors={errorsUnder(errors, `${name}.default`)}
              disabled={disabled}
              nullable
            />
          )}
          {errorText(errorsUnder(errors, name)) && (
            <Typography color="error">{errorText(errorsUnder(errors, name))}</Typography>
          )}
        </Box>
      ))}
      {!disabled && (
        <NewSlot taken={Object.keys(slots)} onAdd={(name, gives) => onChange({ ...slots, [name]: { gives } })} />
      )}
    </Group>
  );
}

function NewSlot({ taken, onAdd }: { taken: string[]; onAdd: (name: string, gives: Slot["gives"]) => void }) {
  const [name, setName] = useState("");
  const [gives, setGives] = useState<Slot["gives"]>("destination");
  const code = name.trim().toLowerCase().replace(/\s+/g, "_");
  return (
    <Stack direction="row" sx={{ gap: 1, flexWrap: "wrap", alignItems: "start" }}>
      <TextField
        label={text.template.slotName}
        value={name}
        onChange={({ target }) => setName(target.value)}
        sx={{ flex: "1 1 180px", maxWidth: 260 }}
      />
      <TextField
        select
        label={text.template.what}
        value={gives}
        onChange={({ target }) => setGives(target.value as Slot["gives"])}
        sx={{ flex: "1 1 160px", maxWidth: 220 }}
      >
        {(["destination", "extensions"] as const).map((one) => (
          <MenuItem key={one} value={one}>
            {text.template.gives[one]}
          </MenuItem>
        ))}
      </TextField>
      <Button
        variant="outlined"
        disabled={!code || taken.includes(code)}
        onClick={() => {
          onAdd(code, gives);
          setName("");
        }}
      >
        {text.template.addSlot}
      </Button>
    </Stack>
  );
}
