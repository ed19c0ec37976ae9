import HangUpIcon from "@mui/icons-material/CallEndOutlined";
import Button from "@mui/material/Button";
import Link from "@mui/material/Link";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { lazy, type ReactNode, Suspense, useRef, useState } from "react";
import { Link as RouterLink, useParams } from "react-router";
import { api, data } from "@/api/client";
import { ContactPanel } from "@/features/contacts/ContactPanel";
import { useMay } from "@/session/SessionProvider";
import { CopyButton } from "@/ui/CopyButton";
import { duration, phoneNumber } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { Page } from "@/ui/Page";
import { PlaceTime } from "@/ui/PlaceTime";
import { ProblemView } from "@/ui/ProblemView";
import type { PlayerHandle } from "@/ui/sound/SoundPlayer";
import { Transcript } from "@/ui/sound/Transcript";
import { Annotations } from "./Annotations";
import { CallBack } from "./CallBack";
import { callerName, Dialed, otherNumber } from "./Caller";
import { Legs } from "./Legs";
import { useHangUp } from "./LivePage";
import { type CallDetail, useCall, useExplanation, useTranscript } from "./queries";
import { StatusChip } from "./StatusChip";
import { Story } from "./Story";
import { text } from "./text";

const SoundPlayer = lazy(() => import("@/ui/sound/SoundPlayer"));

/** One call: what happened and why, its sound and words, what people noted. */
export function CallPage() {
  const { id = "" } = useParams();
  const record = useCall(id);
  const explained = useExplanation(id);
  if (record.isLoadingError) return <Failed error={record.error} retry={() => record.refetch()} />;
  if (!record.data) return <Loading />;
  const { call, etag } = record.data;
  const zone = explained.data?.timezone;
  return (
    <Page title={text.page.of(callerName(call))} actions={<Actions call={call} />}>
      <Stack sx={{ gap: 2 }}>
        <Summary call={call} zone={zone} />
        <With call={call} />
        <Sound call={call} />
        <Annotations call={call} etag={etag} />
        <Part title={text.page.story}>
          {explained.isError && <ProblemView error={explained.error} retry={() => explained.refetch()} />}
          {explained.isPending && <Loading />}
          {explained.data && <Story told={explained.data} />}
        </Part>
        <Part title={text.page.legs}>
          <Legs call={call} />
        </Part>
        {call.other_ends && call.other_ends.length > 0 && (
          <Part title={text.page.otherEnds}>
            {call.other_ends.map((end) => (
              <Link key={end.id} component={RouterLink} to={`/calls/${end.id}`} sx={{ display: "block" }}>
                {end.node}: {end.linkedid}
              </Link>
            ))}
          </Part>
        )}
      </Stack>
    </Page>
  );
}

function Failed({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <Page title={text.page.call}>
      <ProblemView error={error} retry={retry} />
      <Button component={RouterLink} to="/calls">
        {text.page.back}
      </Button>
    </Page>
  );
}

/** A part of the page under a heading of its own. */
export function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Paper component="section" aria-label={title} sx={{ p: 2, minWidth: 0 }}>
      <Typography variant="h6" component="h2" sx={{ mb: 1 }}>
        {title}
      </Typography>
      {children}
    </Paper>
  );
}

function Actions({ call }: { call: CallDetail }) {
  const may = useMay();
  const hangUp = useHangUp();
  const number = call.direction === "inbound" ? call.caller_number : call.dialed_number;
  return (
    <>
      {may("calls:control") && call.status === "live" && (
        <Button color="error" startIcon={<HangUpIcon />} onClick={() => hangUp(call.id)}>
          {text.hangUp}
        </Button>
      )}
      {may("calls:control") && number && <CallBack number={number} />}
      <CopyButton value={`${location.origin}/calls/${call.id}`} label={text.page.link} />
    </>
  );
}

/** Who it is on the other side, where that is outside. */
function With({ call }: { call: CallDetail }) {
  const may = useMay();
  const number = otherNumber(call);
  if (!number || !may("contacts:read")) return null;
  const name = (call.direction === "inbound" && call.caller_name) || "";
  return (
    <Part title={text.page.contact}>
      <ContactPanel contact={call.contact ?? null} number={number} name={name} />
    </Part>
  );
}

function Summary({ call, zone }: { call: CallDetail; zone?: string }) {
  const { figures } = text.page;
  const told = [
    [figures.rang, call.ring_s],
    [figures.waited, call.wait_s],
    [figures.talked, call.talk_s],
    [figures.took, call.duration_s],
  ] as const;
  return (
    <Paper sx={{ p: 2, display: "flex", flexWrap: "wrap", columnGap: 3, rowGap: 1, alignItems: "center" }}>
      <StatusChip {...call} />
      <Typography>{text.direction[call.direction]}</Typography>
      <Typography>
        <PlaceTime at={call.started_at} zone={zone} />
      </Typography>
      <Typography>
        <bdi>{phoneNumber(call.caller_number)}</bdi> → <Dialed {...call} />
      </Typography>
      {told.map(([label, seconds]) => (
        <Typography key={label}>
          <Typography component="span" color="textSecondary">{`${label} `}</Typography>
          {duration(seconds)}
        </Typography>
      ))}
    </Paper>
  );
}

function Sound({ call }: { call: CallDetail }) {
  const may = useMay();
  const [time, setTime] = useState(0);
  const player = useRef<PlayerHandle>(null);
  const transcript = useTranscript(call.id, may("recordings:read") && call.transcript !== null);
  if (call.status === "live") return null;
  return (
    <Part title={text.page.recording}>
      {!call.recording && (
        <Typography color="textSecondary">
          {may("recordings:read") ? text.page.noRecording : text.page.noRight}
        </Typography>
      )}
      {call.voicemail_id && may("voicemails:read") && (
        <Button component={RouterLink} to={`/voicemails?message=${call.voicemail_id}`}>
          {text.page.message}
        </Button>
      )}
      {call.recording && (
        <Suspense fallback={<Loading />}>
          <SoundPlayer
            ref={player}
            label={text.page.recording}
            path={`/api/v1/calls/${call.id}/recording`}
            peaks={() =>
              data(api.GET("/api/v1/calls/{call_id}/recording/peaks", { params: { path: { call_id: call.id } } }))
            }
            fileName={`call-${call.started_at.slice(0, 19).replaceAll(":", "-")}.wav`}
            onTime={setTime}
          />
        </Suspense>
      )}
      {transcript.data && (
        <Transcript transcript={transcript.data} time={time} onJump={(seconds) => player.current?.playFrom(seconds)} />
      )}
    </Part>
  );
}
