import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import List from "@mui/material/List";
import MenuItem from "@mui/material/MenuItem";
import Paper from "@mui/material/Paper";
import TextField from "@mui/material/TextField";
import { useSearchParams } from "react-router";
import { useChosenLocation } from "@/layout/locations";
import { useMay } from "@/session/SessionProvider";
import { AT_ONCE, withParams } from "@/ui/address";
import { EmptyState } from "@/ui/EmptyState";
import { Loading } from "@/ui/Loading";
import { Page } from "@/ui/Page";
import { ProblemView } from "@/ui/ProblemView";
import { useTyped } from "@/ui/useTyped";
import { BoxList } from "./BoxList";
import { GreetingButton } from "./GreetingDialog";
import { withOpened } from "./inView";
import { MessageItem } from "./MessageItem";
import { useBoxesOf, useMessage, useMessages } from "./queries";
import { text } from "./text";

/** The inbox: messages of one box or of all that this person may read. */
export function VoicemailPage() {
  const [params, setParams] = useSearchParams();
  const box = params.get("box");
  const chosen = useBoxesOf([box]).get(box ?? "");
  const may = useMay();
  const set = (name: string, value: string) =>
    // An opened message belongs to the list it was opened in.
    setParams((before) => withParams(before, { message: "", [name]: value }), AT_ONCE);
  return (
    <Page
      title={text.title}
      actions={chosen?.own && may("voicemail-boxes:write") && may("prompts:write") && <GreetingButton box={chosen} />}
    >
      <Box sx={{ display: "grid", gap: 2, gridTemplateColumns: { xs: "1fr", md: "260px 1fr" }, alignItems: "start" }}>
        <BoxList chosen={chosen} onChoose={(id) => set("box", id)} />
        <Box sx={{ minWidth: 0 }}>
          <Filters heard={params.get("heard") ?? ""} q={params.get("q") ?? ""} set={set} />
          <Messages
            box={box}
            heard={params.get("heard")}
            q={params.get("q")}
            open={params.get("message")}
            onOpen={(id) => set("message", id)}
          />
        </Box>
      </Box>
    </Page>
  );
}

interface FiltersProps {
  heard: string;
  q: string;
  set: (name: string, value: string) => void;
}

function Filters({ heard, q, set }: FiltersProps) {
  return (
    <Box component="search" sx={{ display: "flex", gap: 1.5, mb: 2, flexWrap: "wrap" }}>
      <TextField
        select
        label={text.show}
        value={heard in text.heard ? heard : ""}
        onChange={(event) => set("heard", event.target.value)}
        slotProps={{ inputLabel: { shrink: true }, select: { displayEmpty: true } }}
        sx={{ flex: { xs: "1 1 160px", sm: "0 0 160px" } }}
      >
        {Object.entries(text.heard).map(([value, label]) => (
          <MenuItem key={value} value={value}>
            {label}
          </MenuItem>
        ))}
      </TextField>
      <TextField
        type="search"
        label={text.search}
        {...useTyped(q, (value) => set("q", value))}
        slotProps={{ htmlInput: { maxLength: 100 } }}
        sx={{ flex: "1 1 200px" }}
      />
    </Box>
  );
}

interface MessagesProps {
  box: string | null;
  heard: string | null;
  q: string | null;
  open: string | null;
  onOpen: (id: string) => void;
}

function Messages({ open, onOpen, ...wanted }: MessagesProps) {
  const location = useChosenLocation();
  const list = useMessages({ ...wanted, location });
  const opened = useMessage(open || null);
  const listed = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const messages = withOpened(listed, opened.isSuccess ? opened.data : undefined, !list.hasNextPage);
  const boxes = useBoxesOf(messages.map(({ box_id }) => box_id));
  if (list.isPending) return <Loading />;
  if (list.isLoadingError) return <ProblemView error={list.error} retry={() => list.refetch()} />;
  const narrowed = wanted.box || wanted.heard || wanted.q || location;
  if (!messages.length)
    return <EmptyState title={narrowed ? text.noMatch : text.empty} hint={narrowed ? undefined : text.emptyHint} />;
  return (
    <>
      {list.isError && <ProblemView error={list.error} retry={() => list.refetch()} />}
      <Paper>
        <List disablePadding aria-label={text.messages}>
          {messages.map((message) => (
            <MessageItem
              key={message.id}
              message={message}
              box={boxes.get(message.box_id ?? "")}
              open={message.id === open}
              onToggle={() => onOpen(message.id === open ? "" : message.id)}
            />
          ))}
        </List>
      </Paper>
      {list.hasNextPage && (
        <Button sx={{ mt: 1 }} onClick={() => list.fetchNextPage()} loading={list.isFetchingNextPage}>
          {text.older}
        </Button>
      )}
    </>
  );
}
