import Button from "@mui/material/Button";
import Chip from "@mui/material/Chip";
import List from "@mui/material/List";
import ListItem from "@mui/material/ListItem";
import ListItemButton from "@mui/material/ListItemButton";
import ListItemText from "@mui/material/ListItemText";
import Paper from "@mui/material/Paper";
import TextField from "@mui/material/TextField";
import useMediaQuery from "@mui/material/useMediaQuery";
import { useDeferredValue, useMemo, useState } from "react";
import { Loading } from "@/ui/Loading";
import { ProblemView } from "@/ui/ProblemView";
import { SearchPicker } from "@/ui/SearchPicker";
import { type Mailbox, useNewMessages, useOwnBoxes } from "./queries";
import { text } from "./text";

interface BoxListProps {
  /** Undefined: all of them. */
  chosen: Mailbox | undefined;
  /** Empty: all of them. */
  onChoose: (id: string) => void;
}

type Entry = Pick<Mailbox, "id" | "name" | "number" | "unheard">;

/** The boxes one may read, with how many messages in each are new. */
export function BoxList({ chosen, onChoose }: BoxListProps) {
  const wide = useMediaQuery("(min-width: 900px)");
  const unheard = useNewMessages();
  const all = useMemo<Entry>(() => ({ id: "", name: text.allBoxes, number: "", unheard }), [unheard]);
  const Shown = wide ? WideList : Picker;
  return <Shown all={all} chosen={chosen ?? all} onChoose={onChoose} />;
}

interface ShownProps {
  all: Entry;
  chosen: Entry;
  onChoose: (id: string) => void;
}

function Picker({ all, chosen, onChoose }: ShownProps) {
  const [words, setWords] = useState<string | null>(null);
  const boxes = useOwnBoxes(useDeferredValue(words ?? ""));
  return (
    <SearchPicker<Entry>
      label={text.boxes}
      value={chosen}
      options={words ? boxes.items : [all, ...boxes.items]}
      loading={boxes.isFetching}
      told={({ name, unheard }) => (unheard > 0 ? `${name} (${text.unheard(String(unheard))})` : name)}
      onSearch={setWords}
      onChange={(id) => onChoose(id ?? "")}
    />
  );
}

function WideList({ all, chosen, onChoose }: ShownProps) {
  const [words, setWords] = useState("");
  const boxes = useOwnBoxes(useDeferredValue(words.trim()));
  const many = words !== "" || boxes.hasNextPage || (boxes.data?.pages.length ?? 0) > 1;
  return (
    <Paper component="nav" aria-label={text.boxes} sx={{ maxHeight: "calc(100dvh - 160px)", overflowY: "auto" }}>
      {many && (
        <TextField
          label={text.findBox}
          value={words}
          onChange={(event) => setWords(event.target.value)}
          fullWidth
          sx={{ p: 1, pt: 1.5 }}
          slotProps={{ htmlInput: { maxLength: 100, dir: "auto" } }}
        />
      )}
      {boxes.isError && <ProblemView error={boxes.error} retry={() => boxes.refetch()} />}
      <List dense disablePadding>
        {(words ? boxes.items : [all, ...boxes.items]).map(({ id, name, number, unheard }) => (
          <ListItem key={id} disablePadding>
            <ListItemButton
              selected={id === chosen.id}
              aria-current={id === chosen.id || undefined}
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
        {words && boxes.isSuccess && !boxes.items.length && (
          <ListItem>
            <ListItemText secondary={text.noBox} />
          </ListItem>
        )}
      </List>
      {boxes.isPending && <Loading />}
      {boxes.hasNextPage && (
        <Button fullWidth loading={boxes.isFetchingNextPage} onClick={() => boxes.fetchNextPage()}>
          {text.moreBoxes}
        </Button>
      )}
    </Paper>
  );
}
