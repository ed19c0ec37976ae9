import Button from "@mui/material/Button";
import Divider from "@mui/material/Divider";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, data, type Schemas } from "@/api/client";
import { Choice } from "@/ui/fields";
import { phoneNumber } from "@/ui/format";
import { ProblemView } from "@/ui/ProblemView";
import type { Existing } from "../queries";
import { words } from "../text";
import { RingMyPhone } from "./RingMyPhone";

const labels = words.test;
const EVERYBODY_FREE = { source: "draft", others: "free", outside: "free", phones: {}, out: {} } as const;

/** A call that is only played, told in words; then a real one to one's own phone. */
export function TestStep({ existing: { numbers, extensions } }: { existing: Existing }) {
  if (!numbers.length || !extensions.length) return <Typography>{labels.first}</Typography>;
  return (
    <Stack sx={{ gap: 3, pt: 1, maxWidth: 640 }}>
      <Typography color="textSecondary">{labels.lead}</Typography>
      <PlayCall numbers={numbers} />
      <Divider />
      <RingMyPhone extensions={extensions} />
    </Stack>
  );
}

function PlayCall({ numbers }: { numbers: Existing["numbers"] }) {
  const [chosen, setChosen] = useState(numbers[0]?.number ?? "");
  const play = useMutation({
    mutationFn: (number: string) =>
      data(api.POST("/api/v1/simulations", { body: { ...EVERYBODY_FREE, keys: [], number } })),
  });
  return (
    <Stack sx={{ gap: 2, alignItems: "flex-start" }}>
      {numbers.length > 1 && (
        <Choice
          name="number"
          label={labels.number}
          value={chosen}
          options={numbers.map(({ number }) => ({ value: number, label: phoneNumber(number) }))}
          onChange={setChosen}
        />
      )}
      <Button variant="contained" loading={play.isPending} onClick={() => play.mutate(chosen)}>
        {labels.play} {numbers.length === 1 && phoneNumber(chosen)}
      </Button>
      {play.isError && <ProblemView error={play.error} />}
      {play.data && <Told told={play.data} />}
    </Stack>
  );
}

function Told({ told: { steps, hears, end } }: { told: Schemas["SimulationRead"] }) {
  return (
    <div role="status">
      <Typography sx={{ fontWeight: 600 }}>{labels.happens}</Typography>
      <ol>
        {steps.map(({ after_s, words }) => (
          <li key={`${after_s} ${words}`}>
            <bdi>{words}</bdi>
          </li>
        ))}
      </ol>
      <Typography sx={{ fontWeight: 600 }}>{labels.hears}</Typography>
      {hears.length ? (
        <ul>
          {hears.map(({ after_s, words }) => (
            <li key={`${after_s} ${words}`}>
              “<bdi>{words}</bdi>”
            </li>
          ))}
        </ul>
      ) : (
        <Typography>{labels.silence}</Typography>
      )}
      <Typography>
        {labels.ends} <bdi>{end.words}</bdi>
      </Typography>
    </div>
  );
}
