import AddIcon from "@mui/icons-material/Add";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Checkbox from "@mui/material/Checkbox";
import FormControlLabel from "@mui/material/FormControlLabel";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import type { Schemas } from "@/api/client";
import { DestinationPicker } from "../DestinationPicker";
import { errorsUnder, errorText } from "../document";
import { replaced } from "../lists";
import { valueLabel } from "../schema";
import { text } from "../text";
import type { EditorProps } from "./editor";
import { Group } from "./Group";
import { RowButtons } from "./RowButtons";
import { ROW } from "./rows";

type Option = Schemas["IvrOption"];

const DIGITS = [..."1234567890*#"];

/** What each key of a menu does. */
export function OptionsField({ spec, value, onChange, errors, disabled }: EditorProps) {
  const options = (value ?? []) as Option[];
  const free = DIGITS.filter((digit) => options.every((option) => option.digit !== digit));
  const [next] = free;
  const put = (at: number, change: Partial<Option>) => {
    const option = options[at];
    if (option) onChange(replaced(options, at, { ...option, ...change }));
  };
  return (
    <Group label={`${spec.label} *`} help={spec.help} error={errors[""]}>
      {options.map((option, at) => (
        <Stack key={option.digit} direction="row" sx={{ ...ROW, alignItems: "start", pb: 1.5 }}>
          <TextField
            select
            label={text.options.key}
            value={option.digit}
            onChange={({ target }) => put(at, { digit: target.value })}
            error={Boolean(errors[`${at}.digit`])}
            helperText={errors[`${at}.digit`]}
            disabled={disabled}
            sx={{ width: 76, mt: 3.5 }}
            slotProps={{ select: { native: true } }}
          >
            {DIGITS.filter((digit) => digit === option.digit || free.includes(digit)).map((digit) => (
              <option key={digit} value={digit}>
                {digit}
              </option>
            ))}
          </TextField>
          <Box sx={{ flex: 1, minWidth: 0 }}>
            <DestinationPicker
              label={`${text.options.key} ${option.digit}`}
              value={option.destination}
              onChange={(destination) => destination && put(at, { destination })}
              errors={errorsUnder(errors, `${at}.destination`)}
              disabled={disabled}
            />
          </Box>
          <Box sx={{ mt: 3.5 }}>
            <RowButtons
              rows={options}
              at={at}
              onChange={onChange}
              name={`${text.options.key} ${option.digit}`}
              disabled={disabled}
              unordered
            />
          </Box>
        </Stack>
      ))}
      {next && !disabled && (
        <Button
          startIcon={<AddIcon />}
          sx={{ alignSelf: "start" }}
          onClick={() =>
            onChange([...options, { digit: next, destination: { kind: "extension", id: null, number: null } }])
          }
        >
          {text.options.add}
        </Button>
      )}
    </Group>
  );
}

/** Some of a few choices, in an order of their own. */
export function EnumsField({ spec, value, onChange, errors, disabled }: EditorProps) {
  const chosen = Array.isArray(value) ? value.map(String) : [];
  const others = (spec.choices ?? []).filter((choice) => !chosen.includes(choice));
  const toggle = (choice: string) =>
    onChange(chosen.includes(choice) ? chosen.filter((one) => one !== choice) : [...chosen, choice]);
  return (
    <Group label={spec.label} help={spec.help} error={errorText(errors)}>
      <Box sx={{ maxWidth: 420 }}>
        {[...chosen, ...others].map((choice) => (
          <Stack key={choice} direction="row" sx={{ alignItems: "center" }}>
            <FormControlLabel
              sx={{ flex: 1 }}
              control={
                <Checkbox
                  size="small"
                  checked={chosen.includes(choice)}
                  onChange={() => toggle(choice)}
                  disabled={disabled}
                />
              }
              label={valueLabel(spec.name, choice)}
            />
            {chosen.includes(choice) && (
              <RowButtons
                rows={chosen}
                at={chosen.indexOf(choice)}
                onChange={onChange}
                name={valueLabel(spec.name, choice)}
                disabled={disabled || chosen.length < 2}
              />
            )}
          </Stack>
        ))}
      </Box>
    </Group>
  );
}
