import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { Choice, TextInput, useForm } from "@/ui/fields";
import { importObjects } from "../draft";
import { type Existing, useLights } from "../queries";
import { words } from "../text";
import { Light } from "./Light";
import { StepForm } from "./StepForm";

const labels = words.trunk;

/** The line to the carrier, and the ways out over it. */
export function TrunkStep({ existing }: { existing: Existing }) {
  return existing.trunks.length ? <TrunkLights trunks={existing.trunks} /> : <TrunkForm existing={existing} />;
}

function TrunkLights({ trunks }: { trunks: Existing["trunks"] }) {
  const states = new Map(useLights().data?.trunks.map(({ id, state }) => [id, state]));
  const lamp = { up: "on", down: "off", unknown: "waits" } as const;
  return (
    <Stack sx={{ gap: 1, alignItems: "flex-start" }}>
      {trunks.map(({ id, name }) => {
        const state = states.get(id) ?? "unknown";
        return (
          <Stack key={id} direction="row" sx={{ gap: 1, alignItems: "center", flexWrap: "wrap" }}>
            <bdi>{name}</bdi>
            <Light state={lamp[state]} label={labels.light[state]} />
          </Stack>
        );
      })}
    </Stack>
  );
}

function TrunkForm({ existing }: { existing: Existing }) {
  const { value, bind } = useForm({
    name: "",
    identity: "registration",
    host: "",
    port: "5060",
    username: "",
    password: "",
    emergency: "911",
  });
  const byName = value.identity === "registration";
  return (
    <StepForm
      submit={labels.save}
      onSubmit={async () => void (await importObjects(trunkObjects(existing.locations[0]?.name, value)))}
    >
      <Typography color="textSecondary">{labels.lead}</Typography>
      <TextInput {...bind("name")} name="trunks.name" label={labels.name} required />
      <Choice
        {...bind("identity")}
        name="trunks.identity"
        label={labels.identity}
        options={[
          { value: "registration", label: labels.registration },
          { value: "ip", label: labels.ip },
        ]}
      />
      <TextInput {...bind("host")} name="trunks.host" label={labels.host} help={labels.hostHelp} required />
      <TextInput {...bind("port")} name="trunks.port" label={labels.port} />
      {byName && (
        <>
          <TextInput {...bind("username")} name="trunks.username" label={labels.username} required />
          <TextInput
            {...bind("password")}
            name="trunks.password"
            type="password"
            autoComplete="new-password"
            label={labels.password}
            required
          />
        </>
      )}
      <TextInput
        {...bind("emergency")}
        name="outbound_routes.pattern"
        label={labels.emergency}
        help={labels.emergencyHelp}
      />
      <Typography variant="body2" color="textSecondary">
        {labels.note}
      </Typography>
    </StepForm>
  );
}

type Values = Record<"name" | "identity" | "host" | "port" | "username" | "password" | "emergency", string>;

function trunkObjects(location: string | undefined, value: Values) {
  const { name, identity, host, port, username, password, emergency } = value;
  const login = identity === "registration" ? { username, password } : {};
  const way = { location, trunks: [name] };
  return {
    trunks: [{ name, location, identity, host, port, ...login }],
    outbound_routes: [
      ...(emergency
        ? [{ ...way, name: `Emergency ${emergency}`, position: 1, pattern: emergency, emergency: true }]
        : []),
      { ...way, name: `All calls by ${name}`, pattern: "+X." },
    ],
  };
}
