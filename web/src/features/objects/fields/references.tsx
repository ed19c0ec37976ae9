import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import type { Schemas } from "@/api/client";
import { errorText } from "../document";
import { replaced } from "../lists";
import { titleIn, useNames } from "../queries";
import { ALL_EXTENSIONS, spelled, useTemplateScope } from "../template/scope";
import { text } from "../text";
import type { EditorProps } from "./editor";
import { Group } from "./Group";
import { ObjectPicker } from "./ObjectPicker";
import { RowButtons } from "./RowButtons";
import { ROW } from "./rows";

/** In a template a list may name what each location has, in place of an object. */
interface Here {
  here: string;
}
type Entry = string | Here;
type Member = (Schemas["QueueMember"] | Here) & { penalty?: number };

const keyOf = (entry: Entry) => (typeof entry === "string" ? entry : `here:${entry.here}`);
const hereTitle = (name: string) => (name === ALL_EXTENSIONS ? text.template.all : text.template.here(spelled(name)));

function useTitles(kind: string, entries: Entry[]): (entry: Entry) => string {
  const names = useNames(
    kind,
    entries.filter((entry) => typeof entry === "string"),
  );
  return (entry) => {
    if (typeof entry !== "string") return hereTitle(entry.here);
    return titleIn(names, entry);
  };
}

function Name({ title }: { title: string }) {
  return (
    <Typography sx={{ flex: 1, minWidth: 0, overflowWrap: "anywhere" }}>
      <bdi>{title}</bdi>
    </Typography>
  );
}

/** Objects in an order of their own, such as the trunks of a route. */
export function ReferencesField({ spec, value, onChange, errors, disabled }: EditorProps) {
  const entries = (value ?? []) as Entry[];
  const kind = spec.object ?? "";
  const title = useTitles(kind, entries);
  return (
    <Group label={spec.required ? `${spec.label} *` : spec.label} help={spec.help} error={errorText(errors)}>
      <Box>
        {entries.map((entry, at) => (
          <Stack key={keyOf(entry)} direction="row" sx={ROW}>
            <Name title={title(entry)} />
            <RowButtons rows={entries} at={at} onChange={onChange} name={title(entry)} disabled={disabled} />
          </Stack>
        ))}
      </Box>
      {!disabled && (
        <Adder
          kind={kind}
          label={text.list.add(spec.label)}
          without={entries}
          onAdd={(entry) => onChange([...entries, entry])}
        />
      )}
    </Group>
  );
}

interface AdderProps {
  kind: string;
  label: string;
  without: Entry[];
  onAdd: (entry: Entry) => void;
}

/** A picker that is empty again after each choice; in a template also what each location has. */
function Adder({ kind, label, without, onAdd }: AdderProps) {
  const scope = useTemplateScope();
  const taken = without.map(keyOf);
  const here = kind === "extension" ? (scope?.extensions ?? []) : [];
  return (
    <Box sx={{ maxWidth: 480 }}>
      <ObjectPicker
        key={without.length}
        kind={kind}
        value={null}
        onChange={(id) => id && onAdd(id)}
        label={label}
        without={taken}
      />
      {here
        .filter((name) => !taken.includes(`here:${name}`))
        .map((name) => (
          <Button key={name} size="small" onClick={() => onAdd({ here: name })}>
            {text.list.add(hereTitle(name))}
          </Button>
        ))}
    </Box>
  );
}

const entryOf = (member: Member): Entry => ("extension_id" in member ? member.extension_id : { here: member.here });
const memberOf = (entry: Entry): Member => ({
  ...(typeof entry === "string" ? { extension_id: entry } : entry),
  penalty: 0,
});

/** Who takes calls of a queue, with priority and order. */
export function MembersField({ spec, value, onChange, errors, disabled }: EditorProps) {
  const members = (value ?? []) as Member[];
  const entries = members.map(entryOf);
  const title = useTitles("extension", entries);
  return (
    <Group label={spec.label} help={spec.help} error={errorText(errors)}>
      {members.length === 0 && <Typography color="textSecondary">{text.members.none}</Typography>}
      <Box>
        {members.map((member, at) => {
          const name = title(entryOf(member));
          return (
            <Stack key={keyOf(entryOf(member))} direction="row" sx={ROW}>
              <Name title={name} />
              <TextField
                type="number"
                label={text.members.penalty}
                value={member.penalty ?? 0}
                onChange={({ target }) => onChange(replaced(members, at, { ...member, penalty: Number(target.value) }))}
                error={Boolean(errors[`${at}.penalty`])}
                disabled={disabled}
                sx={{ width: 90 }}
                slotProps={{ htmlInput: { min: 0, max: 100, "aria-label": `${text.members.penalty}: ${name}` } }}
              />
              <RowButtons rows={members} at={at} onChange={onChange} name={name} disabled={disabled} />
            </Stack>
          );
        })}
      </Box>
      {!disabled && (
        <Adder
          kind="extension"
          label={text.members.add}
          without={entries}
          onAdd={(entry) => onChange([...members, memberOf(entry)])}
        />
      )}
    </Group>
  );
}
