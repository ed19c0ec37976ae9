import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { TimeZoneInput } from "@/ui/fields";
import { Loading } from "@/ui/Loading";
import { ProblemView } from "@/ui/ProblemView";
import { text } from "@/ui/text";
import { currentDraft, type Imported, importDraft } from "./draft";
import { useDeviceTag, useExisting, useReadAgain } from "./queries";
import { filled, type Sample } from "./samples";
import { words } from "./text";

const labels = words.samples;

interface SamplePreviewProps {
  sample: Sample;
  /** Gets the draft as it was before. */
  onMade: (before: string) => void;
  onClose: () => void;
}

/** What an example would make, by a dry run of its import; then makes it. */
export function SamplePreview({ sample, onMade, onClose }: SamplePreviewProps) {
  const titleId = useId();
  const readAgain = useReadAgain();
  const { locations } = useExisting();
  const [zone, setZone] = useState(Intl.DateTimeFormat().resolvedOptions().timeZone);
  const file = filled(sample, { location: locations[0]?.name ?? "Main", timezone: zone, tag: useDeviceTag() });
  const preview = useQuery({
    queryKey: ["config", "sample", file],
    queryFn: () => importDraft(file, { dry_run: true }),
  });
  const make = useMutation({
    mutationFn: async () => {
      const before = await currentDraft();
      await importDraft(file);
      return before;
    },
    onSuccess: async (before) => {
      await readAgain();
      onMade(before);
    },
  });
  return (
    <Dialog open onClose={onClose} aria-labelledby={titleId}>
      <DialogTitle id={titleId}>{sample.name}</DialogTitle>
      <DialogContent sx={{ "& > :first-of-type": { mt: 1 } }}>
        <TimeZoneInput
          name="timezone"
          label={labels.timezone}
          value={zone}
          onChange={(chosen) => setZone(chosen ?? zone)}
        />
        {preview.isPending && <Loading />}
        {preview.isError && <ProblemView error={preview.error} />}
        {preview.data && <Changes found={preview.data} />}
        {make.isError && <ProblemView error={make.error} />}
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>{text.actions.cancel}</Button>
        <Button
          variant="contained"
          disabled={!preview.data?.ok || !preview.data.changes?.length}
          loading={make.isPending}
          onClick={() => make.mutate()}
        >
          {labels.create}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function Changes({ found: { problems = [], changes = [] } }: { found: Imported }) {
  if (problems.length)
    return (
      <Alert severity="error" sx={{ mt: 2 }}>
        {problems.map(({ object, field, message, hint }) => (
          <div key={`${object} ${field} ${message}`}>
            {object} {field}: {message} {hint}
          </div>
        ))}
      </Alert>
    );
  if (!changes.length) return <p>{labels.nothingNew}</p>;
  return (
    <>
      <p>{labels.previewTitle}:</p>
      <ul>
        {changes.map(({ action, kind, name }) => (
          <li key={`${kind} ${name}`}>
            {labels.actions[action]} {kind.replaceAll("_", " ").replaceAll("-", " ")} <bdi>{name}</bdi>
          </li>
        ))}
      </ul>
    </>
  );
}
