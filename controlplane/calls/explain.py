"""A call explained: its steps in words, each with its object, its leg and its line of dialplan. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from controlplane.calls.causes import q850_in_words, sip_in_words
from controlplane.calls.record import FoldedCall
from controlplane.calls.schemas import (
    CallDetail,
    ExplainedRelease,
    ExplainedStep,
    Explanation,
    Named,
    StepLeg,
    StepSource,
)
from controlplane.calls.telling import Hours, Step, Teller
from controlplane.kit.destination import TARGETS, DestinationKind, Kind
from controlplane.release.door import DialplanSource, ReleaseThen, SourceLine

_GOES_ON = frozenset({"sent to", "key", "queue left", "dial ended", "connected", "message left", "no message", "ended"})
_WAITS = {"queue": "waited", "ivr_menu": "listened", "voicemail": "stayed"}
_UNTIL = {"connected": " until somebody answered", "ended": " until the call ended", "key": " until a key was pressed"}
_RINGS = {"ringing", "connected"}
_FLAGS = {
    "end unknown": "How and when the call ended is not known: Asterisk stopped, or its last events never came.",
    "no origin": "Who called whom is not known: the first event of the call is missing.",
    "no start": "The beginning of a leg is missing: {detail}.",
    "record without events": "A leg left a record, but none of its events came: {detail}.",
    "late": "An event came after the end and changed nothing: {detail}.",
    "unknown event": "An event is not understood: {detail}.",
}


def steps_in_words(
    call: CallDetail | FoldedCall,
    names: Mapping[UUID, str],
    *,
    hours: Hours | None = None,
    dialplan: DialplanSource | None = None,
) -> list[ExplainedStep]:
    """The steps of a folded call in words and as data: for real calls, and for rehearsed ones, which fold the same.

    Args:
        call: The record, or what the fold made of facts.
        names: Number and name of objects by id, as they were when the call came.
        hours: Says how a time condition stood at a moment; None leaves that out.
        dialplan: Finds the lines of the release in force; None leaves them out.
    """
    return _Steps(call, names, hours, dialplan).all()


class _Steps:
    def __init__(
        self,
        call: CallDetail | FoldedCall,
        names: Mapping[UUID, str],
        hours: Hours | None,
        dialplan: DialplanSource | None,
    ) -> None:
        self._call, self._names, self._dialplan = call, names, dialplan
        self._teller = Teller(call, names, hours)

    def all(self) -> list[ExplainedStep]:
        timeline = list(self._with_recording())
        return [self._step(step, timeline[index + 1 :], timeline[: index + 1]) for index, step in enumerate(timeline)]

    def _with_recording(self) -> Iterator[Step]:
        """The timeline, with the moment in which an armed recording began to run."""
        armed = False
        for step in self._call.timeline:
            yield step
            armed = armed or step["what"] == "recording armed"
            if armed and step["what"] == "connected":
                armed = False
                yield {"at": step["at"], "what": "recording started", "where": None, "why": None}

    def _step(self, step: Step, later: Sequence[Step], until_now: Sequence[Step]) -> ExplainedStep:
        at = datetime.fromisoformat(step["at"])
        wait = _wait(step, later)
        began = self._call.started_at or at
        return ExplainedStep(
            at=at,
            after_s=round(max((at - began).total_seconds(), 0.0), 3),
            what=step["what"],
            why=step["why"],
            words=self._teller.sentence(step) + _wait_in_words(step, wait),
            took_s=round(wait[0], 3) if wait else None,
            object=self._object(step),
            leg=_leg(self._teller.leg(step)),
            source=self._source(step, until_now),
        )

    def _object(self, step: Step) -> Named | None:
        where = step["where"]
        if where is None:
            return None
        if "id" not in where:
            return Named(kind=where["kind"], name=where.get("number") or where["kind"].replace("_", " "))
        id_ = UUID(where["id"])
        return Named(kind=where["kind"], id=id_, name=self._names.get(id_, str(id_)))

    def _source(self, step: Step, until_now: Sequence[Step]) -> StepSource | None:
        place = step.get("dialplan")
        found: SourceLine | None = None
        if place is not None:
            if self._dialplan is not None:
                found = self._dialplan.find(place["context"], place["exten"], place["app"])
                if step["what"] == "arrived" and found is not None and found.kind == Kind.TIME_CONDITION:
                    found = self._sent_to_hours(self._dialplan) or found
            if found is None:
                return StepSource(context=place["context"], exten=place["exten"], text=place["app"])
        elif self._dialplan is not None and step["what"] in _RINGS:
            found = self._rung_by(until_now)
        return self._as_source(found) if found else None

    def _sent_to_hours(self, dialplan: DialplanSource) -> SourceLine | None:
        """The phone number's own line: where it leads to hours, it is their event that tells that the call came."""
        number = self._call.phone_number_id
        return dialplan.first("phone_number", number, "GotoIf(${SET") if number else None

    def _rung_by(self, until_now: Sequence[Step]) -> SourceLine | None:
        """The Dial or Queue that rings: of the object or the route to which the call came last."""
        for step in reversed(until_now):
            if step["what"] == "carrier asked" and step.get("route"):
                return self._first("outbound_route", step["route"])
            if step["what"] == "sent to" and step["where"] and "id" in step["where"]:
                kind = step["where"]["kind"]
                target = TARGETS.get(DestinationKind(kind)) if kind in set(DestinationKind) else None
                return self._first(target or kind, step["where"]["id"])
        return None

    def _first(self, kind: str, id_: str) -> SourceLine | None:
        return self._dialplan.first(kind, UUID(id_), "Dial", "Queue") if self._dialplan else None

    def _as_source(self, line: SourceLine) -> StepSource:
        id_ = UUID(line.id) if line.id != "-" else None
        name = self._names.get(id_, str(id_)) if id_ else "part of every release"
        return StepSource(
            context=line.context, exten=line.exten, priority=line.priority, file=line.file, line=line.line,
            text=line.text, made_from=Named(kind=line.kind, id=id_, name=name),
        )  # fmt: skip


def _wait(step: Step, later: Sequence[Step]) -> tuple[float, Step] | None:
    """Seconds until the call went on from where this step brought it, and by what."""
    if step["what"] != "sent to" or not step["where"] or step["where"]["kind"] not in _WAITS:
        return None
    onward = next((one for one in later if one["what"] in _GOES_ON), None)
    if onward is None:
        return None
    return (datetime.fromisoformat(onward["at"]) - datetime.fromisoformat(step["at"])).total_seconds(), onward


def _wait_in_words(step: Step, wait: tuple[float, Step] | None) -> str:
    if wait is None:
        return ""
    seconds, onward = wait
    until = "" if onward["why"] == "timeout" else _UNTIL.get(onward["what"], "")
    return f"; the caller {_WAITS[step['where']['kind']]} for {seconds:.1f} s{until}"


def _leg(leg: Mapping[str, Any] | None) -> StepLeg | None:
    if leg is None:
        return None
    q850, sip = leg.get("cause"), leg.get("sip")
    return StepLeg(
        channel=leg["channel"],
        ring_s=leg["ring_s"],
        talk_s=leg["talk_s"],
        outcome=leg["outcome"],
        q850=q850,
        q850_words=q850_in_words(q850) if q850 else None,
        sip=sip,
        sip_words=sip_in_words(sip) if sip else None,
    )


# The whole explanation


def explanation(
    call: CallDetail, steps: list[ExplainedStep], release: ReleaseThen | None, zone: ZoneInfo, unknown: list[str]
) -> Explanation:
    """Everything about one call, with its story as lines to read, times in the given zone."""
    headline, in_force = _headline(call, zone), _release(release, zone) if release else None
    unknown = [*unknown, *(_FLAGS.get(flag["what"], "{detail}").format(detail=flag["detail"]) for flag in call.flags)]
    afterwards = _afterwards(call)
    return Explanation(
        call_id=call.id,
        node=call.node,
        linkedid=call.linkedid,
        timezone=zone.key,
        headline=headline,
        release=in_force,
        steps=steps,
        afterwards=afterwards,
        unknown=unknown,
        story=[
            headline,
            *([in_force.words] if in_force else []),
            *(f"{step.at.astimezone(zone):%H:%M:%S}  {step.words}" for step in steps),
            *afterwards,
            *(f"not known: {line}" for line in unknown),
        ],
    )


def _headline(call: CallDetail, zone: ZoneInfo) -> str:
    lasted = "" if call.duration_s is None else f", {call.duration_s:.1f} s, {call.talk_s:.1f} s of them talk"
    began = call.started_at.astimezone(zone)
    return f"{call.direction.capitalize()} call, {call.status}, {began:%Y-%m-%d %H:%M:%S %Z}{lasted}"


def _release(release: ReleaseThen, zone: ZoneInfo) -> ExplainedRelease:
    why = f": “{release.reason}”" if release.reason else ""
    applied = release.created_at.astimezone(zone)
    words = f"Release {release.number} was in force, applied {applied:%Y-%m-%d %H:%M} by {release.author}{why}."
    if not release.certain:
        words = f"By the clock, {words[0].lower()}{words[1:]}"
    return ExplainedRelease(
        id=release.id, number=release.number, author=release.author, reason=release.reason,
        created_at=release.created_at, live_at=release.live_at, certain=release.certain, words=words,
    )  # fmt: skip


def _afterwards(call: CallDetail) -> list[str]:
    lines = []
    if call.recording is not None:
        lines.append(f"recorded: {call.recording.duration_s:.1f} s")
    if call.transcript is not None:
        lines.append(f"transcript ({call.transcript.state}): {call.transcript.text}".rstrip(": "))
    return lines


def objects_named(call: CallDetail | FoldedCall) -> set[UUID]:
    """Every object that the steps of a call name."""
    found = {UUID(step["where"]["id"]) for step in call.timeline if step["where"] and "id" in step["where"]}
    for step in call.timeline:
        found |= {id_ for key in ("trunk", "device", "route") if (id_ := _uuid(step.get(key)))}
    return found | ({call.phone_number_id} if call.phone_number_id else set())


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
