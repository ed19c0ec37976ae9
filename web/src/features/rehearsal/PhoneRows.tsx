import RemoveIcon from "@mui/icons-material/Close";
import Button from "@mui/material/Button";
import IconButton from "@mui/material/IconButton";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";
import { StateField } from "./SituationFields";
import { newRow, type SituationForm } from "./situation";
import { text } from "./text";

interface RowsProps<Row> {
  rows: Row[];
  onChange: (rows: Row[]) => void;
}

/** Phones that are otherwise than the rest. */
export function SinglePhones({ rows, onChange }: RowsProps<SituationForm["phones"][number]>) {
  return (
    <Rows
      title={text.single}
      add={text.addPhone}
      onAdd={() => onChange([...rows, { id: newRow(), name: "", state: "busy" }])}
    >
      {rows.map((row) => (
        <RowLine key={row.id} label={row.name} onRemove={() => onChange(without(rows, row.id))}>
          <TextField
            label={text.phone}
            value={row.name}
            onChange={(event) => onChange(changed(rows, { ...row, name: event.target.value }))}
            sx={{ flex: 1, minWidth: 120 }}
          />
          <StateField
            label={text.state}
            value={row.state}
            onChange={(state) => onChange(changed(rows, { ...row, state }))}
          />
        </RowLine>
      ))}
    </Rows>
  );
}

/** Members of queues that are not at work. */
export function MembersOut({ rows, onChange }: RowsProps<SituationForm["out"][number]>) {
  return (
    <Rows
      title={text.members}
      add={text.addQueue}
      onAdd={() => onChange([...rows, { id: newRow(), name: "", members: "" }])}
    >
      {rows.map((row) => (
        <RowLine key={row.id} label={row.name} onRemove={() => onChange(without(rows, row.id))}>
          <TextField
            label={text.queue}
            value={row.name}
            onChange={(event) => onChange(changed(rows, { ...row, name: event.target.value }))}
            sx={{ flex: 1, minWidth: 120 }}
          />
          <TextField
            label={text.memberNumbers}
            value={row.members}
            onChange={(event) => onChange(changed(rows, { ...row, members: event.target.value }))}
            sx={{ flex: 1, minWidth: 120 }}
          />
        </RowLine>
      ))}
    </Rows>
  );
}

function changed<Row extends { id: string }>(rows: Row[], row: Row): Row[] {
  return rows.map((one) => (one.id === row.id ? row : one));
}

function without<Row extends { id: string }>(rows: Row[], id: string): Row[] {
  return rows.filter((one) => one.id !== id);
}

function Rows({ title, add, onAdd, children }: { title: string; add: string; onAdd: () => void; children: ReactNode }) {
  return (
    <Stack component="fieldset" sx={{ gap: 1.5, border: 0, p: 0, m: 0, minWidth: 0 }}>
      <Typography component="legend" variant="body2" sx={{ fontWeight: 600, mb: 1, p: 0 }}>
        {title}
      </Typography>
      {children}
      <Button size="small" sx={{ alignSelf: "start", ml: -0.625 }} onClick={onAdd}>
        {add}
      </Button>
    </Stack>
  );
}

function RowLine({ label, onRemove, children }: { label: string; onRemove: () => void; children: ReactNode }) {
  return (
    <Stack direction="row" sx={{ gap: 1, alignItems: "center" }}>
      {children}
      <IconButton aria-label={`${text.remove} ${label}`} onClick={onRemove}>
        <RemoveIcon fontSize="small" />
      </IconButton>
    </Stack>
  );
}
