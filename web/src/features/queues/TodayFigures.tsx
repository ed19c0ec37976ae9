import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { duration } from "@/ui/format";
import { dayAlarm } from "./levels";
import type { LiveQueue } from "./queries";
import { text } from "./text";

/** How the day goes, in six figures. */
export function TodayFigures({ today }: { today: LiveQueue["today"] }) {
  const level = today.service_level_2;
  const alarm = dayAlarm(level);
  const figures: [string, string, string?][] = [
    [text.today.answered, String(today.answered)],
    [text.today.abandoned, String(today.abandoned)],
    [text.today.overflowed, String(today.overflowed)],
    [text.today.average, duration(today.average_wait_s)],
    [text.today.longest, duration(today.longest_wait_s)],
    [text.today.level, level === null ? "–" : `${Math.round(100 * level)} %`, alarm?.words],
  ];
  return (
    <Box sx={{ mt: "auto" }}>
      <Typography variant="body2" component="h3" color="textSecondary" sx={{ mb: 0.5 }}>
        {text.today.title}
      </Typography>
      <Box
        component="dl"
        sx={{ display: "grid", gridTemplateColumns: "repeat(auto-fill, minmax(124px, 1fr))", gap: 1, m: 0 }}
      >
        {figures.map(([label, value, words]) => (
          <Box key={label}>
            <Typography component="dd" sx={{ m: 0, fontWeight: 600, color: words && `${alarm?.level}.main` }}>
              {value}
              {words && ` · ${words}`}
            </Typography>
            <Typography component="dt" variant="body2" color="textSecondary">
              {label}
            </Typography>
          </Box>
        ))}
      </Box>
    </Box>
  );
}
