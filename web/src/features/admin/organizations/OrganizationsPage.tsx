import Button from "@mui/material/Button";
import Chip from "@mui/material/Chip";
import { useState } from "react";
import type { Schemas } from "@/api/client";
import { useMay, useMe } from "@/session/SessionProvider";
import { FormDialog } from "@/ui/FormDialog";
import { TextInput, useForm } from "@/ui/fields";
import { dateTime } from "@/ui/format";
import { Page } from "@/ui/Page";
import { text } from "@/ui/text";
import { AsOpened } from "../common/AsOpened";
import { Listing } from "../common/Listing";
import { RowMenu } from "../common/RowMenu";
import { useChangeAsRead } from "../common/useChangeAsRead";
import { words } from "../text";
import { readOrganization, useDeleteOrganization, useOrganizations, useSaveOrganization } from "./queries";
import { workIn } from "./workIn";

type Organization = Schemas["OrganizationRead"];
const labels = words.organizations;

export function OrganizationsPage() {
  const pages = useOrganizations();
  const me = useMe();
  const mayWrite = useMay()("organizations:write") && me.installation_admin;
  const [open, setOpen] = useState<"add" | { id: string } | null>(null);
  const add = mayWrite && (
    <Button variant="contained" onClick={() => setOpen("add")}>
      {labels.add}
    </Button>
  );
  return (
    <Page title={labels.title} lead={labels.lead} actions={add}>
      <Listing
        label={labels.title}
        pages={pages}
        rowKey={({ id }) => id}
        empty={null}
        columns={[
          {
            label: labels.name,
            cell: ({ id, name }) => (
              <>
                <bdi>{name}</bdi>{" "}
                {id === me.org_id && <Chip size="small" color="primary" variant="outlined" label={labels.here} />}
              </>
            ),
          },
          { label: labels.since, cell: ({ created_at }) => dateTime(created_at), wide: true },
          ...(mayWrite
            ? [
                {
                  label: words.actions,
                  cell: (organization: Organization) => (
                    <OrganizationMenu organization={organization} onRename={() => setOpen({ id: organization.id })} />
                  ),
                },
              ]
            : []),
        ]}
      />
      {open === "add" && <OrganizationForm onClose={() => setOpen(null)} />}
      {open !== null && open !== "add" && <RenameOrganization id={open.id} onClose={() => setOpen(null)} />}
    </Page>
  );
}

function OrganizationMenu({ organization, onRename }: { organization: Organization; onRename: () => void }) {
  const me = useMe();
  const remove = useDeleteOrganization();
  const change = useChangeAsRead();
  const { id, name } = organization;
  function askAndDelete() {
    const title = `${labels.deleteTitle} ${name}`;
    return change(
      () => readOrganization(id),
      { title, body: labels.deleteBody, confirm: text.actions.delete, dangerous: true },
      (etag) => remove.mutateAsync({ id, etag }),
    );
  }
  const rename = { label: labels.rename, run: onRename };
  const elsewhere = [
    { label: labels.work, run: () => workIn(id === me.user?.org_id ? null : id) },
    rename,
    { label: text.actions.delete, run: askAndDelete, dangerous: true },
  ];
  return <RowMenu label={name} actions={id === me.org_id ? [rename] : elsewhere} />;
}

function RenameOrganization({ id, onClose }: { id: string; onClose: () => void }) {
  return (
    <AsOpened resource="organizations" id={id} read={readOrganization}>
      {({ shown, etag }, reload) => (
        <OrganizationForm key={etag} etag={etag} organization={shown} onReload={reload} onClose={onClose} />
      )}
    </AsOpened>
  );
}

interface OrganizationFormProps {
  organization?: Organization;
  etag?: string;
  onReload?: () => void;
  onClose: () => void;
}

function OrganizationForm({ organization, etag, onReload, onClose }: OrganizationFormProps) {
  const save = useSaveOrganization();
  const { value, bind, dirty } = useForm({ name: organization?.name ?? "" });
  return (
    <FormDialog
      title={organization ? `${labels.rename}: ${organization.name}` : labels.add}
      submit={text.actions.save}
      dirty={dirty}
      onReload={onReload}
      onClose={onClose}
      onSubmit={async () => {
        await save.mutateAsync({ id: organization?.id, etag, name: value.name });
        onClose();
      }}
    >
      <TextInput {...bind("name")} label={labels.name} required autoFocus />
    </FormDialog>
  );
}
