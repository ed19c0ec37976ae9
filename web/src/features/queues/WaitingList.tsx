import List from "@mui/material/List";
import ListItem from "@mui/material/ListItem";
import Typography from "@mui/material/Typography";
import { useContactsOf } from "@/features/contacts/queries";
import { duration, phoneNumber } from "@/ui/format";
import type { LiveQueue } from "./queries";
import { text } from "./text";

const SHOWN = 5;

/** Who waits, longest first. */
export function WaitingList({ queue, now }: { queue: LiveQueue; now: number }) {
  const contacts = useContactsOf(queue.waiting.slice(0, SHOWN).map(({ caller_number }) => caller_number));
  if (!queue.waiting.length) return <Typography color="textSecondary">{text.waiting.nobody}</Typography>;
  const rest = queue.waiting.length - SHOWN;
  return (
    <List dense disablePadding aria-label={text.waiting.title}>
      {queue.waiting.slice(0, SHOWN).map((one, place) => (
        <ListItem key={one.call_id} disableGutters sx={{ gap: 1 }}>
          <Typography sx={{ flex: 1, minWidth: 0, overflowWrap: "anywhere" }}>
            <bdi>
              {contacts.get(one.caller_number ?? "")?.name ||
                one.caller_name ||
                (one.caller_number ? phoneNumber(one.caller_number) : `${text.waiting.caller} ${place + 1}`)}
            </bdi>
          </Typography>
          <Typography sx={{ fontVariantNumeric: "tabular-nums" }}>
            {duration(Math.max(0, now - Date.parse(one.since)) / 1000)}
          </Typography>
        </ListItem>
      ))}
      {rest > 0 && (
        <ListItem disableGutters>
          <Typography color="textSecondary">+ {rest}</Typography>
        </ListItem>
      )}
    </List>
  );
}
