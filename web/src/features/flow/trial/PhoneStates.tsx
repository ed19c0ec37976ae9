/** Which phones are not like the others: by extension. */
import DeleteIcon from "@mui/icons-material/DeleteOutlined";
import Box from "@mui/material/Box";
import IconButton from "@mui/material/IconButton";
import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import type { Schemas } from "@/api/client";
import { ObjectPicker } from "@/features/objects/fields/ObjectPicker";
import { text } from "@/ui/text";
import { useEditor } from "../editor";
import { readObject } from "../objects";
import { words } from "../text";

type PhoneState = Schemas["PhoneState"];
/** State by extension number. */
export type States = Record<string, PhoneState>;

const STATES = Object.entries(words.trial.states) as [PhoneState, string][];

export function PhoneStates({ states, onChange }: { states: States; onChange: (states: States) => void }) {
  const { catalog } = useEditor();
  const [picked, setPicked] = useState(0);

  async function add(id: string | null) {
    const found = id ? await readObject(catalog, "extension", id) : null;
    if (found) onChange({ ...states, [String(found.fields.number)]: "busy" });
    setPicked((before) => before + 1);
  }

  return (
    <Box>
      <ObjectPicker
        key={picked}
        kind="extension"
        label={words.trial.phones}
        value={null}
        onChange={(id) => void add(id)}
      />
      {Object.entries(states).map(([number, state]) => (
        <Stack key={number} direction="row" sx={{ gap: 1, mt: 1, alignItems: "center" }}>
          <Typography variant="body2" sx={{ width: 64 }}>
            {number}
          </Typography>
          <TextField
            select
            label={`${words.trial.others} ${number}`}
            value={state}
            onChange={({ target }) => onChange({ ...states, [number]: target.value as PhoneState })}
            sx={{ flex: 1 }}
          >
            {STATES.map(([one, said]) => (
              <MenuItem key={one} value={one}>
                {said}
              </MenuItem>
            ))}
          </TextField>
          <IconButton
            aria-label={`${text.actions.delete}: ${number}`}
            onClick={() => onChange(Object.fromEntries(Object.entries(states).filter(([one]) => one !== number)))}
          >
            <DeleteIcon fontSize="small" />
          </IconButton>
        </Stack>
      ))}
    </Box>
  );
}
