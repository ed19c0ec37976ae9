"""A call's timeline in words, for people who ask what happened to it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from controlplane.calls.record import FoldedCall
from controlplane.calls.schemas import CallDetail, Direction
from controlplane.protocol.call_events import Why

_BECAUSE: dict[str, str] = {
    Why.NUMBER: "the number leads there",
    Why.DIALED: "it was dialled",
    Why.OPEN: "it was open",
    Why.CLOSED: "it was closed",
    Why.HOLIDAY: "it was a holiday",
    Why.KEY: "of the key pressed",
    Why.TIMEOUT: "no key was pressed",
    Why.INVALID: "of wrong keys",
    Why.NO_ANSWER: "nobody answered",
    Why.BUSY: "every phone was busy or away",
    Why.OVERFLOW: "the wait was too long",
    Why.FULL: "the queue was full",
    Why.EMPTY: "no member could take calls",
    Why.UNKNOWN: "nothing has that number",
    Why.TRUNK_FULL: "the trunk carries as many calls as it may",
    Why.LOOP: "it was sent round and round",
}
_SENTENCES = {
    "arrived": "{caller} called {number}",
    "hours": "{where} says: {why}",
    "sent to": "went to {where}, because {because}",
    "key": "key {digit}: {why}",
    "carrier asked": "{where} was asked for {number}, showing {shown}",
    "ringing": "{where} rang",
    "dial ended": "{where} stopped ringing: {why}",
    "queue left": "left {where}: {why}",
    "recording notice": "the caller heard the recording notice",
    "recording armed": "recording armed: it runs while both sides are connected",
    "whisper": "the answering side alone heard the whisper of {where}",
    "connected": "connected with {where}",
    "transferred": "{where} transferred the call ({why})",
    "message left": "a message was left in {where}",
    "no message": "no message was left in {where}",
    "messages heard": "messages in {where} were listened to",
    "ended": "ended by {ender}: {cause}",
}


def story(call: CallDetail, names: Mapping[UUID, str], zone: ZoneInfo) -> list[str]:
    """The call in sentences, one a line, times in the given zone.

    Args:
        call: The record.
        names: Names of configuration objects; one that is gone is told by its id.
        zone: Of the call's location.
    """
    return [_headline(call, zone), *(_line(step, call, names, zone) for step in call.timeline), *_afterwards(call)]


def _headline(call: CallDetail, zone: ZoneInfo) -> str:
    lasted = "" if call.duration_s is None else f", {call.duration_s:.1f} s, {call.talk_s:.1f} s of them talk"
    began = call.started_at.astimezone(zone)
    return f"{call.direction.capitalize()} call, {call.status}, {began:%Y-%m-%d %H:%M:%S %Z}{lasted}"


def _line(step: Mapping[str, Any], call: CallDetail, names: Mapping[UUID, str], zone: ZoneInfo) -> str:
    at = datetime.fromisoformat(step["at"]).astimezone(zone)
    return f"{at:%H:%M:%S}  {sentence(step, call, names)}"


def sentence(step: Mapping[str, Any], call: CallDetail | FoldedCall, names: Mapping[UUID, str]) -> str:
    """One step of a timeline in words, without its time."""
    why = step["why"]
    words = {
        "caller": _caller(call),
        "number": step.get("number") or "nothing",
        "where": _where(step["where"], names),
        "why": why or "no more is known",
        "because": _BECAUSE.get(why, why),
        "digit": step.get("digit") or "none",
        "shown": step.get("shown") or "no number",
        "ender": f"the {why}" if why else "an unknown side",
        "cause": step.get("cause") or "no cause told",
    }
    return _SENTENCES[step["what"]].format_map(words)


def _caller(call: CallDetail | FoldedCall) -> str:
    number = call.caller_number or "a hidden number"
    who = f"{call.caller_name} ({number})" if call.caller_name else number
    return who if call.direction == Direction.INBOUND else f"our phone {who}"


def _where(place: Mapping[str, Any] | None, names: Mapping[UUID, str]) -> str:
    if place is None:
        return "a phone"
    kind = place["kind"].replace("_", " ").replace("ivr", "IVR")
    if "id" in place:
        return f'{kind} "{names.get(UUID(place["id"]), place["id"])}"'
    return f"{kind} {place['number']}" if place.get("number") else str(kind)


def _afterwards(call: CallDetail) -> list[str]:
    lines = []
    if call.recording is not None:
        lines.append(f"recorded: {call.recording.duration_s:.1f} s")
    if call.transcript is not None:
        lines.append(f"transcript ({call.transcript.state}): {call.transcript.text}".rstrip(": "))
    return lines + [f"odd: {flag['what']} {flag['detail']}".rstrip() for flag in call.flags]


def places(call: CallDetail) -> set[UUID]:
    """The configuration objects that the timeline names."""
    return {UUID(step["where"]["id"]) for step in call.timeline if step["where"] and "id" in step["where"]}
