import ColumnsIcon from "@mui/icons-material/ViewColumnOutlined";
import Button from "@mui/material/Button";
import Checkbox from "@mui/material/Checkbox";
import ListItemText from "@mui/material/ListItemText";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import { useState } from "react";
import { COLUMNS, type ColumnId } from "./columns";
import { text } from "./text";

interface ColumnMenuProps {
  chosen: ColumnId[];
  onChange: (columns: ColumnId[]) => void;
}

/** Which columns are shown. The time is always there: it leads to the call. */
export function ColumnMenu({ chosen, onChange }: ColumnMenuProps) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const toggle = (id: ColumnId) => onChange(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  return (
    <>
      <Button startIcon={<ColumnsIcon />} aria-haspopup="menu" onClick={(event) => setAnchor(event.currentTarget)}>
        {text.columns.button}
      </Button>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        {COLUMNS.filter(({ id }) => id !== "started").map(({ id }) => (
          <MenuItem
            key={id}
            dense
            role="menuitemcheckbox"
            aria-checked={chosen.includes(id)}
            onClick={() => toggle(id)}
          >
            <Checkbox size="small" checked={chosen.includes(id)} tabIndex={-1} inert sx={{ p: 0.5, mr: 1 }} />
            <ListItemText primary={text.columns[id]} />
          </MenuItem>
        ))}
      </Menu>
    </>
  );
}
