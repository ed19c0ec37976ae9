import BookmarkIcon from "@mui/icons-material/BookmarkBorder";
import RemoveIcon from "@mui/icons-material/DeleteOutlined";
import Button from "@mui/material/Button";
import IconButton from "@mui/material/IconButton";
import List from "@mui/material/List";
import ListItem from "@mui/material/ListItem";
import ListItemButton from "@mui/material/ListItemButton";
import ListItemText from "@mui/material/ListItemText";
import Popover from "@mui/material/Popover";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { useKept } from "@/session/preferences";
import { useDialogs } from "@/ui/dialogs";
import { type Filters, readFilters, writeFilters } from "./filters";
import { text } from "./text";
import { WordDialog } from "./WordDialog";

interface View {
  name: string;
  /** The filters as an address has them. */
  query: string;
}

function readViews(stored: unknown): View[] {
  if (!Array.isArray(stored)) return [];
  return stored.filter((one): one is View => typeof one?.name === "string" && typeof one?.query === "string");
}

const without = (views: View[], name: string) => views.filter((view) => view.name !== name);
const withView = (views: View[], view: View) =>
  [...without(views, view.name), view].sort((a, b) => a.name.localeCompare(b.name));

/** Filters under a name of one's own. */
export function SavedViews({ filters, onChoose }: { filters: Filters; onChoose: (filters: Filters) => void }) {
  const [views, keep, known] = useKept("calls.views", readViews);
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [naming, setNaming] = useState(false);
  const { notify, notifyProblem } = useDialogs();
  const query = writeFilters(filters).toString();

  const remove = (gone: View) => {
    keep((stored) => without(stored, gone.name)).then(
      () =>
        notify({
          message: text.views.removed,
          undo: () => keep((stored) => withView(stored, gone)).catch(notifyProblem),
        }),
      notifyProblem,
    );
  };
  const save = async (name: string) => {
    await keep((stored) => withView(stored, { name, query }));
    notify(text.views.saved);
  };

  return (
    <>
      <Button startIcon={<BookmarkIcon />} aria-haspopup="dialog" onClick={(event) => setAnchor(event.currentTarget)}>
        {text.views.button}
      </Button>
      <Popover
        anchorEl={anchor}
        open={anchor !== null}
        onClose={() => setAnchor(null)}
        anchorOrigin={{ vertical: "bottom", horizontal: "left" }}
        slotProps={{ paper: { role: "dialog", "aria-label": text.views.button } }}
      >
        <List dense sx={{ width: 300, maxHeight: 400 }} aria-label={text.views.button}>
          {!views.length && (
            <ListItem>
              <Typography color="textSecondary">{text.views.none}</Typography>
            </ListItem>
          )}
          {views.map((view) => (
            <ListItem
              key={view.name}
              disablePadding
              secondaryAction={
                <IconButton edge="end" aria-label={text.views.remove(view.name)} onClick={() => remove(view)}>
                  <RemoveIcon fontSize="small" />
                </IconButton>
              }
            >
              <ListItemButton
                selected={view.query === query}
                onClick={() => {
                  onChoose(readFilters(new URLSearchParams(view.query)));
                  setAnchor(null);
                }}
              >
                <ListItemText primary={<bdi>{view.name}</bdi>} sx={{ overflowWrap: "anywhere" }} />
              </ListItemButton>
            </ListItem>
          ))}
          <ListItem disablePadding sx={{ borderTop: 1, borderColor: "divider", mt: 1, pt: 1 }}>
            <ListItemButton
              disabled={!known}
              onClick={() => {
                setAnchor(null);
                setNaming(true);
              }}
            >
              <ListItemText primary={text.views.save} />
            </ListItemButton>
          </ListItem>
        </List>
      </Popover>
      {naming && (
        <WordDialog
          title={text.views.save}
          label={text.views.name}
          longest={80}
          onSave={save}
          onClose={() => setNaming(false)}
        />
      )}
    </>
  );
}
