import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { duration } from "@/ui/format";
import { ProblemView } from "@/ui/ProblemView";
import { Card } from "./Card";
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

const GRID = { display: "grid", columnGap: 2, gridTemplateColumns: "repeat(auto-fit, minmax(140px, 1fr))", m: 0 };
/** The parts of figures in a row stand on common lines, also where one label takes two lines. */
const FIGURE = { display: "grid", gridTemplateRows: "subgrid", gridRow: "span 3" };

/** Today's figures beside those of the same weekday last week. */
export function Figures() {
  const zone = useZone();
  const now = useMinute();
  const day = useSummary(today(now, zone));
  const before = useSummary(lastWeek(now, zone));
  return (
    <Card title={text.figures}>
      {day.isError && <ProblemView error={day.error} retry={() => day.refetch()} />}
      {(day.data || day.isPending) && (
        <Box component="dl" sx={GRID}>
          {FIGURES.map(([label, of]) => (
            <Box key={label} sx={FIGURE}>
              <Typography component="dt" variant="body2" color="textSecondary">
                {label}
              </Typography>
              <Typography component="dd" variant="h5" sx={{ m: 0, minHeight: 32, fontVariantNumeric: "tabular-nums" }}>
                {day.data && of(day.data)}
              </Typography>
              <Typography component="dd" variant="body2" color="textSecondary" sx={{ m: 0, minHeight: 20, mb: 1.5 }}>
                {before.data && text.before(of(before.data))}
              </Typography>
            </Box>
          ))}
        </Box>
      )}
      <Typography variant="body2" color="textSecondary">
        {text.figuresHint(weekday(now, zone))}
      </Typography>
    </Card>
  );
}
