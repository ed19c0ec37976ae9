import Alert from "@mui/material/Alert";
import Typography from "@mui/material/Typography";
import type { Schemas } from "@/api/client";
import { DestinationPicker } from "../DestinationPicker";
import { errorsUnder, errorText } from "../document";
import type { EditorProps } from "../fields/editor";
import { Group } from "../fields/Group";
import { ReferencesField } from "../fields/references";
import { useObject } from "../queries";
import { text } from "../text";
import { without } from "./PartsField";
import { spelled } from "./scope";

type Slots = Record<string, Schemas["Slot"]>;
type Fillings = Record<string, Schemas["Filling"]>;

/** What one location puts into the slots of its template. */
export default function FillingsField(props: EditorProps) {
  const { spec, value, onChange, errors, disabled, document } = props;
  const fillings = (value ?? {}) as Fillings;
  const template = useObject("routing-templates", (document.template_id as string | null) ?? undefined);
  const slots = Object.entries((template.data?.slots ?? {}) as Slots);
  const put = (name: string, filling: Schemas["Filling"] | null) =>
    onChange(filling ? { ...fillings, [name]: filling } : without(fillings, name));

  if (!document.template_id) return <Alert severity="info">{text.template.chooseFirst}</Alert>;
  return (
    <Group label={spec.label} help={spec.help} error={errors[""]}>
      {template.isSuccess && slots.length === 0 && (
        <Typography color="textSecondary">{text.template.noSlots}</Typography>
      )}
      {slots.map(([name, slot]) =>
        slot.gives === "destination" ? (
          <DestinationPicker
            key={name}
            label={spelled(name)}
            value={fillings[name]?.destination ?? null}
            onChange={(destination) => put(name, destination && { destination })}
            help={slot.default ? text.template.hasDefault : undefined}
            errors={errorsUnder(errors, name)}
            nullable={Boolean(slot.default)}
            required={!slot.default}
            disabled={disabled}
          />
        ) : (
          <ReferencesField
            key={name}
            {...props}
            spec={{
              ...spec,
              label: spelled(name),
              help: text.template.allExtensions,
              object: "extension",
              required: false,
            }}
            value={fillings[name]?.extension_ids ?? []}
            onChange={(ids) => put(name, Array.isArray(ids) && ids.length ? { extension_ids: ids } : null)}
            errors={errorText(errorsUnder(errors, name)) ? { "": errorText(errorsUnder(errors, name)) ?? "" } : {}}
          />
        ),
      )}
    </Group>
  );
}
