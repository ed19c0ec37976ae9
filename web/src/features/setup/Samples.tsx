import ExpandIcon from "@mui/icons-material/ExpandMore";
import Accordion from "@mui/material/Accordion";
import AccordionDetails from "@mui/material/AccordionDetails";
import AccordionSummary from "@mui/material/AccordionSummary";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Paper from "@mui/material/Paper";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { useDialogs } from "@/ui/dialogs";
import { importDraft } from "./draft";
import { useReadAgain } from "./queries";
import { SamplePreview } from "./SamplePreview";
import { SAMPLES, type Sample } from "./samples";
import { words } from "./text";

const labels = words.samples;

/** Examples to begin with. What was there before is kept as long as the page is open, to come back to. */
export function Samples({ expanded }: { expanded: boolean }) {
  const [chosen, setChosen] = useState<Sample | null>(null);
  const [before, setBefore] = useState<string | null>(null);
  return (
    <>
      {before !== null && <Made before={before} onUndone={() => setBefore(null)} />}
      <Accordion disableGutters defaultExpanded={expanded} slotProps={{ heading: { component: "h2" } }}>
        <AccordionSummary id="samples" aria-controls="samples-content" expandIcon={<ExpandIcon />}>
          <span>
            <Typography component="span" sx={{ display: "block", fontWeight: 600 }}>
              {labels.title}
            </Typography>
            <Typography component="span" variant="body2" color="textSecondary">
              {labels.lead}
            </Typography>
          </span>
        </AccordionSummary>
        <AccordionDetails>
          <Box sx={{ display: "grid", gap: 2, gridTemplateColumns: "repeat(auto-fit, minmax(220px, 1fr))" }}>
            {SAMPLES.map((sample) => (
              <Paper key={sample.name} sx={{ p: 2, display: "flex", flexDirection: "column", gap: 1 }}>
                <Typography variant="h6" component="h3">
                  {sample.name}
                </Typography>
                <Typography sx={{ flex: 1 }}>{sample.about}</Typography>
                <Button
                  variant="outlined"
                  aria-label={`${labels.preview}: ${sample.name}`}
                  onClick={() => setChosen(sample)}
                >
                  {labels.preview}
                </Button>
              </Paper>
            ))}
          </Box>
        </AccordionDetails>
      </Accordion>
      {chosen && (
        <SamplePreview
          sample={chosen}
          onClose={() => setChosen(null)}
          onMade={(draft) => {
            setBefore(draft);
            setChosen(null);
          }}
        />
      )}
    </>
  );
}

function Made({ before, onUndone }: { before: string; onUndone: () => void }) {
  const { ask, notify, notifyProblem } = useDialogs();
  const readAgain = useReadAgain();
  const [busy, setBusy] = useState(false);
  async function undo() {
    if (!(await ask({ title: labels.undoTitle, body: labels.undoBody, confirm: labels.undo, dangerous: true }))) return;
    setBusy(true);
    try {
      await importDraft(before, { prune: true });
      await readAgain();
      notify(labels.undone);
      onUndone();
    } catch (error) {
      notifyProblem(error);
    } finally {
      setBusy(false);
    }
  }
  const button = (
    <Button color="inherit" size="small" loading={busy} onClick={undo}>
      {labels.undo}
    </Button>
  );
  return (
    <Alert severity="success" action={button} sx={{ mb: 2 }}>
      {labels.made} {labels.secretsHint}
    </Alert>
  );
}
