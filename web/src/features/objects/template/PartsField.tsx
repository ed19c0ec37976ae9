import ExpandIcon from "@mui/icons-material/ExpandMore";
import Accordion from "@mui/material/Accordion";
import AccordionDetails from "@mui/material/AccordionDetails";
import AccordionSummary from "@mui/material/AccordionSummary";
import Button from "@mui/material/Button";
import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { type Document, errorsUnder, errorText } from "../document";
import type { EditorProps } from "../fields/editor";
import { Group } from "../fields/Group";
import { kindOf } from "../kinds";
import { text } from "../text";
import { PartFields } from "./PartFields";
import { scopeOf, spelled, TemplateContext } from "./scope";

const KINDS = ["time_condition", "ivr_menu", "queue", "ring_group", "prompt"];
const NAME = /^[a-z][a-z0-9_]{0,29}$/;

type Parts = Record<string, Document & { kind: string }>;

/** The steps of a template, each with the form of its kind. */
export default function PartsField({ spec, value, onChange, errors, disabled, document }: EditorProps) {
  const parts = (value ?? {}) as Parts;
  const slots = (document.slots ?? {}) as Parameters<typeof scopeOf>[1];
  return (
    <TemplateContext value={scopeOf(parts, slots)}>
      <Group label={`${spec.label} *`} help={spec.help} error={errors[""]}>
        <div>
          {Object.entries(parts).map(([name, { kind, ...part }]) => {
            const wrong = errorsUnder(errors, name);
            return (
              <Accordion key={name} slotProps={{ transition: { unmountOnExit: true }, heading: { component: "h3" } }}>
                <AccordionSummary expandIcon={<ExpandIcon />}>
                  <Typography component="span" color={errorText(wrong) ? "error" : undefined}>
                    <strong>{spelled(name)}</strong> · {kindOf(kind).one}
                  </Typography>
                </AccordionSummary>
                <AccordionDetails>
                  {wrong[""] && <Typography color="error">{wrong[""]}</Typography>}
                  <PartFields
                    kind={kind}
                    part={part}
                    onChange={(next) => onChange({ ...parts, [name]: { kind, ...next } })}
                    errors={wrong}
                    disabled={disabled}
                  />
                  {!disabled && (
                    <Button color="error" sx={{ mt: 2 }} onClick={() => onChange(without(parts, name))}>
                      {text.template.removePart(spelled(name))}
                    </Button>
                  )}
                </AccordionDetails>
              </Accordion>
            );
          })}
        </div>
        {!disabled && (
          <NewPart taken={Object.keys(parts)} onAdd={(name, kind) => onChange({ ...parts, [name]: { kind } })} />
        )}
      </Group>
    </TemplateContext>
  );
}

export function without<Value>(record: Record<string, Value>, name: string): Record<string, Value> {
  const { [name]: _, ...others } = record;
  return others;
}

function NewPart({ taken, onAdd }: { taken: string[]; onAdd: (name: string, kind: string) => void }) {
  const [name, setName] = useState("");
  const [kind, setKind] = useState("time_condition");
  const code = name.trim().toLowerCase().replace(/\s+/g, "_");
  const wrong = code !== "" && (!NAME.test(code) || taken.includes(code));
  return (
    <Stack direction="row" sx={{ gap: 1, flexWrap: "wrap", alignItems: "start", mt: 1 }}>
      <TextField
        label={text.template.partName}
        value={name}
        onChange={({ target }) => setName(target.value)}
        error={wrong}
        helperText={wrong ? text.template.nameRule : undefined}
        sx={{ flex: "1 1 180px", maxWidth: 260 }}
      />
      <TextField
        select
        label={text.destination.label}
        value={kind}
        onChange={({ target }) => setKind(target.value)}
        sx={{ flex: "1 1 160px", maxWidth: 220 }}
      >
        {KINDS.map((one) => (
          <MenuItem key={one} value={one}>
            {kindOf(one).one}
          </MenuItem>
        ))}
      </TextField>
      <Button
        variant="outlined"
        disabled={code === "" || wrong}
        onClick={() => {
          onAdd(code, kind);
          setName("");
        }}
      >
        {text.template.addPart}
      </Button>
    </Stack>
  );
}
