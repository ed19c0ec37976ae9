import AddIcon from "@mui/icons-material/Add";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Checkbox from "@mui/material/Checkbox";
import FormControlLabel from "@mui/material/FormControlLabel";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import type { Schemas } from "@/api/client";
import { DestinationPicker } from "../DestinationPicker";
import { errorsUnder, errorText } from "../document";
import { replaced } from "../lists";
import { titleOf, useNames } from "../queries";
import { valueLabel } from "../schema";
import { text } from "../text";
import type { EditorProps } from "./editor";
import { Group } from "./Group";
import { ObjectPicker } from "./ObjectPicker";
import { RowButtons } from "./RowButtons";

type Member = Schemas["QueueMember"];
type Option = Schemas["IvrOption"];

const ROW = { alignItems: "center", gap: 1, borderBottom: 1, borderColor: "divider", py: 0.5 } as const;

function Name({ title }: { title: string }) {
  return (
    <Typography sx={{ flex: 1, minWidth: 0, overflowWrap: "anywhere" }}>
      <bdi>{title}</bdi>
    </Typography>
  );
}

/** Objects in an order of their own, such as the trunks of a route. */
export function ObjectsField({ spec, value, onChange, errors, disabled }: EditorProps) {
  const ids = Array.isArray(value) ? value.map(String) : [];
  const kind = spec.object ?? "";
  const names = useNames(kind, ids);
  const title = (id: string) => {
    const object = names.get(id);
    return object ? titleOf(object) : text.form.hidden;
  };
  return (
    <Group label={spec.required ? `${spec.label} *` : spec.label} help={spec.help} error={errorText(errors)}>
      <Box>
        {ids.map((id, at) => (
          <Stack key={id} direction="row" sx={ROW}>
            <Name title={title(id)} />
            <RowButtons rows={ids} at={at} onChange={onChange} name={title(id)} disabled={disabled} />
          </Stack>
        ))}
      </Box>
      {!disabled && (
        <Adder
          kind={kind}
          label={`Add ${spec.label.toLowerCase()}`}
          without={ids}
          onAdd={(id) => onChange([...ids, id])}
        />
      )}
    </Group>
  );
}

/** A picker that is empty again after each choice. */
function Adder({
  kind,
  label,
  without,
  onAdd,
}: {
  kind: string;
  label: string;
  without: string[];
  onAdd: (id: string) => void;
}) {
  return (
    <Box sx={{ maxWidth: 480 }}>
      <ObjectPicker
        key={without.length}
        kind={kind}
        value={null}
        onChange={(id) => id && onAdd(id)}
        label={label}
        without={without}
      />
    </Box>
  );
}

/** Who takes calls of a queue, with priority and order. */
export function MembersField({ spec, value, onChange, errors, disabled }: EditorProps) {
  const members = (value ?? []) as Member[];
  const ids = members.map(({ extension_id }) => extension_id);
  const names = useNames("extension", ids);
  const title = (id: string) => {
    const object = names.get(id);
    return object ? titleOf(object) : text.form.hidden;
  };
  return (
    <Group label={spec.label} help={spec.help} error={errorText(errors)}>
      {members.length === 0 && <Typography color="text.secondary">{text.members.none}</Typography>}
      <Box>
        {members.map((member, at) => (
          <Stack key={member.extension_id} direction="row" sx={ROW}>
            <Name title={title(member.extension_id)} />
            <TextField
              type="number"
              label={text.members.penalty}
              value={member.penalty ?? 0}
              onChange={({ target }) => onChange(replaced(members, at, { ...member, penalty: Number(target.value) }))}
              error={Boolean(errors[`${at}.penalty`])}
              disabled={disabled}
              sx={{ width: 90 }}
              slotProps={{
                htmlInput: { min: 0, max: 100, "aria-label": `${text.members.penalty}: ${title(member.extension_id)}` },
              }}
            />
            <RowButtons
              rows={members}
              at={at}
              onChange={onChange}
              name={title(member.extension_id)}
              disabled={disabled}
            />
          </Stack>
        ))}
      </Box>
      {!disabled && (
        <Adder
          kind="extension"
          label={text.members.add}
          without={ids}
          onAdd={(id) => onChange([...members, { extension_id: id, penalty: 0 }])}
        />
      )}
    </Group>
  );
}

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
