import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import type { FormEvent } from "react";
import { useNavigate } from "react-router";
import { Loading } from "@/ui/Loading";
import { ProblemView } from "@/ui/ProblemView";
import { text as words } from "@/ui/text";
import { Refused } from "./ApplyForm";
import { CanaryField } from "./CanaryField";
import { ChangeList } from "./ChangeList";
import { type Release, requestOf, useComparison, useRollBack } from "./queries";
import { text } from "./text";

const FORM = "roll-back";

/** Asks before rolling back, with what will change back. */
export function RollBackDialog({ release, onClose }: { release: Release; onClose: () => void }) {
  const rollBack = useRollBack(release.id);
  const navigate = useNavigate();
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    rollBack.mutate(requestOf(event.currentTarget), {
      onSuccess: ({ id }) => {
        onClose();
        navigate(`/changes/releases/${id}`);
      },
    });
  }
  return (
    <Dialog open onClose={onClose} maxWidth="md" aria-labelledby="roll-back-title">
      <DialogTitle id="roll-back-title">{text.rollBackTitle(release.number)}</DialogTitle>
      <DialogContent>
        <Stack sx={{ gap: 2 }}>
          <Typography>{text.rollBackLead}</Typography>
          <ChangesBack number={release.number} />
          <Stack component="form" id={FORM} onSubmit={submit} sx={{ gap: 2 }}>
            <TextField
              name="reason"
              label={text.reason}
              helperText={text.reasonHelp}
              slotProps={{ htmlInput: { maxLength: 500 } }}
            />
            <CanaryField />
          </Stack>
          {rollBack.isError && <Refused error={rollBack.error} />}
        </Stack>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>{words.actions.cancel}</Button>
        <Button type="submit" form={FORM} variant="contained" color="error" loading={rollBack.isPending}>
          {text.rollBackConfirm}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function ChangesBack({ number }: { number: number }) {
  const comparison = useComparison("live", String(number));
  if (comparison.isLoadingError) return <ProblemView error={comparison.error} retry={() => comparison.refetch()} />;
  if (!comparison.data) return <Loading />;
  const { changes } = comparison.data;
  return changes.length ? <ChangeList changes={changes} /> : <Typography>{text.rollBackNothing}</Typography>;
}
