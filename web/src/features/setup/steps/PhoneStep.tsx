import Typography from "@mui/material/Typography";
import { useState } from "react";
import { api, data } from "@/api/client";
import { asRead, tagged } from "@/api/tagged";
import { TextInput, useForm } from "@/ui/fields";
import { importObjects } from "../draft";
import { type Existing, useDeviceTag } from "../queries";
import { words } from "../text";
import { PhoneCard } from "./PhoneCard";
import { StepForm } from "./StepForm";

const labels = words.phone;

/** Makes the first extension with its phone and box, then shows how to set the phone up. */
export function PhoneStep({ existing, onMade }: { existing: Existing; onMade: () => void }) {
  const [secret, setSecret] = useState<string | null>(null);
  const [device] = existing.devices;
  function show(made: string) {
    setSecret(made);
    onMade(); // the secret is shown only here: the guide must not go on by itself
  }
  if (device) return <PhoneCard device={device} secret={secret} onSecret={setSecret} />;
  return <PhoneForm existing={existing} onMade={show} />;
}

function PhoneForm({ existing, onMade }: { existing: Existing; onMade: (secret: string) => void }) {
  const { value, bind } = useForm({ name: "", number: "201" });
  const device = `desk-${value.number}-${useDeviceTag()}`;
  async function save() {
    await importObjects(phoneObjects(existing, value, device));
    const query = { q: device, limit: 1 };
    const [made] = (await data(api.GET("/api/v1/devices", { params: { query } }))).items;
    if (made) onMade(await newSecret(made.id));
  }
  return (
    <StepForm submit={labels.save} onSubmit={save}>
      <TextInput {...bind("name")} name="extensions.name" label={labels.name} help={labels.nameHelp} required />
      <TextInput {...bind("number")} name="extensions.number" label={labels.number} help={labels.numberHelp} required />
      <Typography variant="body2" color="textSecondary">
        {labels.note}
      </Typography>
    </StepForm>
  );
}

/** The phone's secret, made anew: it can be shown this once. */
export async function newSecret(deviceId: string): Promise<string> {
  const path = { object_id: deviceId };
  const { etag } = await tagged(api.GET("/api/v1/devices/{object_id}", { params: { path } }));
  return (await data(api.POST("/api/v1/devices/{object_id}/rotate-secret", asRead(path, etag)))).secret;
}

/** An extension with box and phone. Opening hours that lead nowhere yet lead to them. */
function phoneObjects(
  { locations, hours }: Existing,
  { name, number }: { name: string; number: string },
  device: string,
) {
  const location = locations[0]?.name;
  const here = { location, number, name };
  const waiting = hours.filter(({ open, closed }) => open.kind === "hangup" && closed.kind === "hangup");
  return {
    voicemail_boxes: [here],
    extensions: [{ ...here, voicemail_box: number }],
    devices: [{ name: device, location, extension: number }],
    time_conditions: waiting.map((condition) => ({
      id: condition.id,
      name: condition.name,
      location,
      open_hours: condition.open_hours,
      open: { extension: number },
      closed: { voicemail: number },
    })),
  };
}
