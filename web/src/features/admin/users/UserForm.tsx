import Checkbox from "@mui/material/Checkbox";
import FormControlLabel from "@mui/material/FormControlLabel";
import { useLocations } from "@/layout/locations";
import { useMe } from "@/session/SessionProvider";
import { FormDialog } from "@/ui/FormDialog";
import { Choice, Several, TextInput, useForm } from "@/ui/fields";
import { text } from "@/ui/text";
import { AsOpened } from "../common/AsOpened";
import { useRoles } from "../roles/queries";
import { words } from "../text";
import { ExtensionsPicker } from "./ExtensionsPicker";
import { createUser, patchUser, readUser, type User, useUserChange } from "./queries";

const NEW = {
  name: "",
  email: "",
  role: "staff",
  location_ids: [] as string[],
  extension_ids: [] as string[],
  installation_admin: false,
};
type Values = typeof NEW;

/** Makes a user; the made-up password is handed to `onMade`, once. */
export function AddUser({ onMade, onClose }: { onMade: (user: User, password: string) => void; onClose: () => void }) {
  const create = useUserChange(createUser);
  return (
    <UserForm
      title={words.users.add}
      initial={NEW}
      onClose={onClose}
      onSubmit={async (wanted) => {
        const { password, ...user } = await create.mutateAsync(wanted);
        onMade(user, password ?? "");
      }}
    />
  );
}

export function EditUser({ id, onClose }: { id: string; onClose: () => void }) {
  const change = useUserChange(patchUser);
  return (
    <AsOpened resource="users" id={id} read={readUser}>
      {({ shown: { name, email, role, location_ids, extension_ids, installation_admin }, etag }, reload) => (
        <UserForm
          key={etag}
          title={`${words.users.edit}: ${name}`}
          initial={{ name, email, role, location_ids, extension_ids, installation_admin }}
          onReload={reload}
          onClose={onClose}
          onSubmit={async (body) => {
            await change.mutateAsync({ id, etag, body });
            onClose();
          }}
        />
      )}
    </AsOpened>
  );
}

interface UserFormProps {
  title: string;
  initial: Values;
  onSubmit: (values: Values) => Promise<void>;
  onReload?: () => void;
  onClose: () => void;
}

function UserForm({ title, initial, onSubmit, onReload, onClose }: UserFormProps) {
  const { value, set, bind, dirty } = useForm(initial);
  const me = useMe();
  const roles = useRoles();
  const locations = useLocations();
  const everywhere = roles.find(({ name }) => name === value.role)?.all_locations ?? false;
  return (
    <FormDialog
      title={title}
      submit={text.actions.save}
      dirty={dirty}
      onReload={onReload}
      onClose={onClose}
      onSubmit={() => onSubmit(value)}
    >
      <TextInput {...bind("name")} label={words.users.name} required autoFocus />
      <TextInput {...bind("email")} type="email" label={words.users.email} help={words.users.emailHelp} required />
      <Choice
        {...bind("role")}
        label={words.users.role}
        options={(roles.length ? roles.map(({ name }) => name) : [value.role]).map((name) => ({
          value: name,
          label: name,
        }))}
      />
      {!everywhere && (
        <Several
          {...bind("location_ids")}
          label={words.users.locations}
          help={words.users.locationsHelp}
          options={locations}
        />
      )}
      <ExtensionsPicker value={value.extension_ids} onChange={(extension_ids) => set({ extension_ids })} />
      {me.installation_admin && (
        <FormControlLabel
          label={words.users.installation}
          control={
            <Checkbox
              checked={value.installation_admin}
              onChange={(event) => set({ installation_admin: event.target.checked })}
            />
          }
        />
      )}
    </FormDialog>
  );
}
