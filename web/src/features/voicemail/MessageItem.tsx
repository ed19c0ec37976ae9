import NewIcon from "@mui/icons-material/Circle";
import DeleteIcon from "@mui/icons-material/DeleteOutlined";
import ForwardIcon from "@mui/icons-material/ForwardToInboxOutlined";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Collapse from "@mui/material/Collapse";
import ListItem from "@mui/material/ListItem";
import ListItemButton from "@mui/material/ListItemButton";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { lazy, Suspense, useRef, useState } from "react";
import { Link as RouterLink } from "react-router";
import { api, data } from "@/api/client";
import { useLocations } from "@/layout/locations";
import { useMay } from "@/session/SessionProvider";
import { duration, phoneNumber } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { PlaceTime } from "@/ui/PlaceTime";
import type { PlayerHandle } from "@/ui/sound/SoundPlayer";
import { Transcript } from "@/ui/sound/Transcript";
import { ForwardDialog } from "./ForwardDialog";
import { type Mailbox, type Message, useInbox, useMessageTranscript } from "./queries";
import { text } from "./text";

const SoundPlayer = lazy(() => import("@/ui/sound/SoundPlayer"));

interface MessageItemProps {
  message: Message;
  box: Mailbox | undefined;
  open: boolean;
  onToggle: () => void;
}

function callerOf({ contact, caller_name, caller_number }: Message): string {
  return contact?.name || caller_name || (caller_number ? phoneNumber(caller_number) : text.anonymous);
}

/** When and how long: beside the words, on a phone below them. */
const ASIDE = {
  flexShrink: 0,
  display: { xs: "flex", sm: "block" },
  gap: 1.5,
  width: { xs: 1, sm: "auto" },
  pl: { xs: 3, sm: 0 },
  textAlign: { xs: "start", sm: "end" },
};

/** One message: a line, and opened its sound, its words and what can be done with it. */
export function MessageItem({ message, box, open, onToggle }: MessageItemProps) {
  const locations = useLocations();
  const zone = locations.find(({ id }) => id === message.location_id)?.timezone;
  const unheard = message.heard_at === null;
  return (
    <ListItem disablePadding divider sx={{ display: "block", "&:last-of-type": { borderBottom: 0 } }}>
      <ListItemButton
        aria-expanded={open}
        onClick={onToggle}
        sx={{ columnGap: 1.5, alignItems: "flex-start", flexWrap: { xs: "wrap", sm: "nowrap" } }}
      >
        <Box sx={{ width: 12, pt: 0.75 }}>
          {unheard && <NewIcon titleAccess={text.isNew} sx={{ fontSize: 12 }} color="primary" />}
        </Box>
        <Box sx={{ flex: 1, minWidth: 0 }}>
          <Typography sx={{ fontWeight: unheard ? 700 : 400, overflowWrap: "anywhere" }}>
            <bdi>{callerOf(message)}</bdi>
          </Typography>
          {!open && message.transcript?.text && (
            <Typography variant="body2" color="textSecondary" noWrap>
              <bdi>{message.transcript.text}</bdi>
            </Typography>
          )}
          {box && (
            <Typography variant="body2" color="textSecondary" noWrap>
              <bdi>{box.name}</bdi>
            </Typography>
          )}
        </Box>
        <Box sx={ASIDE}>
          <Typography variant="body2">
            <PlaceTime at={message.left_at} zone={zone} stacked />
          </Typography>
          <Typography variant="body2" color="textSecondary">
            {duration(message.duration_s)}
          </Typography>
        </Box>
      </ListItemButton>
      <Collapse in={open} unmountOnExit>
        <Opened message={message} />
      </Collapse>
    </ListItem>
  );
}

function Opened({ message }: { message: Message }) {
  const may = useMay();
  const writes = may("voicemails:write");
  const inbox = useInbox();
  const [forwarding, setForwarding] = useState(false);
  const heard = message.heard_at !== null;
  return (
    <Stack sx={{ gap: 1.5, px: 2, pb: 2, pl: { xs: 2, sm: 5 } }}>
      {/* The buttons come before what is still to be loaded: they would move under the hand. */}
      {message.forwarded_by && <Forwarded by={message.forwarded_by} note={message.note ?? null} />}
      <Stack direction="row" sx={{ gap: 1, flexWrap: "wrap" }}>
        {writes && (
          <>
            <Button size="small" onClick={() => inbox.mark({ id: message.id, heard: !heard })}>
              {heard ? text.markNew : text.markHeard}
            </Button>
            <Button size="small" startIcon={<ForwardIcon />} onClick={() => setForwarding(true)}>
              {text.forward}
            </Button>
          </>
        )}
        {message.call_id && may("calls:read") && (
          <Button size="small" component={RouterLink} to={`/calls/${message.call_id}`}>
            {text.toCall}
          </Button>
        )}
        {writes && (
          <Button size="small" color="error" startIcon={<DeleteIcon />} onClick={() => inbox.remove(message.id)}>
            {text.delete}
          </Button>
        )}
      </Stack>
      <Sound message={message} onPlay={() => writes && !heard && inbox.mark({ id: message.id, heard: true })} />
      {forwarding && <ForwardDialog message={message} onClose={() => setForwarding(false)} />}
    </Stack>
  );
}

function Forwarded({ by, note }: { by: string; note: string | null }) {
  return (
    <Box>
      <Typography variant="body2" color="textSecondary">
        <bdi>{text.forwardedBy(by)}</bdi>
      </Typography>
      {note && (
        <Typography dir="auto" sx={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
          {note}
        </Typography>
      )}
    </Box>
  );
}

function Sound({ message, onPlay }: { message: Message; onPlay: () => void }) {
  const transcript = useMessageTranscript(message.id);
  const player = useRef<PlayerHandle>(null);
  const [time, setTime] = useState(0);
  const path = { voicemail_id: message.id };
  return (
    <>
      <Suspense fallback={<Loading />}>
        <SoundPlayer
          ref={player}
          label={text.player(callerOf(message))}
          path={`/api/v1/voicemails/${message.id}/audio`}
          peaks={() => data(api.GET("/api/v1/voicemails/{voicemail_id}/peaks", { params: { path } }))}
          fileName={`voicemail-${message.left_at.slice(0, 19).replaceAll(":", "-")}.wav`}
          onTime={setTime}
          onPlay={onPlay}
        />
      </Suspense>
      {transcript.data && (
        <Transcript transcript={transcript.data} time={time} onJump={(seconds) => player.current?.playFrom(seconds)} />
      )}
    </>
  );
}
