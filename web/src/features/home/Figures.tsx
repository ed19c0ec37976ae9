import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { duration } from "@/ui/format";
import { Card, Found } from "./Card";
import { lastWeek, today, weekday } from "./days";
import { type Summary, useSummary, useZone } from "./queries";
import { text } from "./text";
import { useMinute } from "./useMinute";

const FIGURES: [string, (summary: Summary) => string][] = [
  [text.totals, ({ total }) => total.toLocaleString("en-US")],
  [text.answered, ({ answered_share: share }) => (share === null ? "–" : `${Math.round(100 * share)} %`)],
  [text.missed, ({ by_status: by }) => ((by.missed ?? 0) + (by.abandoned ?? 0)).toLocaleString("en-US")],
  [text.wait, ({ average_wait_s: wait }) => duration(wait)],
];

/** Today's figures beside those of the same weekday last week. */
export function Figures() {
  const zone = useZone();
  const now = useMinute();
  const day = useSummary(today(now, zone));
  const before = useSummary(lastWeek(now, zone));
  return (
    <Card title={text.figures}>
      <Found query={day}>
        {(found) => (
          <Box
            component="dl"
            sx={{ display: "grid", gap: 2, gridTemplateColumns: "repeat(auto-fit, minmax(150px, 1fr))", m: 0 }}
          >
            {FIGURES.map(([label, of]) => (
              <div key={label}>
                <Typography component="dt" variant="body2" color="text.secondary">
                  {label}
                </Typography>
                <Typography component="dd" variant="h5" sx={{ m: 0, fontVariantNumeric: "tabular-nums" }}>
                  {of(found)}
                </Typography>
                <Typography component="dd" variant="body2" color="text.secondary" sx={{ m: 0, minHeight: 20 }}>
                  {before.data && text.before(of(before.data))}
                </Typography>
              </div>
            ))}
          </Box>
        )}
      </Found>
      <Typography variant="body2" color="text.secondary" sx={{ mt: 1 }}>
        {text.figuresHint(weekday(now, zone))}
      </Typography>
    </Card>
  );
}
