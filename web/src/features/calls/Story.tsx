import Box from "@mui/material/Box";
import Link from "@mui/material/Link";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { Link as RouterLink } from "react-router";
import { duration, timeOfDay } from "@/ui/format";
import type { Explanation } from "./queries";
import { text } from "./text";

type Step = Explanation["steps"][number];

/** What happened to a call, step by step, as the API tells it. */
export function Story({ told }: { told: Explanation }) {
  const numbered = told.steps.map((step, number) => ({ step, number }));
  return (
    <>
      <Box component="ol" sx={{ listStyle: "none", m: 0, p: 0 }}>
        {numbered.map(({ step, number }) => (
          <StepLine key={number} step={step} zone={told.timezone} last={number === numbered.length - 1} />
        ))}
      </Box>
      {told.afterwards.map((words) => (
        <Typography key={words} color="textSecondary" sx={{ overflowWrap: "anywhere" }}>
          {words}
        </Typography>
      ))}
      {told.release && (
        <Typography sx={{ mt: 1, overflowWrap: "anywhere" }}>
          <Typography component="span" color="textSecondary">{`${text.page.release}: `}</Typography>
          <Link component={RouterLink} to={`/changes/releases/${told.release.id}`}>
            {told.release.words}
          </Link>
        </Typography>
      )}
      {told.unknown.length > 0 && (
        <Stack component="ul" sx={{ mt: 1, color: "text.secondary", pl: 2.5, mb: 0 }} aria-label={text.page.unknown}>
          {told.unknown.map((words) => (
            <li key={words}>{words}</li>
          ))}
        </Stack>
      )}
    </>
  );
}

function StepLine({ step, zone, last }: { step: Step; zone: string; last: boolean }) {
  return (
    <Box component="li" sx={{ display: "flex", gap: 2, minWidth: 0 }}>
      <Box sx={{ width: { xs: 64, sm: 110 }, flexShrink: 0, fontVariantNumeric: "tabular-nums" }}>
        <Typography variant="body2" component="time" dateTime={step.at}>
          {timeOfDay(step.at, zone)}
        </Typography>
        <Typography variant="body2" color="textSecondary">
          +{duration(step.after_s)}
        </Typography>
      </Box>
      <Rail last={last} />
      <Box sx={{ pb: 2, minWidth: 0, overflowWrap: "anywhere" }}>
        <Typography sx={{ "&::first-letter": { textTransform: "uppercase" } }}>
          <bdi>{step.words}</bdi>
        </Typography>
        {step.took_s !== null && step.took_s !== undefined && step.took_s >= 1 && (
          <Typography variant="body2" color="textSecondary">
            {text.page.took(duration(step.took_s))}
          </Typography>
        )}
        {step.source && (
          <Box component="details" sx={{ mt: 0.5 }}>
            <Typography component="summary" variant="body2" color="textSecondary" sx={{ cursor: "pointer" }}>
              {text.page.dialplan}
            </Typography>
            <Typography component="code" variant="body2" sx={{ fontFamily: "monospace" }}>
              {[step.source.file && `${step.source.file}:${step.source.line}`, step.source.text]
                .filter(Boolean)
                .join("  ")}
            </Typography>
          </Box>
        )}
      </Box>
    </Box>
  );
}

function Rail({ last }: { last: boolean }) {
  return (
    <Box aria-hidden sx={{ position: "relative", width: 12, flexShrink: 0 }}>
      <Box
        sx={{
          position: "absolute",
          top: 6,
          left: 1,
          width: 10,
          height: 10,
          borderRadius: "50%",
          bgcolor: "primary.main",
        }}
      />
      {!last && <Box sx={{ position: "absolute", top: 18, bottom: -4, left: 5, width: 2, bgcolor: "divider" }} />}
    </Box>
  );
}
