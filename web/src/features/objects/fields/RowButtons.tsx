import RemoveIcon from "@mui/icons-material/CloseOutlined";
import DownIcon from "@mui/icons-material/KeyboardArrowDown";
import UpIcon from "@mui/icons-material/KeyboardArrowUp";
import IconButton from "@mui/material/IconButton";
import Stack from "@mui/material/Stack";
import { moved } from "../lists";
import { text } from "../text";

interface RowButtonsProps<Row> {
  rows: Row[];
  at: number;
  onChange: (rows: Row[]) => void;
  /** What the row is called, for screen readers. */
  name: string;
  disabled: boolean;
  /** Order means nothing here. */
  unordered?: boolean;
}

/** Up, down and away, for one row of a list in a form. */
export function RowButtons<Row>({ rows, at, onChange, name, disabled, unordered }: RowButtonsProps<Row>) {
  const button = (label: string, Icon: typeof UpIcon, next: Row[], off = false) => (
    <IconButton size="small" aria-label={`${label}: ${name}`} disabled={disabled || off} onClick={() => onChange(next)}>
      <Icon fontSize="small" />
    </IconButton>
  );
  return (
    <Stack direction="row" sx={{ flexShrink: 0 }}>
      {!unordered && button(text.actions.up, UpIcon, moved(rows, at, -1), at === 0)}
      {!unordered && button(text.actions.down, DownIcon, moved(rows, at, 1), at === rows.length - 1)}
      {button(text.actions.remove, RemoveIcon, rows.toSpliced(at, 1))}
    </Stack>
  );
}
