"""What a call's facts come to when all of them are taken: its status, times, people, and how it ended. Pure."""

from datetime import datetime

from controlplane.calls.fold_state import FoldState
from controlplane.calls.legs import Leg, cause_in_words
from controlplane.calls.outcome import status_unanswered
from controlplane.calls.record import FoldedCall
from controlplane.calls.schemas import CallStatus, Direction, Phase
from controlplane.calls.spans import union_s
from controlplane.kit.destination import DestinationKind

END_UNKNOWN = "end unknown"


def finish(state: FoldState, lost_at: datetime | None) -> FoldedCall:
    """The record, once every fact is taken; `lost_at` as in `fold`."""
    call = state.call
    call.last_fact_at = state.newest
    _close(state, lost_at)
    now = call.ended_at or state.newest
    if now is None or call.started_at is None:
        return call  # nothing but second witnesses so far
    if call.ended_at is not None:
        state.legs.close(now)
        call.duration_s = round((now - call.started_at).total_seconds(), 3)
    waiting = state.queue_since
    state.leave_queue(now)
    _measure(state, now)
    _name_those_involved(state)
    call.status = _status(state)
    call.phase = Phase.ENDED if call.ended_at else _phase(state, waits=waiting is not None)
    if waiting is not None and call.ended_at is None:
        call.queue_id = waiting[0]  # one that was answered may have been passed on into another line
    _tell_ends(state, now)
    _cross_check(state)
    call.legs = [leg.as_json(_role(state, leg), now) for leg in state.real_legs()]
    call.timeline.sort(key=lambda entry: entry["at"])
    return call


def _close(state: FoldState, lost_at: datetime | None) -> None:
    call, legs = state.call, state.legs.by_id.values()
    if state.given_away is not None:
        call.ended_at = state.given_away
        state.legs.forget_strangers()
    elif state.joined and call.ended_at is not None:
        call.ended_at = _end_of_both(state, call.ended_at)
    if call.ended_at is None and legs and all(leg.ended_at for leg in legs):
        call.ended_at = max(leg.ended_at for leg in legs if leg.ended_at)
    if call.ended_at is not None:
        call.hangup_cause = _hangup_cause(state)
        return
    if lost_at is not None and state.newest is not None:
        call.ended_at = max(lost_at, state.newest)
        call.hangup_cause = END_UNKNOWN
        state.flag(END_UNKNOWN, call.ended_at, "")


def _end_of_both(state: FoldState, ended_at: datetime) -> datetime | None:
    """When the joined call ended: Asterisk has ended the younger linkedid already as it joined them."""
    ends = [leg.ended_at for leg in state.legs.by_id.values()]
    known = [end for end in ends if end is not None]
    if len(known) == len(ends):
        return max(ended_at, *known)
    return state.other_end if state.other_end and state.other_end > ended_at else None


def _hangup_cause(state: FoldState) -> str | None:
    if state.caller_cause is None:
        return None
    if state.caller_cause == 0:  # "not defined": what Asterisk has when the caller gives up before any connection
        return cause_in_words(16) if state.ended_by == state.call.caller_channel else "not defined"
    return cause_in_words(state.caller_cause)


def _measure(state: FoldState, now: datetime) -> None:
    call = state.call
    if state.legs.first_talk is not None:
        call.answered_at = state.legs.first_talk[0]
    elif _is_service_call(state) and (caller := state.legs.by_id.get(call.linkedid)) is not None:
        call.answered_at = caller.answered_at
    open_talk = [(leg.talking_since, now) for leg in state.legs.by_id.values() if leg.talking_since]
    call.talk_s = union_s([*state.legs.talks(), *open_talk])
    call.wait_s = union_s(state.waits)
    rings = [leg.ringing(now) for leg in state.real_legs() if leg.uniqueid != call.linkedid]
    ours = (ring for ring in rings if ring and call.started_at and ring[0] >= call.started_at)
    call.ring_s = union_s(ours, until=call.answered_at)


def _name_those_involved(state: FoldState) -> None:
    call = state.call
    if state.legs.first_talk is not None and call.direction != Direction.OUTBOUND:
        others = state.legs.by_id.keys() - {call.linkedid}
        sides = (state.legs.by_id[uniqueid] for uniqueid in state.legs.first_talk[1] & others)
        found = sorted(side.extension_id for side in sides if side.extension_id)
        call.extension_id = found[0] if found else None
    elif call.direction == Direction.INTERNAL:
        call.extension_id = None  # nobody answered
    involved = {leg.extension_id for leg in state.real_legs() if leg.extension_id}
    call.extension_ids = sorted(involved | ({call.extension_id} if call.extension_id else set()))
    before = [queue for at, queue in state.queues if call.answered_at is None or at <= call.answered_at]
    call.queue_id = before[-1] if before else None


def _is_service_call(state: FoldState) -> bool:
    """A phone dialled a feature code, such as its voicemail or the echo test: the system itself answers."""
    return state.call.direction == Direction.INTERNAL and state.place is None and len(state.legs.by_id) == 1


def _status(state: FoldState) -> CallStatus:
    if state.call.ended_at is None:
        return CallStatus.LIVE
    if state.call.answered_at is not None:
        return CallStatus.ANSWERED
    if state.message_left:
        return CallStatus.VOICEMAIL
    causes = [leg.cause for leg in state.real_legs() if leg.uniqueid != state.call.linkedid]
    return status_unanswered(
        state.call.direction,
        state.place[0] if state.place else "",
        state.place_why,
        state.dial_status,
        queue_left=state.queue_left,
        last_cause=causes[-1] if causes else state.caller_cause,
    )


def _phase(state: FoldState, *, waits: bool) -> Phase:
    if state.legs.anyone_talking():
        return Phase.ANSWERED
    places: dict[str, Phase] = {
        DestinationKind.QUEUE: Phase.QUEUED,
        DestinationKind.IVR_MENU: Phase.IN_IVR,
        DestinationKind.VOICEMAIL: Phase.VOICEMAIL,
    }
    at = places.get(state.place[0]) if state.place else None
    talked = state.legs.first_talk is not None
    if at is Phase.QUEUED and talked and not waits:
        at = None  # parked, or passed on: not in the line any more
    ringing = any(leg.outcome() == "ringing" for leg in state.real_legs() if leg.uniqueid != state.call.linkedid)
    return Phase.RINGING if ringing and at is not Phase.QUEUED else at or (Phase.ANSWERED if talked else Phase.NEW)


def _tell_ends(state: FoldState, now: datetime) -> None:
    for leg in state.real_legs():
        since = leg.talks[0][0] if leg.talks else leg.talking_since
        if since is not None and leg.uniqueid != state.call.linkedid:
            state.tell(since, "connected", leg.where(), None, channel=leg.channel)
    if state.call.ended_at is not None:
        names = {state.call.caller_channel: "caller", "": None}
        by = names.get(state.ended_by, "other side" if "/" in state.ended_by else None)
        by = "system" if state.ended_by.startswith("dialplan/") else by
        why = END_UNKNOWN if state.call.hangup_cause == END_UNKNOWN else by
        state.tell(now, "ended", None, why, cause=state.call.hangup_cause, q850=state.caller_cause)


def _cross_check(state: FoldState) -> None:
    for uniqueid, at in state.cdr_ids.items():
        if uniqueid not in state.legs.by_id:
            state.flag("record without events", at, uniqueid)
    for leg in state.legs.by_id.values():
        if leg.started_at is None:
            state.flag("no start", state.call.started_at, leg.channel)
    if state.call.org_id is None:
        state.flag("no origin", state.call.started_at, "")


def _role(state: FoldState, leg: Leg) -> str:
    if leg.uniqueid == state.call.linkedid:
        return "caller"
    if leg.is_to_node:
        return "node"
    return "phone" if leg.trunk_id is None else "trunk"
