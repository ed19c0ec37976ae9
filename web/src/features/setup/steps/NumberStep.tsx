import Typography from "@mui/material/Typography";
import { useQuery } from "@tanstack/react-query";
import { api, data } from "@/api/client";
import { Choice, TextInput, useForm } from "@/ui/fields";
import { phoneNumber } from "@/ui/format";
import { importObjects } from "../draft";
import type { Existing } from "../queries";
import { words } from "../text";
import { StepForm } from "./StepForm";

const labels = words.number;
type Kind = keyof typeof labels.kinds;

/** The number that the world dials, and where its calls go. */
export function NumberStep({ existing }: { existing: Existing }) {
  const places = useDestinations(existing);
  if (existing.numbers.length)
    return (
      <>
        {existing.numbers.map(({ id, number, name }) => (
          <Typography key={id}>
            {phoneNumber(number)} {name !== number && <bdi>{name}</bdi>}
          </Typography>
        ))}
      </>
    );
  if (!places) return null;
  if (!places.length) return <Typography>{labels.noDestination}</Typography>;
  return <NumberForm existing={existing} places={places} />;
}

interface Place {
  value: string;
  label: string;
}

function NumberForm({ existing, places }: { existing: Existing; places: Place[] }) {
  const { value, bind } = useForm({ number: "", to: places[0]?.value ?? "" });
  async function save() {
    const [kind = "", id] = value.to.split("/");
    const number = value.number.replace(/[\s()-]/g, "");
    const location = existing.locations[0]?.name;
    await importObjects({ phone_numbers: [{ number, location, destination: { [kind]: id } }] });
  }
  return (
    <StepForm submit={labels.save} onSubmit={save}>
      <TextInput
        {...bind("number")}
        name="phone_numbers.number"
        label={labels.number}
        help={labels.numberHelp}
        required
      />
      <Choice {...bind("to")} name="phone_numbers.destination" label={labels.destination} options={places} />
    </StepForm>
  );
}

const FEW = { params: { query: { limit: 100 } } } as const;

/** Where a call can go: opening hours first, because that is what most want. */
function useDestinations({ hours, extensions }: Existing): Place[] | undefined {
  const others = useQuery({
    queryKey: ["destinations", "setup"],
    queryFn: async () => ({
      ivr_menu: (await data(api.GET("/api/v1/ivr-menus", FEW))).items,
      queue: (await data(api.GET("/api/v1/queues", FEW))).items,
      ring_group: (await data(api.GET("/api/v1/ring-groups", FEW))).items,
      voicemail: (await data(api.GET("/api/v1/voicemail-boxes", FEW))).items,
    }),
  });
  if (!others.data) return undefined;
  const { ivr_menu, queue, ring_group, voicemail } = others.data;
  return [
    ...places("time_condition", hours),
    ...places("ivr_menu", ivr_menu),
    ...places("queue", queue),
    ...places("ring_group", ring_group),
    ...places("extension", extensions),
    ...places("voicemail", voicemail),
  ];
}

function places(kind: Kind, items: readonly { id: string; name: string }[]): Place[] {
  return items.map(({ id, name }) => ({ value: `${kind}/${id}`, label: `${labels.kinds[kind]}: ${name}` }));
}
