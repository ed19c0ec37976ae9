import List from "@mui/material/List";
import ListItem from "@mui/material/ListItem";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { MemberChip } from "./MemberChip";
import { MemberMenu } from "./MemberMenu";
import type { LiveQueue } from "./queries";
import { text } from "./text";

interface MemberListProps {
  queue: LiveQueue;
  now: number;
  control: boolean;
}

/** The people of a queue and what they do. */
export function MemberList({ queue, now, control }: MemberListProps) {
  if (!queue.members.length) return <Typography color="textSecondary">{text.people.none}</Typography>;
  return (
    <List dense disablePadding aria-label={text.people.title}>
      {queue.members.map((member) => (
        <ListItem key={member.extension_id} disableGutters sx={{ gap: 1 }}>
          <Stack
            direction="row"
            sx={{ flex: 1, minWidth: 0, flexWrap: "wrap", alignItems: "center", columnGap: 1, rowGap: 0.25 }}
          >
            <Typography sx={{ flex: "1 1 120px", minWidth: 0, overflowWrap: "anywhere" }}>
              <bdi>{member.name}</bdi>{" "}
              <Typography component="span" color="textSecondary">
                {member.number}
              </Typography>
            </Typography>
            <MemberChip member={member} now={now} />
          </Stack>
          {control && <MemberMenu queueId={queue.id} member={member} />}
        </ListItem>
      ))}
    </List>
  );
}
