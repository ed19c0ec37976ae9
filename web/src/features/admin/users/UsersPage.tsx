import Button from "@mui/material/Button";
import Chip from "@mui/material/Chip";
import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { useLocations } from "@/layout/locations";
import { useMay, useMe } from "@/session/SessionProvider";
import { useFilter } from "@/ui/address";
import { EmptyState } from "@/ui/EmptyState";
import { ago } from "@/ui/format";
import { Page } from "@/ui/Page";
import { Search } from "@/ui/Search";
import { text } from "@/ui/text";
import { type Column, Listing } from "../common/Listing";
import { OnceShown } from "../common/OnceShown";
import { RowMenu } from "../common/RowMenu";
import { useChangeAsRead } from "../common/useChangeAsRead";
import { useRoles } from "../roles/queries";
import { words } from "../text";
import { deleteUser, patchUser, readUser, resetPassword, type User, useUserChange, useUsers } from "./queries";
import { AddUser, EditUser } from "./UserForm";

type Open = { add: true } | { edit: string } | { password: string; of: string } | null;

export function UsersPage() {
  const [q] = useFilter("q");
  const [role, setRole] = useFilter("role");
  const [open, setOpen] = useState<Open>(null);
  const pages = useUsers(q, role);
  const roles = useRoles();
  const mayWrite = useMay()("users:write");
  const close = () => setOpen(null);
  const add = mayWrite && (
    <Button variant="contained" onClick={() => setOpen({ add: true })}>
      {words.users.add}
    </Button>
  );
  return (
    <Page title={words.users.title} lead={words.users.lead} actions={add}>
      <Stack direction="row" sx={{ gap: 2, mb: 2, flexWrap: "wrap" }}>
        <Search name="q" label={words.users.search} />
        <TextField
          select
          label={words.users.role}
          value={role}
          onChange={(event) => setRole(event.target.value)}
          sx={{ minWidth: 140 }}
          slotProps={{ inputLabel: { shrink: true }, select: { displayEmpty: true } }}
        >
          <MenuItem value="">{words.users.anyRole}</MenuItem>
          {roles.map(({ name }) => (
            <MenuItem key={name} value={name}>
              {name}
            </MenuItem>
          ))}
        </TextField>
      </Stack>
      <Listing
        label={words.users.title}
        pages={pages}
        rowKey={({ id }) => id}
        columns={useColumns(mayWrite, setOpen)}
        empty={<EmptyState title={words.users.empty} action={add} />}
      />
      {open && "add" in open && (
        <AddUser onClose={close} onMade={({ email }, password) => setOpen({ password, of: email })} />
      )}
      {open && "edit" in open && <EditUser id={open.edit} onClose={close} />}
      {open && "password" in open && (
        <OnceShown
          title={`${words.users.passwordTitle} ${open.of}`}
          label={words.users.password}
          secret={open.password}
          hint={words.users.passwordHint}
          onClose={close}
        />
      )}
    </Page>
  );
}

function useColumns(mayWrite: boolean, setOpen: (open: Open) => void): Column<User>[] {
  const locations = useLocations();
  const me = useMe();
  const roles = useRoles();
  const everywhere = new Set(roles.filter(({ all_locations }) => all_locations).map(({ name }) => name));
  const placesOf = (user: User) =>
    (everywhere.has(user.role) && words.allLocations) ||
    locations
      .filter(({ id }) => user.location_ids.includes(id))
      .map(({ name }) => name)
      .join(", ") ||
    text.none;
  return [
    {
      label: words.users.name,
      cell: (user) => (
        <>
          <bdi>{user.name}</bdi> {user.id === me.user?.id && <Chip size="small" label={words.users.you} />}{" "}
          {user.disabled && <Chip size="small" color="warning" label={words.users.disabled} />}
          <Typography variant="body2" color="textSecondary">
            {user.email}
          </Typography>
        </>
      ),
    },
    { label: words.users.role, cell: (user) => <bdi>{user.role}</bdi> },
    { label: words.users.locations, cell: (user) => <bdi>{placesOf(user)}</bdi>, wide: true },
    {
      label: words.users.lastLogin,
      cell: ({ last_login_at }) => (last_login_at ? ago(last_login_at) : words.never),
      wide: true,
    },
    ...(mayWrite
      ? [
          {
            label: words.actions,
            cell: (user: User) => <UserMenu user={user} isMe={user.id === me.user?.id} setOpen={setOpen} />,
          },
        ]
      : []),
  ];
}

function UserMenu({ user, isMe, setOpen }: { user: User; isMe: boolean; setOpen: (open: Open) => void }) {
  const change = useUserChange(patchUser);
  const remove = useUserChange(deleteUser);
  const reset = useUserChange(resetPassword);
  const changeAsRead = useChangeAsRead();
  const read = () => readUser(user.id);
  const about = (title: string, body: string, confirm: string) => ({
    title: `${title} ${user.email}`,
    body,
    confirm,
    dangerous: true,
  });
  const disable = (etag: string, disabled: boolean) => change.mutateAsync({ id: user.id, etag, body: { disabled } });
  const { users } = words;
  const others = [
    {
      label: users.reset,
      run: () =>
        changeAsRead(read, about(users.resetTitle, users.resetBody, users.reset), async () => {
          const { password } = await reset.mutateAsync(user.id);
          setOpen({ password, of: user.email });
        }),
    },
    user.disabled
      ? {
          label: users.enable,
          run: () => changeAsRead(read, null, (etag) => disable(etag, false)),
        }
      : {
          label: users.disable,
          dangerous: true,
          run: () =>
            changeAsRead(read, about(users.disableTitle, users.disableBody, users.disable), (etag) =>
              disable(etag, true),
            ),
        },
    {
      label: users.delete,
      dangerous: true,
      run: () =>
        changeAsRead(read, about(users.deleteTitle, users.deleteBody, users.delete), (etag) =>
          remove.mutateAsync({ id: user.id, etag }),
        ),
    },
  ];
  const edit = { label: text.actions.edit, run: () => setOpen({ edit: user.id }) };
  return <RowMenu label={user.name} actions={isMe ? [edit] : [edit, ...others]} />;
}
