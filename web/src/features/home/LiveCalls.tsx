import Box from "@mui/material/Box";
import Chip from "@mui/material/Chip";
import MuiLink from "@mui/material/Link";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { Link } from "react-router";
import { useChosenLocation } from "@/layout/locations";
import { useLiveKnown } from "@/realtime/live";
import { duration, phoneNumber } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { useNow } from "@/ui/useNow";
import { otherNumber } from "../calls/Caller";
import { type LiveCall, useLiveList, useLiveNames } from "../calls/queries";
import { type ContactRef, useContactsOf } from "../contacts/queries";
import { Card } from "./Card";
import { text } from "./text";

const SHOWN = 12;
const COLORS: Partial<Record<LiveCall["phase"], "success" | "warning" | "info">> = {
  answered: "success",
  queued: "warning",
  ringing: "info",
};

/** The calls that go on now, the oldest first. */
export function LiveCalls() {
  const location = useChosenLocation();
  const calls = useLiveList(location);
  const known = useLiveKnown();
  const shown = calls.slice(0, SHOWN);
  const names = useLiveNames(shown);
  const contacts = useContactsOf(shown.map(otherNumber));
  const more = { path: "/calls/live", label: text.moreCalls(calls.length) };
  return (
    <Card title={known ? `${text.now} (${calls.length})` : text.now} more={calls.length > SHOWN ? more : undefined}>
      {!known && <Loading />}
      {known && !calls.length && <Typography color="textSecondary">{text.noCalls}</Typography>}
      <Stack component="ul" sx={{ listStyle: "none", m: 0, p: 0 }}>
        {shown.map((call) => (
          <Row
            key={call.id}
            call={call}
            contact={contacts.get(otherNumber(call) ?? "")}
            extension={names.get(call.extension_id ?? "")}
            queue={names.get(call.queue_id ?? "")}
          />
        ))}
      </Stack>
    </Card>
  );
}

interface RowProps {
  call: LiveCall;
  contact: ContactRef | null | undefined;
  extension: string | undefined;
  queue: string | undefined;
}

function Row({ call, contact, extension, queue }: RowProps) {
  const called = call.direction === "outbound" ? contact?.name : extension;
  const to = called ?? phoneNumber(call.dialed_number);
  return (
    <Box
      component="li"
      sx={{
        display: "flex",
        gap: 1,
        py: 0.75,
        alignItems: "center",
        flexWrap: "wrap",
        borderTop: 1,
        borderColor: "divider",
      }}
    >
      <MuiLink
        component={Link}
        to={`/calls/${call.id}`}
        sx={{ flex: "1 1 200px", minWidth: 0, overflowWrap: "anywhere" }}
      >
        <Caller call={call} contact={contact} /> → <bdi>{to}</bdi>
      </MuiLink>
      <Chip
        size="small"
        variant="outlined"
        color={COLORS[call.phase] ?? "default"}
        label={<bdi>{phase(call, queue)}</bdi>}
      />
      <Elapsed since={call.started_at} />
    </Box>
  );
}

/** Apart from each other: a name that is written from right to left would turn the number round. */
function Caller({ call, contact }: Pick<RowProps, "call" | "contact">) {
  const { direction, caller_name, caller_number: number } = call;
  const name = (direction === "inbound" && contact?.name) || caller_name;
  return (
    <>
      {(name || !number) && <bdi>{name || text.unknownCaller}</bdi>} {number && <bdi>{phoneNumber(number)}</bdi>}
    </>
  );
}

function phase(call: LiveCall, queue: string | undefined): string {
  if (queue && call.phase === "queued") return text.waitsIn(queue);
  if (queue && call.phase === "ringing") return text.ringsIn(queue);
  return text.phases[call.phase];
}

function Elapsed({ since }: { since: string }) {
  const seconds = Math.max(0, (useNow() - Date.parse(since)) / 1000);
  return (
    <Typography variant="body2" sx={{ fontVariantNumeric: "tabular-nums", minWidth: 48, textAlign: "end" }}>
      {duration(seconds)}
    </Typography>
  );
}
