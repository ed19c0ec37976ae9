import ColumnsIcon from "@mui/icons-material/ViewColumnOutlined";
import Button from "@mui/material/Button";
import Checkbox from "@mui/material/Checkbox";
import ListItemText from "@mui/material/ListItemText";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import { useState } from "react";
import type { KindInfo } from "../kinds";
import { labelOf } from "../schema";
import { text } from "../text";

interface ColumnsMenuProps {
  info: KindInfo;
  shown: string[];
  onChange: (columns: string[]) => void;
}

/** Which columns a list shows. */
export function ColumnsMenu({ info, shown, onChange }: ColumnsMenuProps) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const toggle = (column: string) =>
    onChange(shown.includes(column) ? shown.filter((one) => one !== column) : [...shown, column]);
  return (
    <>
      <Button startIcon={<ColumnsIcon />} aria-haspopup="menu" onClick={(event) => setAnchor(event.currentTarget)}>
        {text.actions.columns}
      </Button>
      <Menu open={anchor !== null} anchorEl={anchor} onClose={() => setAnchor(null)}>
        {[...info.columns, ...(info.more ?? [])].map((column) => (
          <MenuItem
            key={column}
            dense
            role="menuitemcheckbox"
            aria-checked={shown.includes(column)}
            onClick={() => toggle(column)}
          >
            <Checkbox size="small" checked={shown.includes(column)} tabIndex={-1} disableRipple inert />
            <ListItemText primary={labelOf(info.resource, column)} />
          </MenuItem>
        ))}
      </Menu>
    </>
  );
}
