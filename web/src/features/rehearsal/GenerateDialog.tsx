import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import type { Schemas } from "@/api/client";
import { Autocomplete } from "@/ui/Autocomplete";
import { useDialogs } from "@/ui/dialogs";
import { ProblemView } from "@/ui/ProblemView";
import { text as words } from "@/ui/text";
import { labelOf } from "./NumberPicker";
import { type PhoneNumber, useGenerate, useNumbers } from "./queries";
import { text } from "./text";

/** Makes tests out of how calls go: first shown, then made. */
export function GenerateDialog({ onClose }: { onClose: () => void }) {
  const [chosen, setChosen] = useState<PhoneNumber[]>([]);
  const generate = useGenerate();
  const { notify } = useDialogs();
  const shown = generate.data?.dry_run ? generate.data : null;
  const wanted = (dry_run: boolean) => ({
    phone_number_ids: chosen.length ? chosen.map(({ id }) => id) : null,
    source: "live" as const,
    dry_run,
  });
  function make() {
    generate.mutate(wanted(false), {
      onSuccess: ({ made }) => {
        notify(text.generate.made(made.length));
        onClose();
      },
    });
  }
  return (
    <Dialog open onClose={onClose} aria-labelledby="generate-title">
      <DialogTitle id="generate-title">{text.generate.title}</DialogTitle>
      <DialogContent>
        <Stack sx={{ gap: 2 }}>
          <Typography>{text.generate.lead}</Typography>
          <Numbers
            value={chosen}
            onChange={(numbers) => {
              setChosen(numbers);
              generate.reset();
            }}
          />
          {generate.isError && <ProblemView error={generate.error} />}
          {shown && <Shown generated={shown} />}
        </Stack>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>{words.actions.cancel}</Button>
        {shown ? (
          <Button variant="contained" loading={generate.isPending} disabled={!shown.made.length} onClick={make}>
            {text.generate.make(shown.made.length)}
          </Button>
        ) : (
          <Button variant="contained" loading={generate.isPending} onClick={() => generate.mutate(wanted(true))}>
            {text.generate.show}
          </Button>
        )}
      </DialogActions>
    </Dialog>
  );
}

function Numbers({ value, onChange }: { value: PhoneNumber[]; onChange: (numbers: PhoneNumber[]) => void }) {
  const [typed, setTyped] = useState("");
  const found = useNumbers(typed);
  return (
    <Autocomplete
      multiple
      options={found.data?.items ?? []}
      value={value}
      filterOptions={(all) => all}
      isOptionEqualToValue={(one, other) => one.id === other.id}
      getOptionKey={({ id }) => id}
      getOptionLabel={labelOf}
      onInputChange={(_, input, reason) => setTyped(reason === "input" ? input : "")}
      onChange={(_, numbers) => onChange(numbers)}
      renderInput={(params) => (
        <TextField {...params} label={text.generate.numbers} helperText={text.generate.numbersHelp} />
      )}
    />
  );
}

function Shown({ generated }: { generated: Schemas["Generated"] }) {
  const { made, passed_over } = generated;
  return (
    <Box role="status">
      {!made.length && <Typography>{text.generate.nothing}</Typography>}
      <Box component="ul" sx={{ pl: 3, my: 0, overflowWrap: "anywhere" }}>
        {made.map(({ name, expect }) => (
          <li key={name}>
            <bdi>{name}</bdi>
            {expect.ends && `: ${text.outcomes[expect.ends].toLowerCase()}`}
          </li>
        ))}
      </Box>
      {passed_over.length > 0 && (
        <Typography color="textSecondary">{text.generate.passedOver(passed_over.length)}</Typography>
      )}
    </Box>
  );
}
