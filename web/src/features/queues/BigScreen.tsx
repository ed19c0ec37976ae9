import CloseIcon from "@mui/icons-material/FullscreenExit";
import Box from "@mui/material/Box";
import IconButton from "@mui/material/IconButton";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import Tooltip from "@mui/material/Tooltip";
import Typography from "@mui/material/Typography";
import { useEffect, useRef } from "react";
import { useConnected } from "@/realtime/live";
import { timeOfDay } from "@/ui/format";
import { text as common } from "@/ui/text";
import { Figure, LineFigures } from "./LineFigures";
import { dayAlarm, lineAlarm } from "./levels";
import { AlarmWords } from "./QueueCard";
import type { LiveQueue } from "./queries";
import { text } from "./text";

interface BigScreenProps {
  queues: LiveQueue[];
  now: number;
  onLeave: () => void;
}

/** The wallboard for a screen on the wall: few figures, to be read from five metres; Escape leaves it. */
export function BigScreen({ queues, now, onLeave }: BigScreenProps) {
  const connected = useConnected();
  const board = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const leave = (event: KeyboardEvent) => event.key === "Escape" && onLeave();
    window.addEventListener("keydown", leave);
    board.current?.focus();
    return () => window.removeEventListener("keydown", leave);
  }, [onLeave]);
  const columns = queues.length > 1 ? "repeat(auto-fit, minmax(max(30vw, min(100%, 360px)), 1fr))" : "1fr";
  return (
    <Box
      ref={board}
      tabIndex={-1}
      role="dialog"
      aria-modal
      aria-labelledby="board-title"
      sx={{
        position: "fixed",
        inset: 0,
        zIndex: "modal",
        bgcolor: "background.default",
        p: 2,
        overflow: "auto",
        display: "flex",
        flexDirection: "column",
      }}
    >
      <Stack direction="row" sx={{ alignItems: "center", gap: 2, mb: 2 }}>
        <Typography
          id="board-title"
          component="h2"
          sx={{ flex: 1, fontSize: "clamp(1.25rem, 2vw, 2.5rem)", fontWeight: 650 }}
        >
          {text.wallboard.title}
        </Typography>
        <Typography
          role="status"
          sx={{ fontSize: "clamp(1rem, 1.4vw, 1.8rem)", color: connected ? "text.secondary" : "error.main" }}
        >
          {connected ? timeOfDay(new Date(now).toISOString()) : common.states.notLive}
        </Typography>
        <Tooltip title={text.wallboard.leave}>
          <IconButton aria-label={text.wallboard.leave} onClick={onLeave}>
            <CloseIcon />
          </IconButton>
        </Tooltip>
      </Stack>
      <Box sx={{ flex: 1, display: "grid", gridTemplateColumns: columns, gridAutoRows: "1fr", gap: 2 }}>
        {queues.map((queue) => (
          <BigQueue key={queue.id} queue={queue} now={now} />
        ))}
      </Box>
    </Box>
  );
}

function BigQueue({ queue, now }: { queue: LiveQueue; now: number }) {
  const alarm = lineAlarm(queue, now);
  const level = queue.today.service_level_2;
  const day = dayAlarm(level);
  return (
    <Paper
      component="section"
      aria-label={queue.name}
      sx={{
        p: 2,
        borderTop: 12,
        borderTopColor: `${alarm.level}.main`,
        containerType: "inline-size",
        display: "flex",
        flexDirection: "column",
        justifyContent: "space-evenly",
      }}
    >
      <Stack direction="row" sx={{ alignItems: "baseline", gap: 2, flexWrap: "wrap" }}>
        <Typography component="h3" sx={{ flex: "1 1 40%", ...SIZES.name, overflowWrap: "anywhere" }}>
          <bdi>{queue.name}</bdi>
        </Typography>
        <AlarmWords alarm={alarm} size={SIZES.words} />
      </Stack>
      <LineFigures queue={queue} now={now} sizes={SIZES} />
      <Stack direction="row" sx={{ gap: 3, mt: 1, flexWrap: "wrap" }}>
        <Figure value={String(queue.today.answered)} words={text.today.answered} sizes={DAY} />
        <Figure value={String(queue.today.abandoned)} words={text.today.abandoned} sizes={DAY} />
        <Figure
          value={level === null ? "–" : `${Math.round(100 * level)} %${day ? ` · ${day.words}` : ""}`}
          words={text.today.level}
          color={day ? `${day.level}.main` : undefined}
          sizes={DAY}
        />
      </Stack>
    </Paper>
  );
}

/** Shares of the card's width (cqi), so that one queue fills the wall and six are still read; bounded by its height. */
const SIZES = {
  name: { fontSize: "clamp(1.25rem, min(5cqi, 6vh), 5rem)", fontWeight: 650 },
  words: { fontSize: "clamp(1.1rem, min(4cqi, 5vh), 4rem)" },
  huge: { fontSize: "clamp(4rem, min(22cqi, 32vh), 24rem)" },
  large: { fontSize: "clamp(2.5rem, min(13cqi, 20vh), 14rem)" },
  label: { fontSize: "clamp(0.9rem, min(2.8cqi, 4vh), 2.5rem)" },
} as const;
const DAY = { value: { fontSize: "clamp(1.5rem, min(6cqi, 9vh), 6rem)" }, label: SIZES.label };
