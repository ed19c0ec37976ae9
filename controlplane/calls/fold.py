"""Folds the facts of one call into its record. Pure: no clock, no database.

Facts may come in any order, twice, or cut off; the same set gives the same record. What fits nowhere is flagged, never
lost: the facts themselves stay in their table, and a fact that comes late only means folding again.
"""

import re
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from controlplane.calls.finishing import finish
from controlplane.calls.fold_state import FoldState
from controlplane.calls.legs import Leg
from controlplane.calls.reading import CelRow, as_int, as_uuid, clean, in_order, read_cel
from controlplane.calls.record import FoldedCall
from controlplane.calls.schemas import Direction
from controlplane.calls.transfers import is_attended_transfer, read_transfer
from controlplane.kit.destination import DestinationKind
from controlplane.protocol.call_events import CallEvent
from controlplane.protocol.facts import Fact, FactKind

_LATE = timedelta(seconds=1)  # threads of Asterisk may stamp an event a little after the call's last
_QUEUE_NAME = re.compile(r"^q-([0-9a-fA-F-]{32,36})$")
_TOLD: dict[str, tuple[str, str | None, str]] = {
    CallEvent.HOURS: ("hours", "time_condition", "id"),
    CallEvent.WHISPER: ("whisper", "queue", "id"),
    CallEvent.CONSENT: ("recording notice", None, ""),
    CallEvent.RECORD: ("recording armed", None, ""),
    CallEvent.VOICEMAIL_CHECK: ("messages heard", "voicemail", "box"),
    CallEvent.TRUNK_FULL: ("trunk full", "trunk", "trunk"),
}
"""Call event to the timeline's word, and the kind and key of the object it names."""

_PASSED_OVER = frozenset({"PICKUP", "FORWARD", "PARK_START", "PARK_END", "LOCAL_OPTIMIZE"})


def fold(
    facts: Collection[Fact], *, others: Iterable[Fact] = (), lost_at: datetime | None = None
) -> FoldedCall:  # fmt: skip
    """The record of one call.

    Args:
        facts: All facts with the call's linkedid, as many as have come.
        others: All facts of the calls with which an attended transfer joined this one, see `transfers.joined_with`.
        lost_at: If the call has no end of its own, it is closed here as "end unknown": when Asterisk went down, or
            when the expiry job gave up waiting. A real end that comes later wins.
    """
    work = _Fold(next((fact.linkedid for fact in facts if fact.linkedid), ""))
    for fact in in_order([*facts, *others]):
        work.take(fact)
    return finish(work, lost_at)


class _Fold(FoldState):
    """The state machine: fed fact by fact in order of time."""

    def __init__(self, linkedid: str) -> None:
        super().__init__(FoldedCall(linkedid=linkedid))
        self.others: dict[str, _Fold] = {}  # by linkedid: calls that a transfer joins with this one

    def take(self, fact: Fact) -> None:
        if fact.linkedid and fact.linkedid != self.call.linkedid:
            self._take_of_other(fact.linkedid, fact)
        elif self.given_away is not None and fact.payload.get("uniqueid") not in self.left_behind:
            return  # the other call tells the rest
        elif fact.kind == FactKind.CEL:
            self.newest = fact.at
            self._take_cel(read_cel(fact))
        elif fact.kind == FactKind.QUEUE_LOG:
            self._take_queue_log(fact)
        elif fact.kind == FactKind.CDR and isinstance(uniqueid := fact.payload.get("uniqueid"), str):
            self.cdr_ids.setdefault(uniqueid, fact.at)

    def _take_of_other(self, linkedid: str, fact: Fact) -> None:
        """Until it is joined, the other call goes its own way; then its channels are this call's, all but one."""
        if linkedid not in self.joined:
            other = self.others.setdefault(linkedid, _Fold(linkedid))
            other.take(fact)
            if is_attended_transfer(fact) and other.left_behind & self.legs.by_id.keys():
                self.given_away = self.given_away or fact.at
                self.left_behind |= other.left_behind
        elif fact.kind == FactKind.CEL:
            self.newest = fact.at
            row = read_cel(fact)
            if row.event == "LINKEDID_END":
                self.other_end = row.at
            elif row.uniqueid not in self.left_behind and not row.event.startswith("CP_"):
                self._take_channel_event(row, self.legs.leg(row.uniqueid, row.channel))

    def _take_cel(self, row: CelRow) -> None:
        call = self.call
        if call.ended_at and row.at > call.ended_at + _LATE:
            self.flag("late", row.at, row.event)
        if call.started_at is None:
            call.started_at = row.at
        if row.event.startswith("CP_"):
            self._take_call_event(row)
        elif row.event == "LINKEDID_END":
            call.ended_at = row.at
        else:
            self._take_channel_event(row, self.legs.leg(row.uniqueid, row.channel))

    def _take_channel_event(self, row: CelRow, leg: Leg) -> None:
        match row.event:
            case "CHAN_START":
                self._start_leg(row, leg)
            case "ANSWER":
                leg.answered_at = leg.answered_at or row.at
            case "BRIDGE_ENTER":
                if not str(row.extra.get("bridge_technology", "")).startswith("holding"):
                    self.legs.enter(leg, str(row.extra.get("bridge_id", "")), row.peer, row.at)
                    self._stop_waiting_if_connected(row.at)
            case "BRIDGE_EXIT":
                self.legs.leave(leg, str(row.extra.get("bridge_id", "")), row.at)
            case "HANGUP":
                leg.cause = as_int(row.extra.get("hangupcause"))
                self._note_who_hung_up(row, leg)
            case "CHAN_END":
                self.legs.gone(leg, row.at)
            case "BLINDTRANSFER" | "ATTENDEDTRANSFER" as how:
                (self._pass_on if how == "BLINDTRANSFER" else self._join)(row, leg)
            case event if event not in _PASSED_OVER:
                self.flag("unknown event", row.at, event)

    def _pass_on(self, row: CelRow, leg: Leg) -> None:
        """Asterisk tells a transfer when it has set it going: the call may have arrived there before."""
        to = clean(row.extra.get("extension"))
        since = (row.at - _LATE).isoformat()
        arrived = [
            datetime.fromisoformat(entry["at"]) - timedelta(microseconds=1)
            for entry in self.call.timeline
            if entry["what"] == "sent to" and entry["dialplan"]["exten"] == to and entry["at"] >= since
        ]
        self.tell(min([row.at, *arrived]), "transferred", leg.where(), "blind", channel=leg.channel, to=to)

    def _join(self, row: CelRow, leg: Leg) -> None:
        """Both calls of the transferer become one: who was asked comes into this one, or rings for it from now on."""
        transfer, at = read_transfer(row), row.at
        self.left_behind |= {row.uniqueid, transfer.second}
        other = next((one for one in self.others.values() if transfer.second in one.legs.by_id), None)
        if other is not None:
            self._bring_in(other, row.at)
        if transfer.target is not None:
            target = self.legs.leg(*transfer.target)
            if target.bridge is None:  # the other call's facts are not there
                self.legs.enter(target, transfer.bridge, transfer.transferee, row.at)
            at = min(at, target.talking_since or at) - timedelta(microseconds=1)
        elif other is not None:
            self.place, self.place_why = other.place, other.place_why
            self.queue_since = (other.queue_since[0], row.at) if other.queue_since else None
        to = other.call.dialed_number if other is not None else None
        self.tell(at, "transferred", leg.where(), "attended", channel=leg.channel, to=to)

    def _bring_in(self, other: "_Fold", at: datetime) -> None:
        """What lives of the other call is of this one from now on."""
        self.joined.add(other.call.linkedid)
        came = [one for one in other.legs.by_id.values() if not one.ended_at and one.uniqueid not in self.left_behind]
        for one in came:
            rang_since = None if one.is_local or one.uniqueid == self.call.linkedid else one.started_at
            if rang_since is not None and self.call.started_at and rang_since >= self.call.started_at:
                self.tell(rang_since, "ringing", one.where(), None, channel=one.channel)
        self.legs.bring_in(came, at)

    def _start_leg(self, row: CelRow, leg: Leg) -> None:
        leg.started_at = row.at
        leg.extension_id = as_uuid(row.account)  # later rows of a leg may carry the caller's account code
        if row.uniqueid == self.call.linkedid:
            self.call.started_at = row.at
            self.call.caller_channel = row.channel
            self.call.caller_name = self.call.caller_name or clean(row.name)
            self.call.caller_number = self.call.caller_number or clean(row.number)
        elif not leg.is_local:
            if leg.extension_id is None and self.outbound is not None:
                leg.trunk_id = leg.trunk_id or self.outbound.uuid("trunk")
                leg.number = self.outbound.text("dialed")
            self.tell(row.at, "ringing", leg.where(), None, channel=leg.channel)

    def _note_who_hung_up(self, row: CelRow, leg: Leg) -> None:
        source = str(row.extra.get("hangupsource", ""))
        if leg.uniqueid == self.call.linkedid:
            self.caller_cause = leg.cause
            self.ended_by = source
            self.dial_status = clean(row.extra.get("dialstatus")) or self.dial_status

    def _take_call_event(self, row: CelRow) -> None:
        match row.event:
            case CallEvent.INBOUND | CallEvent.INTERNAL | CallEvent.TAKEN_OVER:
                self._take_origin(row)
            case CallEvent.OUTBOUND:
                self._ask_carrier(row)
            case CallEvent.AT:
                self._note_where_from(row)
                self._arrive(row)
            case CallEvent.DIAL_END:
                self.dial_status = row.text("status")
                kind = self.place[0] if self.place else DestinationKind.EXTENSION
                self.tell_row(row, "dial ended", _where(kind, row.uuid("id")), _lower(row.text("status")))
            case CallEvent.CAUSE:
                self.legs.refused(row.text("channel"), as_int(row.extra.get("sip")))
            case CallEvent.QUEUE_END:
                self.leave_queue(row.at)
                self.queue_left = True
                self.tell_row(row, "queue left", _where("queue", row.uuid("id")), _lower(row.text("status")))
            case CallEvent.VOICEMAIL:
                self.message_left = self.message_left or row.text("file") is not None
                what = "message left" if row.text("file") else "no message"
                self.tell_row(row, what, _where("voicemail", row.uuid("box")), None)
            case event:
                self._take_plain_event(row, event)

    def _take_plain_event(self, row: CelRow, event: str) -> None:
        """Happenings that are told, and change nothing else."""
        self._note_where_from(row)
        if event == CallEvent.NODE:
            self.tell_row(row, "handed over", None, None, node=row.text("node"))
            return
        if event == CallEvent.KEY:
            where = _where("ivr_menu", row.uuid("id"))
            self.tell_row(row, "key", where, row.text("result"), digit=row.text("digit"))
        elif event in _TOLD:
            what, kind, key = _TOLD[event]
            self.tell_row(row, what, _where(kind, row.uuid(key)) if kind else None, row.text("state"))
        else:
            self.flag("unknown event", row.at, event)

    def _note_where_from(self, row: CelRow) -> None:
        """The first event on the way of a call from outside tells where it came from, unless one of its own did."""
        if row.text("did"):
            self._take_origin(row)

    def _take_origin(self, row: CelRow) -> None:
        call = self.call
        if call.org_id is not None:
            return  # a call has one origin; a transferred leg may pass the same door again
        call.org_id = row.uuid("org")
        call.location_id = row.uuid("loc")
        call.config_release = row.text("release")
        call.dialed_number = row.text("dialed")
        call.caller_name = clean(row.name)
        if row.event not in {CallEvent.INTERNAL, CallEvent.TAKEN_OVER}:
            call.phone_number_id = row.uuid("did")
            call.caller_number = row.text("caller")
        else:
            call.direction = Direction.INTERNAL
            call.extension_id = row.uuid("ext")
            call.caller_number = clean(row.number) or row.text("device")
            self.legs.leg(row.uniqueid, row.channel).extension_id = call.extension_id
        by = {key: str(id_) for key in ("trunk", "device") if (id_ := row.uuid(key))}
        by |= {key: word for key in ("node", "call") if (word := row.text(key))}
        self.tell_row(row, "arrived", None, None, number=call.dialed_number, **by)

    def _ask_carrier(self, row: CelRow) -> None:
        self.outbound = row
        where = _where("trunk", row.uuid("trunk"))
        route = {"route": str(id_)} if (id_ := row.uuid("route")) else {}
        told = {"number": row.text("dialed"), "shown": row.text("shown"), **route}
        self.tell_row(row, "carrier asked", where, None, **told)
        if self.call.direction == Direction.INTERNAL and self.place is None:  # not one that is forwarded from inside
            self.call.direction = Direction.OUTBOUND
            self.call.dialed_number = row.text("dialed")

    def _arrive(self, row: CelRow) -> None:
        kind = row.text("kind") or ""
        if (hours := row.uuid("hours")) is not None:
            self.tell_row(row, "hours", _where("time_condition", hours), row.text("why"))
        self.leave_queue(row.at)
        self.queue_left = False
        self.place, self.place_why = (kind, row.uuid("id")), row.text("why")
        if kind == DestinationKind.QUEUE:
            self.queue_since = (row.uuid("id"), row.at)
            if (queue_id := row.uuid("id")) is not None:
                self.queues.append((row.at, queue_id))
        where = _where(kind, row.uuid("id")) if row.text("id") else {"kind": kind, "number": row.text("number")}
        self.tell_row(row, "sent to", where, self.place_why)

    def _stop_waiting_if_connected(self, at: datetime) -> None:
        if self.legs.anyone_talking():
            self.leave_queue(at)

    def _take_queue_log(self, fact: Fact) -> None:
        """Second witness: names the queue where the channel event that told it was lost."""
        if fact.payload.get("event") != "ENTERQUEUE":
            return
        match = _QUEUE_NAME.match(str(fact.payload.get("queuename", "")))
        queue_id = as_uuid(match[1]) if match else None
        if queue_id is not None:
            self.queues.append((fact.at, queue_id))


def _where(kind: str, thing: UUID | None) -> dict[str, Any] | None:
    return {"kind": kind, "id": str(thing)} if thing is not None else None


def _lower(text: str | None) -> str | None:
    return text.lower() if text else None
