import Typography from "@mui/material/Typography";
import { useDialogs } from "@/ui/dialogs";
import { FormDialog } from "@/ui/FormDialog";
import { Choice, TextInput, TimeZoneInput, useForm } from "@/ui/fields";
import { text } from "@/ui/text";
import { AsOpened } from "../common/AsOpened";
import { words } from "../text";
import { type Location, readLocation, useNodeNames, useSaveLocation } from "./queries";

export function AddLocation({ onClose }: { onClose: () => void }) {
  const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return <LocationForm start={{ name: "", timezone, node: "main", address: { lines: [] } }} onClose={onClose} />;
}

export function EditLocation({ id, onClose }: { id: string; onClose: () => void }) {
  return (
    <AsOpened resource="locations" id={id} read={readLocation}>
      {({ shown, etag }, reload) => (
        <LocationForm key={etag} id={id} etag={etag} start={shown} onReload={reload} onClose={onClose} />
      )}
    </AsOpened>
  );
}

interface LocationFormProps {
  id?: string;
  etag?: string;
  start: Pick<Location, "name" | "timezone" | "node" | "address">;
  onReload?: () => void;
  onClose: () => void;
}

function LocationForm({ id, etag, start, onReload, onClose }: LocationFormProps) {
  const save = useSaveLocation();
  const { notify } = useDialogs();
  const nodes = useNodeNames();
  const { value, set, bind, dirty } = useForm(valuesOf(start));
  const labels = words.locations;
  const address = (["city", "region", "postcode", "country"] as const).map((name) => (
    <TextInput
      key={name}
      name={`address.${name}`}
      label={labels[name]}
      value={value[name]}
      help={name === "country" ? labels.countryHelp : undefined}
      onChange={(typed) => set({ [name]: name === "country" ? typed.toUpperCase() : typed })}
    />
  ));
  return (
    <FormDialog
      title={id ? `${labels.edit}: ${start.name}` : labels.add}
      submit={text.actions.save}
      dirty={dirty}
      onReload={onReload}
      onClose={onClose}
      onSubmit={async () => {
        await save.mutateAsync({ id, etag, body: bodyOf(value) });
        if (id) notify(labels.changed);
        onClose();
      }}
    >
      <TextInput {...bind("name")} label={labels.name} required autoFocus />
      <TimeZoneInput
        name="timezone"
        label={labels.timezone}
        help={labels.timezoneHelp}
        value={value.timezone}
        required
        onChange={(timezone) => set({ timezone: timezone ?? "" })}
      />
      {nodes.length > 1 && (
        <Choice
          {...bind("node")}
          label={labels.node}
          help={labels.nodeHelp}
          options={[...new Set([value.node, ...nodes])].map((name) => ({ value: name, label: name }))}
        />
      )}
      <Typography sx={{ fontWeight: 600 }}>{labels.address}</Typography>
      <TextInput {...bind("lines")} name="address.lines" label={labels.lines} />
      {address}
    </FormDialog>
  );
}

function valuesOf({ name, timezone, node, address }: LocationFormProps["start"]) {
  return {
    name,
    timezone,
    node,
    lines: (address.lines ?? []).join(", "),
    city: address.city ?? "",
    region: address.region ?? "",
    postcode: address.postcode ?? "",
    country: address.country ?? "",
  };
}

function bodyOf({ name, timezone, node, lines, ...rest }: ReturnType<typeof valuesOf>) {
  const parts = lines
    .split(",")
    .map((line) => line.trim())
    .filter(Boolean);
  const filled = Object.fromEntries(Object.entries(rest).filter(([, typed]) => typed.trim()));
  return { name, timezone, node, address: { lines: parts, ...filled } };
}
