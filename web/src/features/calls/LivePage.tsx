import HangUpIcon from "@mui/icons-material/CallEndOutlined";
import IconButton from "@mui/material/IconButton";
import Link from "@mui/material/Link";
import Paper from "@mui/material/Paper";
import Table from "@mui/material/Table";
import TableBody from "@mui/material/TableBody";
import TableCell from "@mui/material/TableCell";
import TableContainer from "@mui/material/TableContainer";
import TableHead from "@mui/material/TableHead";
import TableRow from "@mui/material/TableRow";
import Tooltip from "@mui/material/Tooltip";
import { memo, useCallback } from "react";
import { Link as RouterLink } from "react-router";
import { api } from "@/api/client";
import { type ContactRef, useContactsOf } from "@/features/contacts/queries";
import { useChosenLocation } from "@/layout/locations";
import { useLiveKnown } from "@/realtime/live";
import { useMay } from "@/session/SessionProvider";
import { useDialogs } from "@/ui/dialogs";
import { EmptyState } from "@/ui/EmptyState";
import { count, duration } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { Page } from "@/ui/Page";
import { useNow } from "@/ui/useNow";
import { Caller, callerName, Dialed, otherNumber } from "./Caller";
import { type LiveCall, useLiveList, useLiveNames } from "./queries";
import { StatusChip } from "./StatusChip";
import { text } from "./text";

const SHOWN = 200; // a browser draws more only slowly, and nobody reads more

/** Calls that go on now; it follows by itself. */
export function LivePage() {
  const location = useChosenLocation();
  const calls = useLiveList(location);
  const known = useLiveKnown();
  const names = useLiveNames(calls);
  const contacts = useContactsOf(calls.slice(0, SHOWN).map(otherNumber));
  const may = useMay();
  const hangUp = useHangUp();
  const { columns } = text;
  return (
    <Page title={text.live} lead={known ? amount(calls.length) : undefined} wide>
      {!known ? (
        <Loading />
      ) : calls.length === 0 ? (
        <EmptyState title={text.emptyLive} hint={text.emptyLiveHint} />
      ) : (
        <TableContainer component={Paper} tabIndex={0} role="region" aria-label={text.live}>
          <Table size="small">
            <TableHead>
              <TableRow>
                {[columns.caller, columns.dialed, columns.status, columns.queue, columns.extension, text.liveFor].map(
                  (label) => (
                    <TableCell key={label}>{label}</TableCell>
                  ),
                )}
                {may("calls:control") && <TableCell>{text.hangUp}</TableCell>}
              </TableRow>
            </TableHead>
            <TableBody>
              {calls.slice(0, SHOWN).map((call) => (
                <LiveRow
                  key={call.id}
                  call={call}
                  queue={names.get(call.queue_id ?? "") ?? ""}
                  contact={contacts.get(otherNumber(call) ?? "")}
                  extension={names.get(call.extension_id ?? "") ?? ""}
                  hangUp={may("calls:control") ? hangUp : null}
                />
              ))}
            </TableBody>
          </Table>
        </TableContainer>
      )}
    </Page>
  );
}

function amount(calls: number): string {
  return calls > SHOWN ? text.oldestOf(SHOWN, count(calls, "call")) : count(calls, "call");
}

/** Asks, then ends a live call. */
export function useHangUp(): (id: string) => void {
  const { ask, notify, notifyProblem } = useDialogs();
  return useCallback(
    async (id: string) => {
      const sure = { title: text.hangUpTitle, body: text.hangUpBody, confirm: text.hangUp, dangerous: true };
      if (!(await ask(sure))) return;
      await api
        .POST("/api/v1/calls/{call_id}/hangup", { params: { path: { call_id: id } } })
        .then(() => notify(text.hangingUp), notifyProblem);
    },
    [ask, notify, notifyProblem],
  );
}

interface LiveRowProps {
  call: LiveCall;
  contact: ContactRef | null | undefined;
  queue: string;
  extension: string;
  hangUp: ((id: string) => void) | null;
}

const LiveRow = memo(function LiveRow({ call, contact, queue, extension, hangUp }: LiveRowProps) {
  return (
    <TableRow hover>
      <TableCell sx={{ maxWidth: 320, overflowWrap: "anywhere" }}>
        <Link component={RouterLink} to={`/calls/${call.id}`}>
          <Caller {...call} contact={contact} />
        </Link>
      </TableCell>
      <TableCell>
        <Dialed {...call} contact={contact} />
      </TableCell>
      <TableCell>
        <StatusChip {...call} />
      </TableCell>
      <TableCell sx={{ overflowWrap: "anywhere" }}>
        <bdi>{queue}</bdi>
      </TableCell>
      <TableCell sx={{ overflowWrap: "anywhere" }}>
        <bdi>{extension}</bdi>
      </TableCell>
      <TableCell sx={{ fontVariantNumeric: "tabular-nums" }}>
        <Ticking since={call.started_at} />
      </TableCell>
      {hangUp && (
        <TableCell padding="none">
          <Tooltip title={text.hangUp}>
            <IconButton
              size="small"
              color="error"
              aria-label={`${text.hangUp}: ${callerName({ ...call, contact })}`}
              onClick={() => hangUp(call.id)}
            >
              <HangUpIcon fontSize="small" />
            </IconButton>
          </Tooltip>
        </TableCell>
      )}
    </TableRow>
  );
});

function Ticking({ since }: { since: string }) {
  return duration(Math.max(0, (useNow() - Date.parse(since)) / 1000));
}
