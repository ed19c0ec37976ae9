/** The played call in the simulator's words; the canvas follows the step that is chosen here. */
import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import List from "@mui/material/List";
import ListItem from "@mui/material/ListItem";
import ListItemButton from "@mui/material/ListItemButton";
import ListItemText from "@mui/material/ListItemText";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import useMediaQuery from "@mui/material/useMediaQuery";
import { useEffect, useState } from "react";
import { dateTime, duration } from "@/ui/format";
import { words } from "../text";
import type { Simulation } from "./TrialPanel";

/** Long enough to read a step. */
const STEP_MS = 1100;

interface Props {
  played: Simulation;
  step: number;
  onStep: (step: number) => void;
}

export function Played({ played, step, onStep }: Props) {
  const calm = useMediaQuery("(prefers-reduced-motion: reduce)", { noSsr: true });
  const [running, setRunning] = useState(true);
  const last = played.steps.length - 1;
  useEffect(() => {
    if (!running || step >= last) return;
    // Who wants no motion sees the whole way at once, and goes back by hand.
    const timer = setTimeout(() => onStep(calm ? last : step + 1), calm ? 0 : STEP_MS);
    return () => clearTimeout(timer);
  }, [running, step, last, calm, onStep]);

  function go(to: number, on: boolean) {
    setRunning(on);
    onStep(to);
  }

  return (
    <Stack sx={{ mt: 2, gap: 1 }}>
      <Alert severity={played.end.how === "answered" ? "success" : "info"} role="status">
        <b>{words.trial.end}:</b> {played.end.words}
      </Alert>
      <Typography variant="caption" color="textSecondary">
        {dateTime(played.moment, played.timezone)} ({played.timezone}).
        {played.longest_s > 0 && ` ${words.trial.took(duration(played.longest_s))}`}
      </Typography>
      <Stack direction="row" sx={{ gap: 1, alignItems: "center" }}>
        <Button size="small" onClick={() => go(0, !calm)}>
          {words.trial.again}
        </Button>
        <Typography variant="caption" color="textSecondary">
          {words.trial.step(Math.min(step, last) + 1, last + 1)}
        </Typography>
      </Stack>
      <List dense disablePadding component="ol">
        {played.steps.map((one, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the steps of one call never change places
          <ListItem key={index} disablePadding>
            <ListItemButton
              selected={index === step}
              aria-current={index === step ? "step" : undefined}
              onClick={() => go(index, false)}
              sx={{ borderRadius: 1 }}
            >
              <ListItemText primary={one.words} sx={{ overflowWrap: "anywhere" }} />
            </ListItemButton>
          </ListItem>
        ))}
      </List>
      {played.hears.length > 0 && (
        <>
          <Typography variant="subtitle2" component="h3">
            {words.trial.hears}
          </Typography>
          <List dense disablePadding>
            {played.hears.map((heard, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: nor do its sounds
              <ListItem key={index} disablePadding sx={{ px: 2 }}>
                <ListItemText primary={`“${heard.words}”`} sx={{ overflowWrap: "anywhere" }} />
              </ListItem>
            ))}
          </List>
        </>
      )}
    </Stack>
  );
}
