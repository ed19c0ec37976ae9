import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import MuiLink from "@mui/material/Link";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { Link } from "react-router";
import { dateTime, duration } from "@/ui/format";
import { objectPath } from "../changes/objects";
import type { Simulation } from "./queries";
import { text } from "./text";

const GOOD = new Set(["answered", "voicemail"]);

/** Where a played call goes, step by step, what is heard, and how it ends. */
export function PathView({ played }: { played: Simulation }) {
  const { steps, hears, end, moment, timezone, longest_s, took_ms } = played;
  return (
    <Stack sx={{ gap: 2, overflowWrap: "anywhere" }}>
      <Alert severity={GOOD.has(end.how) ? "success" : "warning"} role="status">
        <strong>{text.outcomes[end.how]}.</strong> {end.words}
      </Alert>
      <Typography variant="body2" color="textSecondary">
        {dateTime(moment, timezone)} ({timezone}). {text.longest(duration(longest_s))} {text.took(took_ms)}
      </Typography>
      <Box component="ol" sx={{ m: 0, pl: 3, "& li": { pb: 0.75 } }}>
        {steps.map((step, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps have no name and never change places
          <li key={place}>
            <StepWords step={step} />
          </li>
        ))}
      </Box>
      <Box>
        <Typography variant="body2" component="h3" sx={{ fontWeight: 600 }}>
          {text.hears}
        </Typography>
        {!hears.length && <Typography color="textSecondary">{text.hearsNothing}</Typography>}
        <Box component="ul" sx={{ m: 0, pl: 3 }}>
          {hears.map((one, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the same may be heard twice
            <li key={place}>
              <bdi>{one.words}</bdi>
            </li>
          ))}
        </Box>
      </Box>
    </Stack>
  );
}

function StepWords({ step }: { step: Simulation["steps"][number] }) {
  const path = step.object && objectPath(step.object.kind, step.object.id);
  return (
    <>
      {step.words}
      {step.longest_s !== null && (
        <Typography component="span" color="textSecondary">
          {" "}
          ({text.upTo(duration(step.longest_s))})
        </Typography>
      )}
      {path && step.object && (
        <>
          {" "}
          <MuiLink component={Link} to={path} variant="body2">
            <bdi>{step.object.name}</bdi>
          </MuiLink>
        </>
      )}
    </>
  );
}
