/** Asks where a way shall lead: to a node of this canvas, to something that exists, to something new, or to an end. */
import AddIcon from "@mui/icons-material/Add";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import List from "@mui/material/List";
import ListItem from "@mui/material/ListItem";
import ListItemButton from "@mui/material/ListItemButton";
import ListItemIcon from "@mui/material/ListItemIcon";
import ListItemText from "@mui/material/ListItemText";
import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { type ReactNode, useId, useState } from "react";
import { nameOf } from "@/flow/document/types";
import { kindWords, lookOf } from "@/flow/nodes/kinds";
import { text } from "@/ui/text";
import type { Goal } from "./actions";
import { makeableKinds } from "./canvas/Palette";
import { useEditor, type Way } from "./editor";
import { useChoices } from "./queries";
import { portWords, words } from "./text";

interface Props {
  way: Way;
  onChoose: (goal: Goal) => void;
  onClose: () => void;
}

export function ChooseGoal({ way, onChoose, onClose }: Props) {
  const { catalog, document, graph, mayWrite } = useEditor();
  const port = graph.nodes.find(({ id }) => id === way.source)?.ports.find(({ id }) => id === way.port);
  const here = Object.values(document.objects).filter(
    ({ id, kind }) => id !== document.entry && id !== way.source && Object.values(catalog.destinations).includes(kind),
  );
  return (
    <Dialog open onClose={onClose} aria-labelledby="choose-goal">
      <DialogTitle id="choose-goal">
        {words.choose.title}
        {port && (
          <Typography color="textSecondary" component="span" sx={{ display: "block" }}>
            {portWords(port)}
          </Typography>
        )}
      </DialogTitle>
      <DialogContent>
        {here.length > 0 && (
          <Section title={words.choose.onCanvas}>
            {here.map(({ id, kind, ...object }) => (
              <Choice
                key={id}
                kind={kind}
                name={nameOf({ id, kind, ...object })}
                onClick={() => onChoose({ to: "existing", kind, id })}
              />
            ))}
          </Section>
        )}
        <Existing onChoose={onChoose} />
        <Section title={words.choose.fresh}>
          {makeableKinds(catalog)
            .filter(mayWrite)
            .map((kind) => (
              <Choice key={kind} kind={kind} fresh onClick={() => onChoose({ to: "new", kind })} />
            ))}
        </Section>
        <Section title={words.choose.end}>
          <Choice kind="hangup" onClick={() => onChoose({ to: "end", destination: { kind: "hangup" } })} />
          {port && !port.required && !port.pressed && port.destination && (
            <ListItem disablePadding>
              <ListItemButton onClick={() => onChoose({ to: "end", destination: null })}>
                <ListItemText inset primary={words.choose.standard} />
              </ListItemButton>
            </ListItem>
          )}
        </Section>
        <Outside onChoose={onChoose} />
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>{text.actions.cancel}</Button>
      </DialogActions>
    </Dialog>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <>
      <Typography variant="subtitle2" component="h3" id={id} sx={{ mt: 1 }}>
        {title}
      </Typography>
      <List dense aria-labelledby={id}>
        {children}
      </List>
    </>
  );
}

function Choice(props: { kind: string; name?: string; fresh?: boolean; onClick: () => void }) {
  const { kind, name, fresh, onClick } = props;
  const { icon: Icon, tone } = lookOf(kind);
  return (
    <ListItem disablePadding>
      <ListItemButton onClick={onClick} sx={{ borderRadius: 1 }}>
        <ListItemIcon sx={{ minWidth: 36 }}>
          {fresh ? <AddIcon fontSize="small" /> : <Icon fontSize="small" color={tone} />}
        </ListItemIcon>
        <ListItemText
          primary={<bdi>{name ?? kindWords(kind)}</bdi>}
          secondary={name && kindWords(kind)}
          sx={{ overflowWrap: "anywhere" }}
        />
      </ListItemButton>
    </ListItem>
  );
}

/** Something that is there already, searched in one kind at a time. */
function Existing({ onChoose }: { onChoose: (goal: Goal) => void }) {
  const { catalog } = useEditor();
  const kinds = Object.values(catalog.destinations).filter((kind) => kind !== null);
  const [kind, setKind] = useState(kinds[0] ?? "extension");
  const [q, setQ] = useState("");
  const { data } = useChoices(catalog, kind, q);
  return (
    <Section title={words.choose.existing}>
      <Stack component="li" direction="row" sx={{ gap: 1, my: 1 }}>
        <TextField select label="Kind" value={kind} onChange={({ target }) => setKind(target.value)} sx={{ flex: 1 }}>
          {kinds.map((one) => (
            <MenuItem key={one} value={one}>
              {kindWords(one)}
            </MenuItem>
          ))}
        </TextField>
        <TextField
          label={words.choose.existingHint}
          value={q}
          onChange={({ target }) => setQ(target.value)}
          sx={{ flex: 1 }}
        />
      </Stack>
      {data?.items.slice(0, 8).map(({ id, name, number }) => (
        <Choice
          key={id}
          kind={kind}
          name={number && !name.includes(number) ? `${number} ${name}` : name}
          onClick={() => onChoose({ to: "existing", kind, id })}
        />
      ))}
      {data && !data.items.length && (
        <Typography component="li" variant="body2" color="textSecondary" sx={{ px: 2 }}>
          {words.choose.nothing}
        </Typography>
      )}
    </Section>
  );
}

const E164 = /^\+[1-9][0-9]{6,14}$/;

function Outside({ onChoose }: { onChoose: (goal: Goal) => void }) {
  const [number, setNumber] = useState("");
  const written = number.replace(/[\s().-]/g, "");
  const wrong = written !== "" && !E164.test(written);
  return (
    <Stack
      component="form"
      direction="row"
      sx={{ gap: 1, mt: 1, alignItems: "flex-start" }}
      onSubmit={(event) => {
        event.preventDefault();
        if (!wrong && written) onChoose({ to: "end", destination: { kind: "external_number", number: written } });
      }}
    >
      <TextField
        label={words.choose.number}
        type="tel"
        value={number}
        onChange={({ target }) => setNumber(target.value)}
        error={wrong}
        helperText={wrong && words.choose.numberWrong}
        fullWidth
      />
      <Button type="submit" disabled={!written || wrong} sx={{ flexShrink: 0, mt: 0.25 }}>
        {words.choose.useNumber}
      </Button>
    </Stack>
  );
}
