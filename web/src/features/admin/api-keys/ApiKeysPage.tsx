import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { useLocations } from "@/layout/locations";
import { useMay } from "@/session/SessionProvider";
import { EmptyState } from "@/ui/EmptyState";
import { ago, count, dateTime } from "@/ui/format";
import { Page } from "@/ui/Page";
import { text } from "@/ui/text";
import { type Column, Listing } from "../common/Listing";
import { OnceShown } from "../common/OnceShown";
import { RowMenu } from "../common/RowMenu";
import { useChangeAsRead } from "../common/useChangeAsRead";
import { words } from "../text";
import { usePeople } from "../users/queries";
import { AddKey } from "./AddKey";
import { type ApiKey, readKey, useApiKeys, useDeleteKey } from "./queries";

const labels = words.keys;

export function ApiKeysPage() {
  const pages = useApiKeys();
  const mayWrite = useMay()("api-keys:write");
  const [open, setOpen] = useState<"add" | { name: string; key: string } | null>(null);
  const close = () => setOpen(null);
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
        columns={useColumns(mayWrite)}
        empty={<EmptyState title={labels.empty} hint={labels.emptyHint} action={add} />}
      />
      {open === "add" && <AddKey onMade={setOpen} onClose={close} />}
      {open !== null && open !== "add" && (
        <OnceShown
          title={`${labels.title2} ${open.name}`}
          label={labels.label}
          secret={open.key}
          hint={labels.hint}
          onClose={close}
        />
      )}
    </Page>
  );
}

function useColumns(mayWrite: boolean): Column<ApiKey>[] {
  const locations = useLocations();
  const people = usePeople();
  const placesOf = ({ location_ids }: ApiKey) =>
    location_ids
      ? locations
          .filter(({ id }) => location_ids.includes(id))
          .map(({ name }) => name)
          .join(", ")
      : words.allLocations;
  const makerOf = (key: ApiKey) => people.find(({ id }) => id === key.created_by)?.email ?? text.none;
  return [
    {
      label: labels.name,
      cell: (key) => (
        <>
          <bdi>{key.name}</bdi>
          <Typography variant="body2" color="textSecondary">
            {key.prefix}… · {makerOf(key)}
          </Typography>
        </>
      ),
    },
    { label: labels.rights, cell: ({ scopes }) => count(scopes.length, "right"), wide: true },
    { label: labels.locations, cell: (key) => <bdi>{placesOf(key)}</bdi>, wide: true },
    { label: labels.expires, cell: ({ expires_at }) => (expires_at ? dateTime(expires_at) : words.never) },
    {
      label: labels.used,
      cell: ({ last_used_at }) => (last_used_at ? ago(last_used_at) : words.never),
      wide: true,
    },
    ...(mayWrite ? [{ label: words.actions, cell: (key: ApiKey) => <KeyMenu apiKey={key} /> }] : []),
  ];
}

function KeyMenu({ apiKey: { id, name } }: { apiKey: ApiKey }) {
  const remove = useDeleteKey();
  const change = useChangeAsRead();
  function askAndDelete() {
    const title = `${labels.deleteTitle} ${name}`;
    return change(
      () => readKey(id),
      { title, body: labels.deleteBody, confirm: labels.delete, dangerous: true },
      (etag) => remove.mutateAsync({ id, etag }),
    );
  }
  return <RowMenu label={name} actions={[{ label: labels.delete, run: askAndDelete, dangerous: true }]} />;
}
