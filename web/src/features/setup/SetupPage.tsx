import DoneIcon from "@mui/icons-material/CheckCircle";
import ExpandIcon from "@mui/icons-material/ExpandMore";
import Accordion from "@mui/material/Accordion";
import AccordionDetails from "@mui/material/AccordionDetails";
import AccordionSummary from "@mui/material/AccordionSummary";
import Avatar from "@mui/material/Avatar";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";
import { EmptyState } from "@/ui/EmptyState";
import { Loading } from "@/ui/Loading";
import { Page } from "@/ui/Page";
import { ProblemView } from "@/ui/ProblemView";
import { text } from "@/ui/text";
import { type Existing, useExisting, usePlan } from "./queries";
import { Samples } from "./Samples";
import { doneOf } from "./state";
import { ApplyStep } from "./steps/ApplyStep";
import { NumberStep } from "./steps/NumberStep";
import { PhoneStep } from "./steps/PhoneStep";
import { PlaceStep } from "./steps/PlaceStep";
import { TestStep } from "./steps/TestStep";
import { TrunkStep } from "./steps/TrunkStep";
import { words } from "./text";

/** The first start: steps in order, each open to all who come back. */
export function SetupPage() {
  const existing = useExisting();
  const home = (
    <Button component={Link} to="/">
      {words.home}
    </Button>
  );
  return (
    <Page title={words.title} lead={words.lead} actions={home}>
      {!existing.enabled && <EmptyState title={text.states.noRight} hint={words.noRight} />}
      {existing.isPending && <Loading />}
      {existing.error && <ProblemView error={existing.error} />}
      {existing.enabled && !existing.isPending && !existing.error && <Guide existing={existing} />}
    </Page>
  );
}

interface Entry {
  label: string;
  done: boolean;
  content: ReactNode;
}

function Guide({ existing }: { existing: Existing }) {
  const done = doneOf(existing);
  const plan = usePlan();
  const applied = plan.data !== undefined && !plan.data.changes.length && plan.data.live_release_id !== null;
  const entries: Entry[] = [
    { label: words.place.title, done: done.place, content: <PlaceStep existing={existing} /> },
    {
      label: words.phone.title,
      done: done.phone,
      content: <PhoneStep existing={existing} onMade={() => setChosen(PHONE)} />,
    },
    { label: words.trunk.title, done: done.trunk, content: <TrunkStep existing={existing} /> },
    { label: words.number.title, done: done.number, content: <NumberStep existing={existing} /> },
    { label: words.apply.title, done: applied, content: <ApplyStep /> },
    { label: words.test.title, done: false, content: <TestStep existing={existing} /> },
  ];
  const first = entries.findIndex((entry) => !entry.done);
  const [chosen, setChosen] = useState<number | null>(null);
  const active = chosen ?? first;
  return (
    <>
      <Box sx={{ mb: 2 }}>
        <Samples expanded={!done.phone && !done.number} />
      </Box>
      {entries.map(({ label, done, content }, index) => (
        <Accordion
          key={label}
          disableGutters
          slotProps={{ heading: { component: "h2" }, transition: { unmountOnExit: true } }}
          expanded={index === active}
          onChange={(_, open) => setChosen(open ? index : CLOSED)}
        >
          <AccordionSummary id={`step-${index}`} aria-controls={`step-${index}-content`} expandIcon={<ExpandIcon />}>
            <StepLabel number={index + 1} label={label} done={done} />
          </AccordionSummary>
          <AccordionDetails>
            {content}
            {index < entries.length - 1 && (
              <Button sx={{ mt: 2 }} onClick={() => setChosen(index + 1)}>
                {done ? words.next : words.skip}
              </Button>
            )}
          </AccordionDetails>
        </Accordion>
      ))}
    </>
  );
}

function StepLabel({ number, label, done }: { number: number; label: string; done: boolean }) {
  return (
    <Box component="span" sx={{ display: "flex", alignItems: "center", gap: 1.5 }}>
      {done ? <DoneIcon color="success" titleAccess={words.done} /> : <Avatar sx={NUMBER}>{number}</Avatar>}
      <Typography component="span" sx={{ fontWeight: 600 }}>
        {label}
      </Typography>
    </Box>
  );
}

const NUMBER = { width: 24, height: 24, fontSize: 14, bgcolor: "primary.main", color: "primary.contrastText" } as const;
const CLOSED = -1;
const PHONE = 1;
