import Button from "@mui/material/Button";
import Link from "@mui/material/Link";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { Link as RouterLink } from "react-router";
import { useMay } from "@/session/SessionProvider";
import { Loading } from "@/ui/Loading";
import { ProblemView } from "@/ui/ProblemView";
import { text as common } from "@/ui/text";
import { AddNumber } from "./AddNumber";
import { ContactDetails } from "./ContactDetails";
import { AddContact, EditContact } from "./ContactForm";
import { type ContactRef, useContact } from "./queries";
import { text } from "./text";

interface ContactPanelProps {
  contact: ContactRef | null;
  /** Of the other side. */
  number: string;
  /** As the carrier tells it, for a new contact. */
  name: string;
}

/** Who a call is with, or the ways to say so. */
export function ContactPanel({ contact, number, name }: ContactPanelProps) {
  return contact ? <Known {...contact} /> : <Unknown number={number} name={name} />;
}

function Known({ id, name }: ContactRef) {
  const may = useMay();
  const found = useContact(id);
  const [editing, setEditing] = useState(false);
  return (
    <Stack sx={{ gap: 1 }}>
      <Link component={RouterLink} to={`/contacts/${id}`} sx={{ fontWeight: 600, overflowWrap: "anywhere" }}>
        <bdi>{found.data?.contact.name ?? name}</bdi>
      </Link>
      {found.isError && <ProblemView error={found.error} retry={() => found.refetch()} />}
      {found.isPending && <Loading />}
      {found.data && <ContactDetails {...found.data.contact} />}
      <Stack direction="row" sx={{ gap: 1, flexWrap: "wrap" }}>
        {may("contacts:write") && <Button onClick={() => setEditing(true)}>{common.actions.edit}</Button>}
        <Button component={RouterLink} to={`/calls?contact=${id}`}>
          {text.page.callsWith(name)}
        </Button>
      </Stack>
      {editing && <EditContact id={id} onClose={() => setEditing(false)} />}
    </Stack>
  );
}

function Unknown({ number, name }: { number: string; name: string }) {
  const mayWrite = useMay()("contacts:write");
  const [open, setOpen] = useState<"new" | "existing" | null>(null);
  const close = () => setOpen(null);
  return (
    <Stack sx={{ gap: 1 }}>
      <Typography color="textSecondary">{text.panel.unknown}</Typography>
      {mayWrite && (
        <Stack direction="row" sx={{ gap: 1, flexWrap: "wrap" }}>
          <Button variant="outlined" onClick={() => setOpen("new")}>
            {text.panel.add}
          </Button>
          <Button onClick={() => setOpen("existing")}>{text.panel.addTo}</Button>
        </Stack>
      )}
      {open === "new" && <AddContact known={{ name, numbers: [{ number, label: "" }] }} onClose={close} />}
      {open === "existing" && <AddNumber number={number} onClose={close} />}
    </Stack>
  );
}
