import FormControl from "@mui/material/FormControl";
import FormLabel from "@mui/material/FormLabel";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import ToggleButton from "@mui/material/ToggleButton";
import ToggleButtonGroup from "@mui/material/ToggleButtonGroup";
import Typography from "@mui/material/Typography";
import { api } from "@/api/client";
import { asRead, tagged } from "@/api/tagged";
import { useMay, useMe } from "@/session/SessionProvider";
import { TextInput, TimeZoneInput, useForm } from "@/ui/fields";
import { importObjects } from "../draft";
import type { Existing } from "../queries";
import { words } from "../text";
import { StepForm } from "./StepForm";

const labels = words.place;
type Day = keyof typeof labels.dayNames;
const DAYS = Object.keys(labels.dayNames) as Day[];

/** The organisation's name, its first place, and when it is open. */
export function PlaceStep({ existing: { locations, hours } }: { existing: Existing }) {
  const [place] = locations;
  const [condition] = hours;
  if (place && condition)
    return (
      <Typography>
        <bdi>{place.name}</bdi> · {place.timezone.replaceAll("_", " ")} · <bdi>{condition.name}</bdi>
      </Typography>
    );
  return <PlaceForm place={place} />;
}

function PlaceForm({ place }: { place: Existing["locations"][number] | undefined }) {
  const me = useMe();
  const mayRename = useMay()("organizations:write") && me.installation_admin;
  const { value, set, bind } = useForm({
    organization: me.organization,
    name: place?.name ?? "",
    timezone: firstZone(place?.timezone),
    days: ["mon", "tue", "wed", "thu", "fri"] as Day[],
    start: "09:00",
    end: "17:00",
  });
  async function save() {
    if (mayRename && value.organization !== me.organization) {
      const path = { org_id: me.org_id };
      const { etag } = await tagged(api.GET("/api/v1/organizations/{org_id}", { params: { path } }));
      await api.PATCH("/api/v1/organizations/{org_id}", {
        ...asRead(path, etag),
        body: { name: value.organization },
      });
    }
    await importObjects({
      locations: [{ ...(place && { id: place.id }), name: value.name, timezone: value.timezone }],
      time_conditions: [
        {
          name: labels.hours,
          location: value.name,
          open_hours: value.days.length ? [{ days: value.days, start: value.start, end: value.end }] : [],
          open: "hangup",
          closed: "hangup",
        },
      ],
    });
  }
  return (
    <StepForm submit={labels.save} onSubmit={save}>
      {mayRename && <TextInput {...bind("organization")} name="name" label={labels.organization} required />}
      <TextInput {...bind("name")} name="locations.name" label={labels.name} help={labels.nameHelp} required />
      <TimeZoneInput
        name="locations.timezone"
        label={labels.timezone}
        help={labels.timezoneHelp}
        value={value.timezone}
        required
        onChange={(timezone) => set({ timezone: timezone ?? "" })}
      />
      <FormControl component="fieldset">
        <FormLabel component="legend" sx={{ mb: 1 }}>
          {labels.days}
        </FormLabel>
        <ToggleButtonGroup
          size="small"
          value={value.days}
          onChange={(_, days: Day[]) => set({ days: DAYS.filter((day) => days.includes(day)) })}
          sx={{ flexWrap: "wrap" }}
        >
          {DAYS.map((day) => (
            <ToggleButton key={day} value={day} sx={{ color: "text.primary" }}>
              {labels.dayNames[day]}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
      </FormControl>
      <Stack direction="row" sx={{ gap: 2 }}>
        <TextField
          type="time"
          label={labels.start}
          value={value.start}
          onChange={(event) => set({ start: event.target.value })}
        />
        <TextField
          type="time"
          label={labels.end}
          value={value.end}
          onChange={(event) => set({ end: event.target.value })}
        />
      </Stack>
    </StepForm>
  );
}

/** A server is often set to UTC, where few people live: then the browser knows better. */
function firstZone(timezone: string | undefined): string {
  return timezone && timezone !== "UTC" ? timezone : Intl.DateTimeFormat().resolvedOptions().timeZone;
}
