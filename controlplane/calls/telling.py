"""A call's timeline in words, for people who ask what happened to it.

`Teller.sentence` is the one place where a folded call becomes words, for real calls and for rehearsed ones.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from controlplane.calls.causes import sip_in_words, status_line, told_caller
from controlplane.calls.record import FoldedCall
from controlplane.calls.schemas import CallDetail, Direction
from controlplane.protocol.call_events import Why

Step = Mapping[str, Any]
Hours = Callable[[UUID, datetime], str | None]

_BECAUSE: dict[str, str] = {
    Why.NUMBER: "the number leads there",
    Why.DIALED: "it was dialled",
    Why.OPEN: "it was open",
    Why.CLOSED: "it was closed",
    Why.HOLIDAY: "it was a holiday",
    Why.KEY: "of the key pressed",
    Why.PLAYED: "the announcement was over",
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
    Why.NODE: "another node sent it here",
}
_DIAL_ENDED = {
    "noanswer": "nobody answered in the time that it rings",
    "busy": "every phone was busy or declined the call",
    "congestion": "the call was refused",
    "answer": "it was answered",
    "cancel": "the caller gave up",
}
"""Asterisk's DIALSTATUS. Source: https://docs.asterisk.org, application Dial."""

_QUEUE_LEFT = {
    "timeout": "the longest wait was over",
    "full": "the queue was full",
    "joinempty": "it has no member that could take calls",
    "leaveempty": "no member could take calls any more",
    "joinunavail": "no phone of its members was registered and free",
    "leaveunavail": "no phone of its members was registered any more",
    "continue": "the member ended the call",
    "withdraw": "it was taken out of the queue",
}
"""Asterisk's QUEUESTATUS. Source: https://docs.asterisk.org, application Queue."""

_PLAIN = {
    "recording notice": "the caller heard the recording notice",
    "recording armed": "recording was armed: it runs while both sides are connected",
    "recording started": "recording began",
    "whisper": "the answering side alone heard the whisper of {where}",
    "trunk full": "{where} was passed over: it carries as many calls as it may",
    "message left": "a message was left in {where}",
    "no message": "no message was left in {where}",
    "messages heard": "messages in {where} were listened to",
}
_KINDS = {
    "ivr_menu": "menu",
    "time_condition": "hours",
    "voicemail": "voicemail box",
    "external_number": "outside number",
}


def sentence(step: Step, call: CallDetail | FoldedCall, names: Mapping[UUID, str]) -> str:
    """One step of a call's timeline in words, without its time."""
    return Teller(call, names).sentence(step)


class Teller:
    """Says the steps of one call.

    Args:
        call: The record, or what the fold made of facts.
        names: Number and name of configuration objects; one that is gone is told by its id.
        hours: Says how a time condition stood at a moment, where that is known.
    """

    def __init__(
        self, call: CallDetail | FoldedCall, names: Mapping[UUID, str], hours: Hours | None = None
    ) -> None:  # fmt: skip
        self._call, self._names, self._hours = call, names, hours
        self._legs = {leg["channel"]: leg for leg in call.legs}

    def leg(self, step: Step) -> Mapping[str, Any] | None:
        """The leg that a step is about."""
        return self._legs.get(step.get("channel"))

    def sentence(self, step: Step) -> str:
        """One step."""
        said = {
            "arrived": self._arrived,
            "hours": self._said_hours,
            "sent to": self._sent_to,
            "key": self._key,
            "carrier asked": self._carrier_asked,
            "ringing": self._ringing,
            "dial ended": self._dial_ended,
            "queue left": self._queue_left,
            "connected": self._connected,
            "transferred": self._transferred,
            "ended": self._ended,
            "handed over": self._handed_over,
        }
        what = step["what"]
        return said[what](step) if what in said else _PLAIN[what].format(where=self._place(step))

    # -- objects -----------------------------------------------------------------------------------------------------

    def object(self, kind: str, id_: str | UUID) -> str:
        """``queue 600 Sales``; the id where no name is known."""
        words = _KINDS.get(kind, kind.replace("_", " "))
        return f"{words} {self._names.get(UUID(str(id_)), str(id_))}"

    def _place(self, step: Step) -> str:
        where = step["where"]
        if where is None:
            return "a phone"
        if "id" in where:
            return self.object(where["kind"], where["id"])
        words = _KINDS.get(where["kind"], where["kind"].replace("_", " "))
        return f"{words} {where['number']}" if where.get("number") else words

    def _phone(self, step: Step) -> str:
        """Whose phone, and which: ``extension 201 Alice (alice-desk)``."""
        channel = step.get("channel") or ""
        device = channel.partition("/")[2].rpartition("-")[0]
        where = step["where"]
        return (
            f"{self._place(step)} ({device})"
            if where and where["kind"] == "extension" and device
            else self._place(step)
        )

    # -- steps -------------------------------------------------------------------------------------------------------

    def _arrived(self, step: Step) -> str:
        call, number = self._call, step.get("number") or "nothing"
        caller = call.caller_number or "a hidden number"
        caller = f"{call.caller_name} ({caller})" if call.caller_name else caller
        if step.get("node"):
            return f"the call {step.get('call')} of {caller} came over from the node {step['node']}"
        if call.direction != Direction.INBOUND:
            by = f" from {self.object('device', step['device'])}" if step.get("device") else ""
            return f"our phone {caller} dialled {number}{by}"
        known = self._names.get(call.phone_number_id) if call.phone_number_id else None
        named = f" ({known.removeprefix(number).strip()})" if known and known.removeprefix(number).strip() else ""
        by = f" by {self.object('trunk', step['trunk'])}" if step.get("trunk") else ""
        return f"{caller} called {number}{named}{by}"

    def _handed_over(self, step: Step) -> str:
        return f"it went on to the node {step.get('node')}, where it has a record of its own"

    def _said_hours(self, step: Step) -> str:
        at = datetime.fromisoformat(step["at"])
        where = step["where"]
        told = self._hours(UUID(where["id"]), at) if self._hours and where else None
        state = {"holiday": "today is a holiday"}.get(step["why"], step["why"] or "nothing that we know")
        return f"{self._place(step)} said: {state}{f'; {told}' if told else ''}"

    def _sent_to(self, step: Step) -> str:
        why = step["why"]
        because = _BECAUSE.get(why, why or "of something that is not known")
        if step["where"] and step["where"]["kind"] == "hangup":
            if why == Why.NUMBER:
                return "was ended at once: the number is set to hang up"
            return f"was refused, because {because}" if why in _REFUSED else f"was ended, because {because}"
        return f"went to {self._place(step)}, because {because}"

    def _key(self, step: Step) -> str:
        if step["why"] == "timeout":
            return f"the caller pressed no key in {self._place(step)}"
        wrong = ", which leads nowhere" if step["why"] == "invalid" else ""
        return f"the caller pressed {step.get('digit') or 'something'} in {self._place(step)}{wrong}"

    def _carrier_asked(self, step: Step) -> str:
        route = f" by {self.object('outbound_route', step['route'])}" if step.get("route") else ""
        shown = step.get("shown") or "no number"
        return f"{self._place(step)} was asked for {step.get('number') or 'nothing'}{route}, showing {shown}"

    def _ringing(self, step: Step) -> str:
        leg = self.leg(step)
        verb = "was tried" if step["where"] and step["where"]["kind"] == "trunk" else "rang"
        if leg is None:
            return f"{self._phone(step)} {verb}"
        return f"{self._phone(step)} {verb} for {leg['ring_s']:.1f} s: {self.leg_outcome(leg)}"

    def leg_outcome(self, leg: Mapping[str, Any]) -> str:
        """What became of a leg that was rung: ``486 Busy Here: the phone is in a call``."""
        if leg.get("sip"):
            return sip_in_words(leg["sip"])
        plain = {
            "connected": "it was answered",
            "answered": "it was answered, but never connected",
            "answered elsewhere": "another phone took the call",
            "busy": "it was busy",
            "ringing": "it rings still",
        }
        if leg["outcome"] in plain:
            return plain[leg["outcome"]]
        if leg["outcome"] == "failed":
            return f"it failed ({leg['hangup_cause'] or 'no cause told'})"
        gave_up = self._gave_up_at()
        return (
            "until the caller gave up"
            if gave_up and leg["ended_at"] and leg["ended_at"] >= gave_up
            else "nobody answered"
        )

    def _gave_up_at(self) -> str | None:
        """When the caller hung up, a moment before all other channels end; None if not the caller ended it."""
        call = self._call
        ended = next((step for step in call.timeline if step["what"] == "ended"), None)
        if ended is None or ended["why"] != "caller" or call.ended_at is None:
            return None
        return datetime.fromtimestamp(call.ended_at.timestamp() - 0.5, call.ended_at.tzinfo).isoformat()

    def _dial_ended(self, step: Step) -> str:
        why = step["why"] or ""
        if why == "chanunavail":
            rang = any(self._between(other, step) for other in self._call.timeline if other["what"] == "ringing")
            told = "no phone could be reached" if rang else "no phone of it was registered"
            return f"{self._place(step)}: {told}"
        return f"{self._place(step)}: {_DIAL_ENDED.get(why, why or 'what came of it is not known')}"

    def _between(self, other: Step, step: Step) -> bool:
        """Whether something happened since the call was sent to where this step is."""
        sent = [one["at"] for one in self._call.timeline if one["what"] == "sent to" and one["at"] <= step["at"]]
        return bool(other["at"] <= step["at"] and (not sent or other["at"] >= sent[-1]))

    def _queue_left(self, step: Step) -> str:
        why = step["why"] or ""
        return f"left {self._place(step)} without an answer: {_QUEUE_LEFT.get(why, why or 'why is not known')}"

    def _connected(self, step: Step) -> str:
        leg = self.leg(step)
        talk = f" for {leg['talk_s']:.1f} s" if leg and leg["talk_s"] else ""
        return f"connected with {self._phone(step)}{talk}"

    def _transferred(self, step: Step) -> str:
        to = f" to {step['to']}" if step.get("to") else ""
        return f"{self._phone(step)} passed the call on{to} ({step['why']} transfer)"

    def _ended(self, step: Step) -> str:
        why, cause = step["why"], step.get("cause") or "no cause told"
        if why == "end unknown":
            return "how and when it ended is not known: the last word of it is gone"
        if why == "caller":
            return f"the caller hung up{self._while()}"
        by = {"other side": "the other side hung up", "system": "we ended the call"}.get(why, "it ended")
        sip = told_caller(step.get("q850")) if self._call.answered_at is None else None
        return f"{by}: {cause}{f'; the caller was told {status_line(sip)}' if sip else ''}"

    def _while(self) -> str:
        """What the caller was doing when they gave up; nothing once they had talked."""
        if self._call.answered_at is not None:
            return ""
        last = next((step for step in reversed(self._call.timeline) if step["what"] in _ON_THE_WAY), None)
        if last is None or not last["where"]:
            return ""
        verb = {"queue": "while waiting in", "ivr_menu": "in", "voicemail": "at"}.get(
            last["where"]["kind"], "while ringing"
        )
        return f" {verb} {self._place(last)}"


_REFUSED = {Why.UNKNOWN, Why.TRUNK_FULL, Why.LOOP}
_ON_THE_WAY = {"sent to", "key", "carrier asked", "no message"}
