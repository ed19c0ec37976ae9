import Box from "@mui/material/Box";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { duration } from "@/ui/format";
import { freeMembers, lineAlarm, longestWait } from "./levels";
import type { LiveQueue } from "./queries";
import { text } from "./text";

interface Size {
  fontSize: string;
}

interface LineFiguresProps {
  queue: LiveQueue;
  now: number;
  /** Of the figure that matters most, of the others, and of the words below them. */
  sizes: { huge: Size; large: Size; label: Size };
}

/** The line in figures: how many wait, how long, and who is free; loud while somebody waits. */
export function LineFigures({ queue, now, sizes: { huge, large, label } }: LineFiguresProps) {
  const waits = queue.waiting.length > 0;
  const color = waits ? `${lineAlarm(queue, now).level}.main` : undefined;
  const longest = waits ? duration(longestWait(queue, now)) : "–";
  const free = `${freeMembers(queue.members, now)}/${queue.members.length}`;
  return (
    <Stack direction="row" sx={{ alignItems: "flex-end", columnGap: 4, rowGap: 2, flexWrap: "wrap" }}>
      <Figure
        value={String(queue.waiting.length)}
        words={text.waiting.title}
        color={color}
        sizes={{ value: huge, label }}
      />
      <Figure value={longest} words={text.waiting.longest} color={color} sizes={{ value: large, label }} />
      <Figure value={free} words={text.people.free} sizes={{ value: large, label }} />
    </Stack>
  );
}

interface FigureProps {
  value: string;
  words: string;
  /** Of the theme; the text's own. */
  color?: string | undefined;
  sizes: { value: Size; label: Size };
}

/** A figure to be read from afar, and what it tells. */
export function Figure({ value, words, color = "text.primary", sizes }: FigureProps) {
  return (
    <Box>
      <Typography
        component="p"
        sx={{ ...sizes.value, lineHeight: 1.05, fontWeight: 700, fontVariantNumeric: "tabular-nums", color }}
      >
        {value}
      </Typography>
      <Typography color="textSecondary" sx={sizes.label}>
        {words}
      </Typography>
    </Box>
  );
}
