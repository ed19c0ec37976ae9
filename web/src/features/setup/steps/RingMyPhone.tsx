import Button from "@mui/material/Button";
import Link from "@mui/material/Link";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link as RouterLink } from "react-router";
import { api, data, type Schemas } from "@/api/client";
import { Choice } from "@/ui/fields";
import { duration } from "@/ui/format";
import { randomId } from "@/ui/ids";
import { ProblemView } from "@/ui/ProblemView";
import type { Existing } from "../queries";
import { words } from "../text";

const labels = words.test;
const ECHO = "*43";
const RUNNING: Schemas["OriginationState"][] = ["waiting", "sent", "ringing"];

/** Rings a phone; who answers hears themselves. */
export function RingMyPhone({ extensions }: { extensions: Existing["extensions"] }) {
  const [extensionId, setExtensionId] = useState(extensions[0]?.id ?? "");
  const ring = useMutation({
    mutationFn: () =>
      data(
        api.POST("/api/v1/calls/originate", {
          params: { header: { "idempotency-key": randomId() } },
          body: { extension_id: extensionId, number: ECHO },
        }),
      ),
  });
  return (
    <Stack sx={{ gap: 2, alignItems: "flex-start" }}>
      {extensions.length > 1 && (
        <Choice
          name="extension"
          label={labels.phone}
          value={extensionId}
          options={extensions.map(({ id, number, name }) => ({ value: id, label: `${number} ${name}` }))}
          onChange={setExtensionId}
        />
      )}
      <Stack direction="row" sx={{ gap: 2, alignItems: "center", flexWrap: "wrap" }}>
        <Button variant="outlined" loading={ring.isPending} onClick={() => ring.mutate()}>
          {labels.ring}
        </Button>
        <Typography variant="body2" color="textSecondary">
          {labels.ringHelp}
        </Typography>
      </Stack>
      {ring.isError && <ProblemView error={ring.error} />}
      {ring.data && <Ringing id={ring.data.id} />}
    </Stack>
  );
}

function Ringing({ id }: { id: string }) {
  const { data: now } = useQuery({
    queryKey: ["originations", id],
    queryFn: () =>
      data(api.GET("/api/v1/calls/originate/{origination_id}", { params: { path: { origination_id: id } } })),
    refetchInterval: ({ state }) => (!state.data || isOpen(state.data) ? 1000 : false),
  });
  if (!now) return null;
  return (
    <div role="status">
      <Typography>
        {labels.states[now.state]} {now.state === "failed" && now.detail}
      </Typography>
      {now.call_id && <Record callId={now.call_id} />}
    </div>
  );
}

/** Still on its way, or answered and its record not there yet. */
function isOpen({ state, call_id }: Schemas["Origination"]): boolean {
  return RUNNING.includes(state) || (state === "answered" && !call_id);
}

function Record({ callId }: { callId: string }) {
  const { data: call } = useQuery({
    queryKey: ["calls", "setup", callId],
    queryFn: () => data(api.GET("/api/v1/calls/{call_id}", { params: { path: { call_id: callId } } })),
    refetchInterval: ({ state }) => (state.data?.ended_at ? false : 2000),
  });
  if (!call?.ended_at) return null;
  return (
    <Typography>
      {labels.told(duration(call.duration_s))}{" "}
      <Link component={RouterLink} to={`/calls/${callId}`}>
        {labels.record}
      </Link>
    </Typography>
  );
}
