import Button from "@mui/material/Button";
import Paper from "@mui/material/Paper";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { Link as RouterLink, useNavigate, useParams } from "react-router";
import { useMay } from "@/session/SessionProvider";
import { dateTime } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { Page } from "@/ui/Page";
import { ProblemView } from "@/ui/ProblemView";
import { text as common } from "@/ui/text";
import { ContactDetails } from "./ContactDetails";
import { EditContact } from "./ContactForm";
import { type Contact, useContact } from "./queries";
import { text } from "./text";
import { useDelete } from "./useDelete";

/** `/contacts/<id>`: one contact, and the way to their calls. */
export function ContactPage() {
  const { id = "" } = useParams();
  const found = useContact(id);
  if (found.isLoadingError)
    return (
      <Page title={text.panel.title}>
        <ProblemView error={found.error} retry={() => found.refetch()} />
        <Button component={RouterLink} to="/contacts">
          {text.page.back}
        </Button>
      </Page>
    );
  if (!found.data) return <Loading />;
  const { contact } = found.data;
  return (
    <Page title={contact.name} actions={<Actions contact={contact} />}>
      <Paper sx={{ p: 2 }}>
        <ContactDetails {...contact} />
        <Typography variant="body2" color="textSecondary" sx={{ mt: 2 }}>
          {text.page.added} {dateTime(contact.created_at)} · {text.page.changed} {dateTime(contact.updated_at)}
        </Typography>
      </Paper>
    </Page>
  );
}

function Actions({ contact }: { contact: Contact }) {
  const may = useMay();
  const remove = useDelete();
  const navigate = useNavigate();
  const [editing, setEditing] = useState(false);
  return (
    <>
      {may("calls:read") && contact.numbers.length > 0 && (
        <Button component={RouterLink} to={`/calls?contact=${contact.id}`}>
          {text.page.callsWith(contact.name)}
        </Button>
      )}
      {may("contacts:write") && (
        <>
          <Button color="error" onClick={async () => (await remove([contact])) && navigate("/contacts")}>
            {common.actions.delete}
          </Button>
          <Button variant="contained" onClick={() => setEditing(true)}>
            {common.actions.edit}
          </Button>
        </>
      )}
      {editing && <EditContact id={contact.id} onClose={() => setEditing(false)} />}
    </>
  );
}
