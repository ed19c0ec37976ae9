import CalmIcon from "@mui/icons-material/CheckCircleOutlined";
import AlarmIcon from "@mui/icons-material/ErrorOutlineOutlined";
import WaitIcon from "@mui/icons-material/HourglassTop";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { LineFigures } from "./LineFigures";
import { type Alarm, lineAlarm } from "./levels";
import { MemberList } from "./MemberList";
import type { LiveQueue } from "./queries";
import { TodayFigures } from "./TodayFigures";
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
      <Stack direction="row" sx={{ alignItems: "center", columnGap: 1, flexWrap: "wrap" }}>
        <Typography variant="h6" component="h2" sx={{ flex: "1 1 160px", overflowWrap: "anywhere" }}>
          <bdi>{queue.name}</bdi>
        </Typography>
        <AlarmWords alarm={alarm} />
      </Stack>
      <LineFigures queue={queue} now={now} sizes={SIZES} />
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

const SIZES = {
  huge: { fontSize: "2.75rem" },
  large: { fontSize: "2.75rem" },
  label: { fontSize: "0.875rem" },
} as const;
