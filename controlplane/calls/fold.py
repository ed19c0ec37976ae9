"""Folds the facts of one call into its record. Pure: no clock, no database.

Facts may come in any order, twice, or cut off; the same set gives the same record. What fits nowhere is flagged, never
lost: the facts themselves stay in their table, and a fact that comes late only means folding again.
"""

import re
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from controlplane.calls.legs import Leg, Legs, cause_in_words
from controlplane.calls.outcome import status_unanswered
from controlplane.calls.reading import CelRow, as_int, as_uuid, clean, in_order, read_cel
from controlplane.calls.record import FoldedCall
from controlplane.calls.schemas import CallStatus, Direction, Phase
from controlplane.calls.spans import Span, union_s
from controlplane.calls.transfers import is_attended_transfer, read_transfer
from controlplane.kit.destination import DestinationKind
from controlplane.protocol.call_events import CallEvent
from controlplane.protocol.facts import Fact, FactKind

END_UNKNOWN = "end unknown"

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
    return work.finish(lost_at)


class _Fold:
    """The state machine: fed fact by fact in order of time."""

    def __init__(self, linkedid: str) -> None:
        self.call = FoldedCall(linkedid=linkedid)
        self.legs = Legs()
        self.place: tuple[str, UUID | None] | None = None  # where the caller is: destination kind and id
        self.place_why: str | None = None
        self.ended_by = ""
        self.caller_cause: int | None = None
        self.dial_status: str | None = None
        self.queue_since: tuple[UUID | None, datetime] | None = None
        self.queue_left = False
        self.waits: list[Span] = []
        self.queues: list[tuple[datetime, UUID]] = []
        self.outbound: CelRow | None = None
        self.message_left = False
        self.newest: datetime | None = None
        self.cdr_ids: dict[str, datetime] = {}
        self.others: dict[str, _Fold] = {}  # by linkedid: calls that a transfer joins with this one
        self.joined: set[str] = set()
        self.left_behind: set[str] = set()  # the transferer's channels
        self.other_end: datetime | None = None
        self.given_away: datetime | None = None

    # -- taking facts ------------------------------------------------------------------------------------------------

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
            self._flag("late", row.at, row.event)
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
                self._flag("unknown event", row.at, event)

    def _pass_on(self, row: CelRow, leg: Leg) -> None:
        """Asterisk tells a transfer when it has set it going: the call may have arrived there before."""
        to = clean(row.extra.get("extension"))
        since = (row.at - _LATE).isoformat()
        arrived = [
            datetime.fromisoformat(entry["at"]) - timedelta(microseconds=1)
            for entry in self.call.timeline
            if entry["what"] == "sent to" and entry["dialplan"]["exten"] == to and entry["at"] >= since
        ]
        self._tell(min([row.at, *arrived]), "transferred", leg.where(), "blind", channel=leg.channel, to=to)

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
        self._tell(at, "transferred", leg.where(), "attended", channel=leg.channel, to=to)

    def _bring_in(self, other: "_Fold", at: datetime) -> None:
        """What lives of the other call is of this one from now on."""
        self.joined.add(other.call.linkedid)
        came = [one for one in other.legs.by_id.values() if not one.ended_at and one.uniqueid not in self.left_behind]
        for one in came:
            rang_since = None if one.is_local or one.uniqueid == self.call.linkedid else one.started_at
            if rang_since is not None and self.call.started_at and rang_since >= self.call.started_at:
                self._tell(rang_since, "ringing", one.where(), None, channel=one.channel)
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
            self._tell(row.at, "ringing", leg.where(), None, channel=leg.channel)

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
                self._arrive(row)
            case CallEvent.DIAL_END:
                self.dial_status = row.text("status")
                kind = self.place[0] if self.place else DestinationKind.EXTENSION
                self._tell_row(row, "dial ended", _where(kind, row.uuid("id")), _lower(row.text("status")))
            case CallEvent.CAUSE:
                self.legs.refused(row.text("channel"), as_int(row.extra.get("sip")))
            case CallEvent.QUEUE_END:
                self._leave_queue(row.at)
                self.queue_left = True
                self._tell_row(row, "queue left", _where("queue", row.uuid("id")), _lower(row.text("status")))
            case CallEvent.VOICEMAIL:
                self.message_left = self.message_left or row.text("file") is not None
                what = "message left" if row.text("file") else "no message"
                self._tell_row(row, what, _where("voicemail", row.uuid("box")), None)
            case event:
                self._take_plain_event(row, event)

    def _take_plain_event(self, row: CelRow, event: str) -> None:
        """Happenings that are told, and change nothing else."""
        if event == CallEvent.NODE:
            self._tell_row(row, "handed over", None, None, node=row.text("node"))
            return
        if event == CallEvent.KEY:
            where = _where("ivr_menu", row.uuid("id"))
            self._tell_row(row, "key", where, row.text("result"), digit=row.text("digit"))
        elif event in _TOLD:
            what, kind, key = _TOLD[event]
            self._tell_row(row, what, _where(kind, row.uuid(key)) if kind else None, row.text("state"))
        else:
            self._flag("unknown event", row.at, event)

    def _take_origin(self, row: CelRow) -> None:
        call = self.call
        if call.org_id is not None:
            return  # a call has one origin; a transferred leg may pass the same door again
        call.org_id = row.uuid("org")
        call.location_id = row.uuid("loc")
        call.config_release = row.text("release")
        call.dialed_number = row.text("dialed")
        call.caller_name = clean(row.name)
        if row.event == CallEvent.INBOUND:
            call.phone_number_id = row.uuid("did")
            call.caller_number = row.text("caller")
        else:
            call.direction = Direction.INTERNAL
            call.extension_id = row.uuid("ext")
            call.caller_number = clean(row.number) or row.text("device")
            self.legs.leg(row.uniqueid, row.channel).extension_id = call.extension_id
        by = {key: str(id_) for key in ("trunk", "device") if (id_ := row.uuid(key))}
        by |= {key: word for key in ("node", "call") if (word := row.text(key))}
        self._tell_row(row, "arrived", None, None, number=call.dialed_number, **by)

    def _ask_carrier(self, row: CelRow) -> None:
        self.outbound = row
        where = _where("trunk", row.uuid("trunk"))
        route = {"route": str(id_)} if (id_ := row.uuid("route")) else {}
        told = {"number": row.text("dialed"), "shown": row.text("shown"), **route}
        self._tell_row(row, "carrier asked", where, None, **told)
        if self.call.direction == Direction.INTERNAL and self.place is None:  # not one that is forwarded from inside
            self.call.direction = Direction.OUTBOUND
            self.call.dialed_number = row.text("dialed")

    def _arrive(self, row: CelRow) -> None:
        kind = row.text("kind") or ""
        if (hours := row.uuid("hours")) is not None:
            self._tell_row(row, "hours", _where("time_condition", hours), row.text("why"))
        self._leave_queue(row.at)
        self.queue_left = False
        self.place, self.place_why = (kind, row.uuid("id")), row.text("why")
        if kind == DestinationKind.QUEUE:
            self.queue_since = (row.uuid("id"), row.at)
            if (queue_id := row.uuid("id")) is not None:
                self.queues.append((row.at, queue_id))
        where = _where(kind, row.uuid("id")) if row.text("id") else {"kind": kind, "number": row.text("number")}
        self._tell_row(row, "sent to", where, self.place_why)

    def _leave_queue(self, at: datetime) -> None:
        if self.queue_since is not None:
            self.waits.append((self.queue_since[1], at))
            self.queue_since = None

    def _stop_waiting_if_connected(self, at: datetime) -> None:
        if self.legs.anyone_talking():
            self._leave_queue(at)

    def _take_queue_log(self, fact: Fact) -> None:
        """Second witness: names the queue where the channel event that told it was lost."""
        if fact.payload.get("event") != "ENTERQUEUE":
            return
        match = _QUEUE_NAME.match(str(fact.payload.get("queuename", "")))
        queue_id = as_uuid(match[1]) if match else None
        if queue_id is not None:
            self.queues.append((fact.at, queue_id))

    # -- finishing ---------------------------------------------------------------------------------------------------

    def finish(self, lost_at: datetime | None) -> FoldedCall:
        call = self.call
        call.last_fact_at = self.newest
        self._close(lost_at)
        now = call.ended_at or self.newest
        if now is None or call.started_at is None:
            return call  # nothing but second witnesses so far
        if call.ended_at is not None:
            self.legs.close(now)
            call.duration_s = round((now - call.started_at).total_seconds(), 3)
        waiting = self.queue_since
        self._leave_queue(now)
        self._measure(now)
        self._name_those_involved()
        call.status = self._status()
        call.phase = Phase.ENDED if call.ended_at else self._phase(waits=waiting is not None)
        if waiting is not None and call.ended_at is None:
            call.queue_id = waiting[0]  # one that was answered may have been passed on into another line
        self._tell_ends(now)
        self._cross_check()
        call.legs = [leg.as_json(self._role(leg), now) for leg in self._real_legs()]
        call.timeline.sort(key=lambda entry: entry["at"])
        return call

    def _close(self, lost_at: datetime | None) -> None:
        call, legs = self.call, self.legs.by_id.values()
        if self.given_away is not None:
            call.ended_at = self.given_away
            self.legs.forget_strangers()
        elif self.joined and call.ended_at is not None:
            call.ended_at = self._end_of_both(call.ended_at)
        if call.ended_at is None and legs and all(leg.ended_at for leg in legs):
            call.ended_at = max(leg.ended_at for leg in legs if leg.ended_at)
        if call.ended_at is not None:
            call.hangup_cause = self._hangup_cause()
            return
        if lost_at is not None and self.newest is not None:
            call.ended_at = max(lost_at, self.newest)
            call.hangup_cause = END_UNKNOWN
            self._flag(END_UNKNOWN, call.ended_at, "")

    def _end_of_both(self, ended_at: datetime) -> datetime | None:
        """When the joined call ended: Asterisk has ended the younger linkedid already as it joined them."""
        ends = [leg.ended_at for leg in self.legs.by_id.values()]
        known = [end for end in ends if end is not None]
        if len(known) == len(ends):
            return max(ended_at, *known)
        return self.other_end if self.other_end and self.other_end > ended_at else None

    def _hangup_cause(self) -> str | None:
        if self.caller_cause is None:
            return None
        if self.caller_cause == 0:  # "not defined": what Asterisk has when the caller gives up before any connection
            return cause_in_words(16) if self.ended_by == self.call.caller_channel else "not defined"
        return cause_in_words(self.caller_cause)

    def _measure(self, now: datetime) -> None:
        call = self.call
        if self.legs.first_talk is not None:
            call.answered_at = self.legs.first_talk[0]
        elif self._is_service_call() and (caller := self.legs.by_id.get(call.linkedid)) is not None:
            call.answered_at = caller.answered_at
        open_talk = [(leg.talking_since, now) for leg in self.legs.by_id.values() if leg.talking_since]
        call.talk_s = union_s([*self.legs.talks(), *open_talk])
        call.wait_s = union_s(self.waits)
        rings = [leg.ringing(now) for leg in self._real_legs() if leg.uniqueid != call.linkedid]
        ours = (ring for ring in rings if ring and call.started_at and ring[0] >= call.started_at)
        call.ring_s = union_s(ours, until=call.answered_at)

    def _name_those_involved(self) -> None:
        call = self.call
        if self.legs.first_talk is not None and call.direction != Direction.OUTBOUND:
            others = self.legs.by_id.keys() - {call.linkedid}
            sides = (self.legs.by_id[uniqueid] for uniqueid in self.legs.first_talk[1] & others)
            found = sorted(side.extension_id for side in sides if side.extension_id)
            call.extension_id = found[0] if found else None
        elif call.direction == Direction.INTERNAL:
            call.extension_id = None  # nobody answered
        involved = {leg.extension_id for leg in self._real_legs() if leg.extension_id}
        call.extension_ids = sorted(involved | ({call.extension_id} if call.extension_id else set()))
        before = [queue for at, queue in self.queues if call.answered_at is None or at <= call.answered_at]
        call.queue_id = before[-1] if before else None

    def _is_service_call(self) -> bool:
        """A phone dialled a feature code, such as its voicemail or the echo test: the system itself answers."""
        return self.call.direction == Direction.INTERNAL and self.place is None and len(self.legs.by_id) == 1

    def _status(self) -> CallStatus:
        if self.call.ended_at is None:
            return CallStatus.LIVE
        if self.call.answered_at is not None:
            return CallStatus.ANSWERED
        if self.message_left:
            return CallStatus.VOICEMAIL
        causes = [leg.cause for leg in self._real_legs() if leg.uniqueid != self.call.linkedid]
        return status_unanswered(
            self.call.direction,
            self.place[0] if self.place else "",
            self.place_why,
            self.dial_status,
            queue_left=self.queue_left,
            last_cause=causes[-1] if causes else self.caller_cause,
        )

    def _phase(self, *, waits: bool) -> Phase:
        if self.legs.anyone_talking():
            return Phase.ANSWERED
        places: dict[str, Phase] = {
            DestinationKind.QUEUE: Phase.QUEUED,
            DestinationKind.IVR_MENU: Phase.IN_IVR,
            DestinationKind.VOICEMAIL: Phase.VOICEMAIL,
        }
        at = places.get(self.place[0]) if self.place else None
        talked = self.legs.first_talk is not None
        if at is Phase.QUEUED and talked and not waits:
            at = None  # parked, or passed on: not in the line any more
        ringing = any(leg.outcome() == "ringing" for leg in self._real_legs() if leg.uniqueid != self.call.linkedid)
        return Phase.RINGING if ringing and at is not Phase.QUEUED else at or (Phase.ANSWERED if talked else Phase.NEW)

    def _tell_ends(self, now: datetime) -> None:
        for leg in self._real_legs():
            since = leg.talks[0][0] if leg.talks else leg.talking_since
            if since is not None and leg.uniqueid != self.call.linkedid:
                self._tell(since, "connected", leg.where(), None, channel=leg.channel)
        if self.call.ended_at is not None:
            names = {self.call.caller_channel: "caller", "": None}
            by = names.get(self.ended_by, "other side" if "/" in self.ended_by else None)
            by = "system" if self.ended_by.startswith("dialplan/") else by
            why = END_UNKNOWN if self.call.hangup_cause == END_UNKNOWN else by
            self._tell(now, "ended", None, why, cause=self.call.hangup_cause, q850=self.caller_cause)

    def _cross_check(self) -> None:
        for uniqueid, at in self.cdr_ids.items():
            if uniqueid not in self.legs.by_id:
                self._flag("record without events", at, uniqueid)
        for leg in self.legs.by_id.values():
            if leg.started_at is None:
                self._flag("no start", self.call.started_at, leg.channel)
        if self.call.org_id is None:
            self._flag("no origin", self.call.started_at, "")

    # -- small helpers -----------------------------------------------------------------------------------------------

    def _real_legs(self) -> list[Leg]:
        return [leg for leg in self.legs.by_id.values() if not leg.is_local]

    def _role(self, leg: Leg) -> str:
        if leg.uniqueid == self.call.linkedid:
            return "caller"
        if leg.is_to_node:
            return "node"
        return "phone" if leg.trunk_id is None else "trunk"

    def _tell(self, at: datetime, what: str, where: dict[str, Any] | None, why: str | None, **more: Any) -> None:
        details = {key: value for key, value in more.items() if value is not None}
        self.call.timeline.append({"at": at.isoformat(), "what": what, "where": where, "why": why, **details})

    def _tell_row(self, row: CelRow, what: str, where: dict[str, Any] | None, why: str | None, **more: Any) -> None:
        """What the dialplan itself told, with the place at which it did."""
        self._tell(row.at, what, where, why, **more, dialplan=row.dialplan)

    def _flag(self, what: str, at: datetime | None, detail: str) -> None:
        self.call.flags.append({"what": what, "at": at and at.isoformat(), "detail": detail[:200]})


def _where(kind: str, thing: UUID | None) -> dict[str, Any] | None:
    return {"kind": kind, "id": str(thing)} if thing is not None else None


def _lower(text: str | None) -> str | None:
    return text.lower() if text else None
