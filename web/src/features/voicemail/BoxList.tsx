import Chip from "@mui/material/Chip";
import List from "@mui/material/List";
import ListItem from "@mui/material/ListItem";
import ListItemButton from "@mui/material/ListItemButton";
import ListItemText from "@mui/material/ListItemText";
import MenuItem from "@mui/material/MenuItem";
import Paper from "@mui/material/Paper";
import TextField from "@mui/material/TextField";
import useMediaQuery from "@mui/material/useMediaQuery";
import type { Mailbox } from "./queries";
import { text } from "./text";

interface BoxListProps {
  boxes: Mailbox[];
  /** Empty: all of them. */
  chosen: string;
  onChoose: (id: string) => void;
}

/** The boxes one may read, with how many messages in each are new. */
export function BoxList({ boxes, chosen, onChoose }: BoxListProps) {
  const wide = useMediaQuery("(min-width: 900px)");
  const total = boxes.reduce((sum, { unheard }) => sum + unheard, 0);
  const entries = [{ id: "", name: text.allBoxes, number: "", unheard: total }, ...boxes];
  if (!wide)
    return (
      <TextField
        select
        label={text.boxes}
        value={chosen}
        onChange={(event) => onChoose(event.target.value)}
        slotProps={{ inputLabel: { shrink: true }, select: { displayEmpty: true } }}
      >
        {entries.map(({ id, name, unheard }) => (
          <MenuItem key={id} value={id}>
            <bdi>{name}</bdi>
            {unheard > 0 && ` (${text.unheard(String(unheard))})`}
          </MenuItem>
        ))}
      </TextField>
    );
  return (
    <Paper component="nav" aria-label={text.boxes} sx={{ maxHeight: "calc(100dvh - 160px)", overflowY: "auto" }}>
      <List dense disablePadding>
        {entries.map(({ id, name, number, unheard }) => (
          <ListItem key={id} disablePadding>
            <ListItemButton
              selected={id === chosen}
              aria-current={id === chosen || undefined}
              onClick={() => onChoose(id)}
            >
              <ListItemText
                primary={<bdi>{name}</bdi>}
                secondary={number || undefined}
                sx={{ overflowWrap: "anywhere" }}
              />
              {unheard > 0 && (
                <Chip size="small" color="primary" label={unheard} aria-label={text.unheard(String(unheard))} />
              )}
            </ListItemButton>
          </ListItem>
        ))}
      </List>
    </Paper>
  );
}
