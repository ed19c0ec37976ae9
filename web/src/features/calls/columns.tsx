import OutIcon from "@mui/icons-material/CallMade";
import InIcon from "@mui/icons-material/CallReceived";
import RecordedIcon from "@mui/icons-material/GraphicEq";
import InsideIcon from "@mui/icons-material/SwapHoriz";
import MessageIcon from "@mui/icons-material/VoicemailOutlined";
import Chip from "@mui/material/Chip";
import type { ReactNode } from "react";
import { duration } from "@/ui/format";
import { PlaceTime } from "@/ui/PlaceTime";
import { Caller, Dialed } from "./Caller";
import type { Call } from "./queries";
import { StatusChip } from "./StatusChip";
import { text } from "./text";

export type ColumnId = Exclude<keyof typeof text.columns, "button">;

/** What cells know besides the call. */
export interface Places {
  name: (locationId: string | null) => string;
  zone: (locationId: string | null) => string | null;
}

interface Column {
  id: ColumnId;
  /** Least width in pixels, and its share of what is left. */
  width: number;
  grow: number;
  end?: boolean;
  cell: (call: Call, places: Places) => ReactNode;
}

const plain = (words: string | null | undefined) => <bdi>{words ?? ""}</bdi>;

export const COLUMNS: Column[] = [
  {
    id: "started",
    width: 168,
    grow: 0,
    cell: (call, places) => <PlaceTime at={call.started_at} zone={places.zone(call.location_id)} stacked />,
  },
  { id: "direction", width: 22, grow: 0, cell: ({ direction }) => <DirectionIcon direction={direction} /> },
  { id: "status", width: 114, grow: 0, cell: (call) => <StatusChip {...call} /> },
  { id: "caller", width: 118, grow: 2, cell: (call) => <Caller {...call} stacked /> },
  { id: "dialed", width: 112, grow: 1, cell: (call) => <Dialed {...call} stacked /> },
  { id: "location", width: 110, grow: 1, cell: (call, places) => plain(places.name(call.location_id)) },
  { id: "queue", width: 70, grow: 2, cell: ({ queue_name }) => plain(queue_name) },
  { id: "extension", width: 84, grow: 2, cell: ({ extension_name }) => plain(extension_name) },
  { id: "duration", width: 58, grow: 0, end: true, cell: ({ duration_s }) => duration(duration_s) },
  { id: "talk", width: 54, grow: 0, end: true, cell: ({ talk_s }) => duration(talk_s) },
  { id: "wait", width: 54, grow: 0, end: true, cell: ({ wait_s }) => duration(wait_s) },
  { id: "ring", width: 54, grow: 0, end: true, cell: ({ ring_s }) => duration(ring_s) },
  { id: "sound", width: 54, grow: 0, cell: (call) => <SoundIcons {...call} /> },
  {
    id: "tags",
    width: 60,
    grow: 1,
    cell: ({ tags }) => tags.map((tag) => <Chip key={tag} size="small" label={plain(tag)} sx={{ mr: 0.5 }} />),
  },
  { id: "outcome", width: 100, grow: 1, cell: ({ outcome }) => plain(outcome) },
  { id: "notes", width: 160, grow: 2, cell: ({ notes }) => plain(notes) },
];

const USUAL: ColumnId[] = [
  "started",
  "direction",
  "status",
  "caller",
  "dialed",
  "queue",
  "extension",
  "duration",
  "sound",
  "tags",
];

/** The kept choice of columns, or the usual one. */
export function readColumns(stored: unknown): ColumnId[] {
  const known = new Set(COLUMNS.map(({ id }) => id as string));
  const chosen = Array.isArray(stored) ? stored.filter((id): id is ColumnId => known.has(id)) : [];
  return chosen.length ? chosen : USUAL;
}

const ARROWS = { inbound: InIcon, outbound: OutIcon, internal: InsideIcon };

/** Which way a call goes, as an arrow. */
function DirectionIcon({ direction }: Pick<Call, "direction">) {
  const Arrow = ARROWS[direction];
  return <Arrow fontSize="small" titleAccess={text.direction[direction]} sx={{ display: "block" }} />;
}

/** What can be heard of a call. */
export function SoundIcons({ recording, voicemail_id }: Pick<Call, "recording" | "voicemail_id">) {
  return (
    <>
      {recording && <RecordedIcon fontSize="small" titleAccess={text.hasRecording} />}
      {voicemail_id && <MessageIcon fontSize="small" titleAccess={text.hasVoicemail} />}
    </>
  );
}
