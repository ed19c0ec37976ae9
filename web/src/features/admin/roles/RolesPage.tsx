import ExpandIcon from "@mui/icons-material/ExpandMore";
import Accordion from "@mui/material/Accordion";
import AccordionDetails from "@mui/material/AccordionDetails";
import AccordionSummary from "@mui/material/AccordionSummary";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Chip from "@mui/material/Chip";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useId, useState } from "react";
import { useMay } from "@/session/SessionProvider";
import { useDialogs } from "@/ui/dialogs";
import { Loading } from "@/ui/Loading";
import { Page } from "@/ui/Page";
import { ProblemView } from "@/ui/ProblemView";
import { text } from "@/ui/text";
import { ScopeList } from "../common/ScopeList";
import { words } from "../text";
import { type Role, useDeleteRole, useRolesQuery } from "./queries";
import { RoleForm } from "./RoleForm";

export function RolesPage() {
  const query = useRolesQuery();
  const mayWrite = useMay()("roles:write");
  const [open, setOpen] = useState<{ role: Role | null } | null>(null);
  const add = mayWrite && (
    <Button variant="contained" onClick={() => setOpen({ role: null })}>
      {words.roles.add}
    </Button>
  );
  return (
    <Page title={words.roles.title} lead={words.roles.lead} actions={add}>
      {query.isPending && <Loading />}
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.data?.items.map((role) => (
        <RoleEntry key={role.id ?? role.name} role={role} mayWrite={mayWrite} onEdit={() => setOpen({ role })} />
      ))}
      {open && <RoleForm role={open.role} onClose={() => setOpen(null)} />}
    </Page>
  );
}

function RoleEntry({ role, mayWrite, onEdit }: { role: Role; mayWrite: boolean; onEdit: () => void }) {
  const id = useId();
  const about: Record<string, string> = words.roles.about;
  return (
    <Accordion disableGutters slotProps={{ heading: { component: "h2" } }}>
      <AccordionSummary id={id} aria-controls={`${id}-content`} expandIcon={<ExpandIcon />}>
        <Box sx={{ flex: 1, minWidth: 0, overflowWrap: "anywhere" }}>
          <Stack direction="row" sx={{ gap: 1, alignItems: "center", flexWrap: "wrap" }}>
            <Typography component="span" sx={{ fontWeight: 600 }}>
              <bdi>{role.name}</bdi>
            </Typography>
            <Chip size="small" label={role.id ? words.roles.own : words.roles.builtIn} />
          </Stack>
          <Typography component="span" variant="body2" color="textSecondary">
            {(!role.id && about[role.name]) || `${role.scopes.length} rights`}
          </Typography>
        </Box>
      </AccordionSummary>
      <AccordionDetails>
        <Typography variant="body2" sx={{ mb: 2 }}>
          {role.all_locations ? words.roles.everywhere : words.roles.somewhere}.{" "}
          {role.own_only ? words.roles.ownOnly : words.roles.allOfThem}.
        </Typography>
        <ScopeList scopes={role.scopes} />
        {role.id && mayWrite && <RoleActions id={role.id} name={role.name} onEdit={onEdit} />}
      </AccordionDetails>
    </Accordion>
  );
}

function RoleActions({ id, name, onEdit }: { id: string; name: string; onEdit: () => void }) {
  const { ask, notifyProblem } = useDialogs();
  const remove = useDeleteRole();
  async function askAndDelete() {
    const { deleteTitle, deleteBody } = words.roles;
    const title = `${deleteTitle} ${name}`;
    if (await ask({ title, body: deleteBody, confirm: text.actions.delete, dangerous: true }))
      await remove.mutateAsync(id).catch(notifyProblem);
  }
  return (
    <Stack direction="row" sx={{ gap: 1, mt: 2 }}>
      <Button variant="outlined" onClick={onEdit}>
        {text.actions.edit}
      </Button>
      <Button color="error" onClick={askAndDelete}>
        {text.actions.delete}
      </Button>
    </Stack>
  );
}
