import Checkbox from "@mui/material/Checkbox";
import FormControlLabel from "@mui/material/FormControlLabel";
import { FormDialog } from "@/ui/FormDialog";
import { TextInput, useForm } from "@/ui/fields";
import { AsOpened } from "../common/AsOpened";
import { ScopePicker } from "../common/ScopePicker";
import { words } from "../text";
import { type Role, readRole, useSaveRole } from "./queries";

/** Makes a role of one's own. */
export function AddRole({ onClose }: { onClose: () => void }) {
  return <RoleForm onClose={onClose} />;
}

export function EditRole({ id, onClose }: { id: string; onClose: () => void }) {
  return (
    <AsOpened resource="roles" id={id} read={readRole}>
      {({ shown, etag }, reload) => (
        <RoleForm key={etag} id={id} etag={etag} role={shown} onReload={reload} onClose={onClose} />
      )}
    </AsOpened>
  );
}

interface RoleFormProps {
  id?: string;
  etag?: string;
  role?: Role;
  onReload?: () => void;
  onClose: () => void;
}

function RoleForm({ id, etag, role, onReload, onClose }: RoleFormProps) {
  const save = useSaveRole();
  const { value, set, bind, dirty } = useForm({
    name: role?.name ?? "",
    scopes: role?.scopes ?? [],
    all_locations: role?.all_locations ?? false,
    own_only: role?.own_only ?? false,
  });
  return (
    <FormDialog
      title={role ? `${words.roles.edit}: ${role.name}` : words.roles.add}
      submit={words.roles.save}
      dirty={dirty}
      onReload={onReload}
      onClose={onClose}
      onSubmit={async () => {
        await save.mutateAsync({ id, etag, body: value });
        onClose();
      }}
    >
      <TextInput {...bind("name")} label={words.roles.name} required autoFocus />
      <div>
        <FormControlLabel
          label={words.roles.everywhere}
          control={
            <Checkbox
              checked={value.all_locations}
              onChange={(event) => set({ all_locations: event.target.checked })}
            />
          }
        />
        <FormControlLabel
          label={words.roles.ownOnly}
          control={<Checkbox checked={value.own_only} onChange={(event) => set({ own_only: event.target.checked })} />}
        />
      </div>
      <ScopePicker value={value.scopes} onChange={(scopes) => set({ scopes })} />
    </FormDialog>
  );
}
