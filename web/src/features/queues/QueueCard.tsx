import CalmIcon from "@mui/icons-material/CheckCircleOutlined";
import AlarmIcon from "@mui/icons-material/ErrorOutlineOutlined";
import WaitIcon from "@mui/icons-material/HourglassTop";
import Box from "@mui/material/Box";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { duration } from "@/ui/format";
import { type Alarm, freeMembers, lineAlarm, longestWait } from "./levels";
import { MemberList } from "./MemberList";
import type { LiveQueue } from "./queries";
import { TodayFigures } from "./TodayFigures";
import { text } from "./text";
import { WaitingList } from "./WaitingList";

const ICONS = { error: AlarmIcon, warning: WaitIcon, success: CalmIcon };

interface QueueCardProps {
  queue: LiveQueue;
  now: number;
  /** May the viewer change members? */
  control: boolean;
}

/** A queue on the wallboard: the line in large figures, then people and the day. */
export function QueueCard({ queue, now, control }: QueueCardProps) {
  const alarm = lineAlarm(queue, now);
  return (
    <Paper
      component="section"
      aria-label={queue.name}
      sx={{
        p: 2,
        borderTop: 6,
        borderTopColor: `${alarm.level}.main`,
        display: "flex",
        flexDirection: "column",
        gap: 2,
      }}
    >
      <Stack direction="row" sx={{ alignItems: "baseline", gap: 1, flexWrap: "wrap" }}>
        <Typography variant="h6" component="h2" sx={{ flex: "1 1 160px", overflowWrap: "anywhere" }}>
          <bdi>{queue.name}</bdi>
        </Typography>
        <AlarmWords alarm={alarm} />
      </Stack>
      <Stack direction="row" sx={{ gap: 4, flexWrap: "wrap" }}>
        <Large
          value={String(queue.waiting.length)}
          label={text.waiting.title}
          alarm={queue.waiting.length ? alarm : undefined}
        />
        <Large
          value={queue.waiting.length ? duration(longestWait(queue, now)) : "–"}
          label={text.waiting.longest}
          alarm={queue.waiting.length ? alarm : undefined}
        />
        <Large value={`${freeMembers(queue.members)}/${queue.members.length}`} label={text.people.free} />
      </Stack>
      <WaitingList queue={queue} now={now} />
      <MemberList queue={queue} now={now} control={control} />
      <TodayFigures today={queue.today} />
    </Paper>
  );
}

/** An alarm in colour, sign and words; a size is given where it is read from afar. */
export function AlarmWords({ alarm, size }: { alarm: Alarm; size?: { fontSize: string } }) {
  const Icon = ICONS[alarm.level];
  return (
    <Stack direction="row" sx={{ alignItems: "center", gap: 0.5, color: `${alarm.level}.main` }}>
      <Icon sx={size ?? { fontSize: "1.25rem" }} />
      <Typography sx={{ fontWeight: 600, ...size }}>{alarm.words}</Typography>
    </Stack>
  );
}

function Large({ value, label, alarm }: { value: string; label: string; alarm?: Alarm }) {
  const color = alarm ? `${alarm.level}.main` : "text.primary";
  return (
    <Box>
      <Typography component="p" sx={{ fontSize: "2.75rem", lineHeight: 1.1, fontWeight: 700, color, ...FIGURES }}>
        {value}
      </Typography>
      <Typography variant="body2" color="text.secondary">
        {label}
      </Typography>
    </Box>
  );
}

const FIGURES = { fontVariantNumeric: "tabular-nums" } as const;
