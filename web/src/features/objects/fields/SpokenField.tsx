import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import { useState } from "react";
import type { Schemas } from "@/api/client";
import { errorText } from "../document";
import { text } from "../text";
import type { EditorProps } from "./editor";
import { Group } from "./Group";
import { ListenButton } from "./ListenButton";
import { ObjectPicker } from "./ObjectPicker";

type Spoken = Schemas["Spoken"];
type Way = "text" | "prompt" | "none";

function wayOf(spoken: Spoken | null, nullable: boolean): Way {
  if (spoken?.prompt_id) return "prompt";
  if (spoken) return "text";
  return nullable ? "none" : "text";
}

/** Something callers hear: a text with our voice to listen to, or a stored prompt. */
export function SpokenField({ spec, value, onChange, errors, disabled }: EditorProps) {
  const spoken = value as Spoken | null;
  const [way, setWay] = useState<Way>(wayOf(spoken, spec.nullable));
  const error = errorText(errors);

  function chooseWay(next: Way) {
    setWay(next);
    onChange(null);
  }

  return (
    <Group label={spec.required ? `${spec.label} *` : spec.label} help={spec.help} error={error}>
      <Stack direction="row" sx={{ gap: 1, flexWrap: "wrap", alignItems: "start" }}>
        <TextField
          select
          label={text.destination.label}
          value={way}
          onChange={({ target }) => chooseWay(target.value as Way)}
          disabled={disabled}
          sx={{ flex: "1 1 160px", maxWidth: 240 }}
        >
          {spec.nullable && <MenuItem value="none">{text.spoken.none}</MenuItem>}
          <MenuItem value="text">{text.spoken.text}</MenuItem>
          <MenuItem value="prompt">{text.spoken.prompt}</MenuItem>
        </TextField>
        {way === "text" && (
          <Stack direction="row" sx={{ flex: "3 1 240px", gap: 1, alignItems: "start" }}>
            <TextField
              label={text.spoken.words}
              value={spoken?.text ?? ""}
              onChange={({ target }) => onChange(target.value ? { text: target.value } : null)}
              error={Boolean(error)}
              disabled={disabled}
              multiline
              slotProps={{ htmlInput: { dir: "auto" } }}
              fullWidth
            />
            <ListenButton text={spoken?.text ?? ""} />
          </Stack>
        )}
        {way === "prompt" && (
          <Stack direction="row" sx={{ flex: "3 1 240px", gap: 1, alignItems: "start" }}>
            <ObjectPicker
              kind="prompt"
              value={spoken?.prompt_id ?? null}
              onChange={(id) => onChange(id ? { prompt_id: id } : null)}
              label={text.spoken.which}
              disabled={disabled}
            />
            {spoken?.prompt_id && <ListenButton promptId={spoken.prompt_id} />}
          </Stack>
        )}
      </Stack>
    </Group>
  );
}
