import Checkbox from "@mui/material/Checkbox";
import FormControlLabel from "@mui/material/FormControlLabel";
import { useLocations } from "@/layout/locations";
import { useMe } from "@/session/SessionProvider";
import { Choice, Several, TextInput, useForm } from "@/ui/fields";
import { Loading } from "@/ui/Loading";
import { ProblemView } from "@/ui/ProblemView";
import { text } from "@/ui/text";
import { FormDialog } from "../common/FormDialog";
import { useRoles } from "../roles/queries";
import { words } from "../text";
import { createUser, patchUser, type User, useExtensions, useUser, useUserChange } from "./queries";

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
  const found = useUser(id);
  const change = useUserChange(patchUser);
  if (found.isError) return <ProblemView error={found.error} retry={() => found.refetch()} />;
  if (!found.data) return <Loading />;
  const { user, etag } = found.data;
  const { name, email, role, location_ids, extension_ids, installation_admin } = user;
  return (
    <UserForm
      title={`${words.users.edit}: ${user.name}`}
      initial={{ name, email, role, location_ids, extension_ids, installation_admin }}
      onClose={onClose}
      onSubmit={async (body) => {
        await change.mutateAsync({ id, etag, body });
        onClose();
      }}
    />
  );
}

interface UserFormProps {
  title: string;
  initial: Values;
  onSubmit: (values: Values) => Promise<void>;
  onClose: () => void;
}

function UserForm({ title, initial, onSubmit, onClose }: UserFormProps) {
  const { value, set, dirty } = useForm(initial);
  const me = useMe();
  const roles = useRoles();
  const locations = useLocations();
  const extensions = useExtensions();
  const everywhere = roles.find(({ name }) => name === value.role)?.all_locations ?? false;
  return (
    <FormDialog
      title={title}
      submit={text.actions.save}
      dirty={dirty}
      onClose={onClose}
      onSubmit={() => onSubmit(value)}
    >
      <TextInput
        name="name"
        label={words.users.name}
        value={value.name}
        required
        autoFocus
        onChange={(name) => set({ name })}
      />
      <TextInput
        name="email"
        type="email"
        label={words.users.email}
        help={words.users.emailHelp}
        value={value.email}
        required
        onChange={(email) => set({ email })}
      />
      <Choice
        name="role"
        label={words.users.role}
        value={value.role}
        options={(roles.length ? roles.map(({ name }) => name) : [value.role]).map((name) => ({
          value: name,
          label: name,
        }))}
        onChange={(role) => set({ role })}
      />
      {!everywhere && (
        <Several
          name="location_ids"
          label={words.users.locations}
          help={words.users.locationsHelp}
          options={locations}
          value={value.location_ids}
          onChange={(location_ids) => set({ location_ids })}
        />
      )}
      <Several
        name="extension_ids"
        label={words.users.extensions}
        help={words.users.extensionsHelp}
        options={extensions}
        value={value.extension_ids}
        labelOf={({ number, name }) => `${number} ${name}`}
        onChange={(extension_ids) => set({ extension_ids })}
      />
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
