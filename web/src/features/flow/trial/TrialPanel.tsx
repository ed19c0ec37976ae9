/** "Try it": plays a call on the saved draft and lights its way up, step by step. */
import CloseIcon from "@mui/icons-material/Close";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import IconButton from "@mui/material/IconButton";
import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, data, type Schemas } from "@/api/client";
import { useLocations } from "@/layout/locations";
import { ProblemView } from "@/ui/ProblemView";
import { text } from "@/ui/text";
import { fromClock } from "@/ui/zoned";
import { useEditor } from "../editor";
import { words } from "../text";
import { PhoneStates, type States } from "./PhoneStates";
import { Played } from "./Played";

export type Simulation = Schemas["SimulationRead"];
type PhoneState = Schemas["PhoneState"];

interface Props {
  dirty: boolean;
  played: Simulation | null;
  onPlayed: (played: Simulation | null) => void;
  step: number;
  onStep: (step: number) => void;
  onClose: () => void;
}

export function TrialPanel({ dirty, played, onPlayed, step, onStep, onClose }: Props) {
  const { document } = useEditor();
  const entry = document.objects[document.entry];
  const place = useLocations().find(({ id }) => id === entry?.fields.location_id);
  const zone = place?.timezone ?? "UTC";
  const [phones, setPhones] = useState<States>({});
  const play = useMutation({
    mutationFn: (body: Schemas["SimulationRequest"]) => data(api.POST("/api/v1/simulations", { body })),
    onSuccess: (answer) => onPlayed(answer),
  });

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const read = (name: string) => String(form.get(name) ?? "").trim();
    onPlayed(null);
    play.mutate({
      number: String(entry?.fields.number ?? ""),
      caller: read("caller") || null,
      moment: read("moment") ? fromClock(read("moment"), zone) : null,
      keys: read("keys")
        .split(/[\s,]+/)
        .filter(Boolean),
      others: read("others") as PhoneState,
      outside: read("outside") as PhoneState,
      phones,
      out: {},
      source: "draft",
    });
  }

  return (
    <Box component="section" aria-label={words.trial.title} sx={{ p: 2 }}>
      <Stack direction="row" sx={{ alignItems: "flex-start", gap: 1 }}>
        <Box sx={{ flex: 1 }}>
          <Typography variant="h6" component="h2">
            {words.trial.title}
          </Typography>
          <Typography variant="body2" color="textSecondary">
            {words.trial.lead}
          </Typography>
        </Box>
        <IconButton aria-label={`${text.actions.close}: ${words.trial.title}`} onClick={onClose}>
          <CloseIcon />
        </IconButton>
      </Stack>
      {dirty && (
        <Alert severity="info" sx={{ mt: 1 }}>
          {words.trial.saveFirst}
        </Alert>
      )}
      <Stack component="form" onSubmit={submit} sx={{ gap: 2, mt: 2 }}>
        <TextField name="caller" type="tel" label={words.trial.caller} helperText={words.trial.callerHint} />
        <TextField
          name="moment"
          type="datetime-local"
          label={words.trial.moment}
          helperText={words.trial.momentHint(zone)}
          slotProps={{ inputLabel: { shrink: true } }}
        />
        <TextField name="keys" label={words.trial.keys} helperText={words.trial.keysHint} autoComplete="off" />
        <StateChoice name="others" label={words.trial.others} />
        <PhoneStates states={phones} onChange={setPhones} />
        <StateChoice name="outside" label={words.trial.outside} />
        <Button type="submit" variant="contained" disabled={dirty} loading={play.isPending}>
          {words.trial.play}
        </Button>
      </Stack>
      {play.isError && <ProblemView error={play.error} />}
      {played && <Played key={play.submittedAt} played={played} step={step} onStep={onStep} />}
    </Box>
  );
}

function StateChoice({ name, label }: { name: string; label: string }) {
  return (
    <TextField select name={name} label={label} defaultValue="free">
      {Object.entries(words.trial.states).map(([state, said]) => (
        <MenuItem key={state} value={state}>
          {said}
        </MenuItem>
      ))}
    </TextField>
  );
}
