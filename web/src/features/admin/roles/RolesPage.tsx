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
import { Loading } from "@/ui/Loading";
import { Page } from "@/ui/Page";
import { ProblemView } from "@/ui/ProblemView";
import { text } from "@/ui/text";
import { ScopeList } from "../common/ScopeList";
import { useChangeAsRead } from "../common/useChangeAsRead";
import { words } from "../text";
import { type Role, readRole, useDeleteRole, useRolesQuery } from "./queries";
import { AddRole, EditRole } from "./RoleForm";

export function RolesPage() {
  const query = useRolesQuery();
  const mayWrite = useMay()("roles:write");
  const [open, setOpen] = useState<"add" | { id: string } | null>(null);
  const add = mayWrite && (
    <Button variant="contained" onClick={() => setOpen("add")}>
      {words.roles.add}
    </Button>
  );
  return (
    <Page title={words.roles.title} lead={words.roles.lead} actions={add}>
      {query.isPending && <Loading />}
      {query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />}
      {query.data?.items.map((role) => (
        <RoleEntry key={role.id ?? role.name} role={role} mayWrite={mayWrite} onEdit={(id) => setOpen({ id })} />
      ))}
      {open === "add" && <AddRole onClose={() => setOpen(null)} />}
      {open !== null && open !== "add" && <EditRole id={open.id} onClose={() => setOpen(null)} />}
    </Page>
  );
}

function RoleEntry({ role, mayWrite, onEdit }: { role: Role; mayWrite: boolean; onEdit: (id: string) => void }) {
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

function RoleActions({ id, name, onEdit }: { id: string; name: string; onEdit: (id: string) => void }) {
  const change = useChangeAsRead();
  const remove = useDeleteRole();
  function askAndDelete() {
    const { deleteTitle, deleteBody } = words.roles;
    const title = `${deleteTitle} ${name}`;
    return change(
      () => readRole(id),
      { title, body: deleteBody, confirm: text.actions.delete, dangerous: true },
      (etag) => remove.mutateAsync({ id, etag }),
    );
  }
  return (
    <Stack direction="row" sx={{ gap: 1, mt: 2 }}>
      <Button variant="outlined" onClick={() => onEdit(id)}>
        {text.actions.edit}
      </Button>
      <Button color="error" onClick={askAndDelete}>
        {text.actions.delete}
      </Button>
    </Stack>
  );
}
