import Box from "@mui/material/Box";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useChosenLocation } from "@/layout/locations";
import { duration } from "@/ui/format";
import { useNow } from "@/ui/useNow";
import { type LiveQueue, useLiveQueues } from "../queues/queries";
import { Card, Found } from "./Card";
import { text } from "./text";

const SHOWN = 8;

/** Who waits where, the fullest queues first. */
export function Queues() {
  const queues = useLiveQueues(useChosenLocation());
  return (
    <Card title={text.queues} more={{ path: "/queues/wallboard", label: text.wallboard }}>
      <Found query={queues}>
        {({ items }) => (
          <Stack component="ul" sx={{ listStyle: "none", m: 0, p: 0, gap: 1 }}>
            {!items.length && (
              <Typography component="li" color="textSecondary">
                {text.noQueues}
              </Typography>
            )}
            {[...items]
              .sort((one, other) => other.waiting.length - one.waiting.length || one.name.localeCompare(other.name))
              .slice(0, SHOWN)
              .map((queue) => (
                <Row key={queue.id} queue={queue} />
              ))}
          </Stack>
        )}
      </Found>
    </Card>
  );
}

function Row({ queue }: { queue: LiveQueue }) {
  const { waiting, members } = queue;
  const free = members.filter(({ state }) => state === "ready").length;
  return (
    <Box component="li" sx={{ display: "flex", columnGap: 1, flexWrap: "wrap" }}>
      <Typography sx={{ flex: "1 1 120px", minWidth: 0, overflowWrap: "anywhere" }}>
        <bdi>{queue.name}</bdi>
      </Typography>
      <Stack direction="row" sx={{ columnGap: 1, flexWrap: "wrap", ml: "auto", justifyContent: "flex-end" }}>
        <Typography color={waiting.length ? "warning" : "textSecondary"}>
          {waiting.length ? text.waiting(waiting.length) : text.noneWaiting}
          {waiting[0] && <Longest since={waiting[0].since} />}
        </Typography>
        <Typography color="textSecondary">{text.free(free, members.length)}</Typography>
      </Stack>
    </Box>
  );
}

function Longest({ since }: { since: string }) {
  const seconds = Math.max(0, (useNow() - Date.parse(since)) / 1000);
  return <>, {text.longest(duration(seconds))}</>;
}
