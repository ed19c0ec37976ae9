import { useLocations } from "@/layout/locations";
import { FormDialog } from "@/ui/FormDialog";
import { Several, TextInput, useForm } from "@/ui/fields";
import { ScopePicker } from "../common/ScopePicker";
import { words } from "../text";
import { useCreateKey } from "./queries";

const labels = words.keys;

/** Makes a key; `onMade` gets it, once. */
export function AddKey({
  onMade,
  onClose,
}: {
  onMade: (made: { name: string; key: string }) => void;
  onClose: () => void;
}) {
  const locations = useLocations();
  const create = useCreateKey();
  const { value, set, bind, dirty } = useForm({
    name: "",
    scopes: [] as string[],
    location_ids: [] as string[],
    expires: "",
  });
  async function send() {
    const { name, scopes, location_ids, expires } = value;
    const made = await create.mutateAsync({
      name,
      scopes,
      location_ids: location_ids.length ? location_ids : null,
      expires_at: expires ? new Date(expires).toISOString() : null,
    });
    onMade({ name, key: made.key });
  }
  return (
    <FormDialog title={labels.add} submit={labels.make} dirty={dirty} onClose={onClose} onSubmit={send}>
      <TextInput {...bind("name")} label={labels.name} help={labels.nameHelp} required autoFocus />
      <TextInput
        {...bind("expires")}
        name="expires_at"
        type="datetime-local"
        label={labels.expires}
        help={labels.expiresHelp}
      />
      <Several {...bind("location_ids")} label={labels.locations} help={labels.locationsHelp} options={locations} />
      <ScopePicker value={value.scopes} onChange={(scopes) => set({ scopes })} />
    </FormDialog>
  );
}
