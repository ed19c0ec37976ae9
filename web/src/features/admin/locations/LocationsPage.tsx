import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { chooseLocation } from "@/layout/locations";
import { useMay } from "@/session/SessionProvider";
import { EmptyState } from "@/ui/EmptyState";
import { timeOfDay } from "@/ui/format";
import { Page } from "@/ui/Page";
import { text } from "@/ui/text";
import { Listing } from "../common/Listing";
import { RowMenu } from "../common/RowMenu";
import { useChangeAsRead } from "../common/useChangeAsRead";
import { words } from "../text";
import { AddLocation, EditLocation } from "./LocationForm";
import { type Location, readLocation, useDeleteLocation, useLocationPages } from "./queries";

export function LocationsPage() {
  const pages = useLocationPages();
  const mayWrite = useMay()("locations:write");
  const [open, setOpen] = useState<"add" | { id: string } | null>(null);
  const add = mayWrite && (
    <Button variant="contained" onClick={() => setOpen("add")}>
      {words.locations.add}
    </Button>
  );
  return (
    <Page title={words.locations.title} lead={words.locations.lead} actions={add}>
      <Listing
        label={words.locations.title}
        pages={pages}
        rowKey={({ id }) => id}
        empty={<EmptyState title={words.locations.empty} hint={words.locations.emptyHint} action={add} />}
        columns={[
          { label: words.locations.name, cell: (location) => <Place location={location} /> },
          { label: words.locations.timezone, cell: ({ timezone }) => <Zone name={timezone} /> },
          { label: words.locations.node, cell: ({ node }) => node, wide: true },
          {
            label: words.actions,
            cell: (location) => (
              <LocationMenu location={location} mayWrite={mayWrite} onEdit={() => setOpen({ id: location.id })} />
            ),
          },
        ]}
      />
      {open === "add" && <AddLocation onClose={() => setOpen(null)} />}
      {open !== null && open !== "add" && <EditLocation id={open.id} onClose={() => setOpen(null)} />}
    </Page>
  );
}

function Place({ location: { name, address } }: { location: Location }) {
  const place = [...(address.lines ?? []), address.city, address.region, address.country].filter(Boolean).join(", ");
  return (
    <>
      <bdi>{name}</bdi>
      <Typography variant="body2" color="textSecondary">
        <bdi>{place}</bdi>
      </Typography>
    </>
  );
}

function Zone({ name }: { name: string }) {
  return (
    <>
      {name.replaceAll("_", " ")}
      <Typography variant="body2" color="textSecondary">
        {timeOfDay(new Date().toISOString(), name)}
      </Typography>
    </>
  );
}

interface LocationMenuProps {
  location: Location;
  mayWrite: boolean;
  onEdit: () => void;
}

function LocationMenu({ location: { id, name }, mayWrite, onEdit }: LocationMenuProps) {
  const change = useChangeAsRead();
  const remove = useDeleteLocation();
  function askAndDelete() {
    const { deleteTitle, deleteBody } = words.locations;
    const title = `${deleteTitle} ${name}`;
    return change(
      () => readLocation(id),
      { title, body: deleteBody, confirm: text.actions.delete, dangerous: true },
      (etag) => remove.mutateAsync({ id, etag }),
    );
  }
  const look = { label: words.locations.look, run: () => chooseLocation(id) };
  const changes = [
    { label: text.actions.edit, run: onEdit },
    { label: text.actions.delete, run: askAndDelete, dangerous: true },
  ];
  return <RowMenu label={name} actions={mayWrite ? [look, ...changes] : [look]} />;
}
