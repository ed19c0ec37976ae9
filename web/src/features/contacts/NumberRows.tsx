import AddIcon from "@mui/icons-material/Add";
import RemoveIcon from "@mui/icons-material/RemoveCircleOutlined";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import IconButton from "@mui/material/IconButton";
import Stack from "@mui/material/Stack";
import Tooltip from "@mui/material/Tooltip";
import { TextInput } from "@/ui/fields";
import type { ContactWrite } from "./queries";
import { text } from "./text";

/** A number of the form, which keeps its place when the one before it goes. */
export type Numbered = { key: number; number: string; label: string };

export const numbered = (numbers: ContactWrite["numbers"]): Numbered[] =>
  numbers.map(({ number, label }, key) => ({ key, number, label: label ?? "" }));

/** What is sent. Rows are not left out: what the API says of the second number stands at the second. */
export const plain = (numbers: Numbered[]): ContactWrite["numbers"] =>
  numbers.length === 1 && !numbers[0]?.number.trim() ? [] : numbers.map(({ number, label }) => ({ number, label }));

interface NumberRowsProps {
  name: string;
  value: Numbered[];
  onChange: (numbers: Numbered[]) => void;
}

/** Somebody's phone numbers, one line each. */
export function NumberRows({ name, value, onChange }: NumberRowsProps) {
  const change = (key: number, to: Partial<Numbered>) =>
    onChange(value.map((one) => (one.key === key ? { ...one, ...to } : one)));
  const next = Math.max(-1, ...value.map(({ key }) => key)) + 1;
  return (
    <Stack role="group" aria-label={text.form.numbers} sx={{ gap: 1.5 }}>
      {value.map(({ key, number, label }, at) => (
        <Stack
          key={key}
          direction="row"
          sx={{ gap: 1, alignItems: "flex-start", flexWrap: { xs: "wrap", sm: "nowrap" } }}
        >
          <Box sx={{ flex: { xs: "1 1 100%", sm: "1 1 0" } }}>
            <TextInput
              name={`${name}.${at}.number`}
              label={text.form.number(at + 1)}
              value={number}
              help={at ? undefined : text.form.numberHelp}
              autoFocus={key > 0 && !number && !label}
              onChange={(typed) => change(key, { number: typed })}
            />
          </Box>
          <Box sx={{ flex: "1 1 0" }}>
            <TextInput
              name={`${name}.${at}.label`}
              label={text.form.label(at + 1)}
              value={label}
              help={at ? undefined : text.form.labelHelp}
              onChange={(typed) => change(key, { label: typed })}
            />
          </Box>
          <Tooltip title={text.form.removeNumber(at + 1)}>
            <IconButton
              aria-label={text.form.removeNumber(at + 1)}
              onClick={() => onChange(value.filter((one) => one.key !== key))}
            >
              <RemoveIcon />
            </IconButton>
          </Tooltip>
        </Stack>
      ))}
      <span>
        <Button
          size="small"
          startIcon={<AddIcon />}
          onClick={() => onChange([...value, { key: next, number: "", label: "" }])}
        >
          {text.form.addNumber}
        </Button>
      </span>
    </Stack>
  );
}
