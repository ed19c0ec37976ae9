"""Objects, fields and values of a configuration in the words that people use for them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from controlplane.kit.destination import Destination, DestinationKind, Kind, Spoken
from controlplane.numbering.schemas import CallerIdMode, CallerIdPolicy, RecordingPolicy
from controlplane.objects.schemas import ObjectFields, Stored
from controlplane.release.hours import hours_in_words
from controlplane.release.index import Index
from controlplane.telephony.schemas import Holiday, IvrOption, OpeningSpan, QueueMember

_FIELDS: dict[tuple[Kind | None, str], str] = {
    (None, "location_id"): "location",
    (None, "no_answer"): "when nobody answers",
    (None, "busy"): "when busy or away",
    (None, "ring_s"): "rings for",
    (None, "extension_ids"): "members",
    (None, "trunk_ids"): "trunks",
    (None, "trunk_id"): "trunk",
    (None, "extension_id"): "extension",
    (None, "voicemail_box_id"): "voicemail box",
    (None, "caller_number"): "number shown on outbound calls",
    (Kind.TIME_CONDITION, "open"): "when open",
    (Kind.TIME_CONDITION, "closed"): "after hours",
    (Kind.TIME_CONDITION, "holiday"): "on holidays",
    (Kind.TIME_CONDITION, "open_hours"): "open hours",
    (Kind.TIME_CONDITION, "timezone"): "time zone",
    (Kind.TIME_CONDITION, "holiday_calendar_ids"): "holiday calendars",
    (Kind.IVR_MENU, "options"): "keys",
    (Kind.IVR_MENU, "on_timeout"): "when no key is pressed",
    (Kind.IVR_MENU, "on_invalid"): "after wrong keys",
    (Kind.IVR_MENU, "wait_s"): "waits for a key for",
    (Kind.IVR_MENU, "dial_extensions"): "dialling of extensions",
    (Kind.IVR_MENU, "invalid_prompt"): "prompt after a wrong key",
    (Kind.QUEUE, "member_ring_s"): "a member rings for",
    (Kind.QUEUE, "retry_s"): "pause before ringing again",
    (Kind.QUEUE, "wrap_up_s"): "rest after a call",
    (Kind.QUEUE, "max_wait_s"): "longest wait",
    (Kind.QUEUE, "max_waiting"): "most callers waiting",
    (Kind.QUEUE, "join_empty"): "waiting without a reachable member",
    (Kind.QUEUE, "announce_position"): "telling callers their position",
    (Kind.QUEUE, "music"): "music on hold",
    (Kind.DEVICE, "max_contacts"): "places it may register from",
    (Kind.DEVICE, "name"): "SIP user name",
    (Kind.VOICEMAIL_BOX, "pin"): "PIN",
    (Kind.VOICEMAIL_BOX, "email"): "e-mail address",
    (Kind.VOICEMAIL_BOX, "max_message_s"): "longest message",
    (Kind.VOICEMAIL_BOX, "max_messages"): "most messages",
    (Kind.TRUNK, "source_networks"): "addresses its calls come from",
    (Kind.TRUNK, "number_format"): "form of dialled numbers",
    (Kind.TRUNK, "trust_caller_name"): "callers' names as the carrier sends them",
    (Kind.TRUNK, "max_calls"): "most calls at once",
    (Kind.TRUNK, "caller_id"): "caller number sent",
    (Kind.TRUNK, "identity"): "known by",
    (Kind.PHONE_NUMBER, "caller_name_prefix"): "put before callers' names",
    (Kind.PHONE_NUMBER, "destination"): "calls go to",
    (Kind.PROMPT, "then"): "afterwards calls go to",
    (Kind.OUTBOUND_ROUTE, "pattern"): "numbers like",
    (Kind.OUTBOUND_ROUTE, "strip"): "digits taken off",
    (Kind.OUTBOUND_ROUTE, "prepend"): "digits put in front",
    (Kind.OUTBOUND_ROUTE, "emergency"): "emergency calls",
    (Kind.OUTBOUND_ROUTE, "position"): "position",
}
"""What fields are called; a kind of None stands for all. A field that isn't here is called by its own name."""

_NOTHING: dict[str, str] = {
    "location_id": "the whole organisation",
    "no_answer": "the default",
    "busy": "as when nobody answers",
    "holiday": "as after hours",
    "timezone": "the location's",
    "trunk_id": "any trunk",
    "caller_number": "the route's or the trunk's",
    "max_calls": "no limit",
    "invalid_prompt": "Asterisk's own",
    "greeting": "Asterisk's own",
    "then": "the end of the call",
    "source_networks": "its host",
}
"""What it means that a field is empty; elsewhere it is `nothing`."""

_STRATEGIES = {
    "ringall": "all at once",
    "leastrecent": "who rested longest first",
    "fewestcalls": "who had fewest calls first",
    "random": "at random",
    "rrmemory": "in turn, going on after the last",
    "rrordered": "in turn, in the order of the list",
    "linear": "always from the first",
    "wrandom": "at random, by penalty",
    "all": "all at once",
    "in_turn": "one after the other",
}

_GOES: dict[DestinationKind, str] = {
    DestinationKind.EXTENSION: "ring",
    DestinationKind.RING_GROUP: "ring group",
    DestinationKind.VOICEMAIL: "voicemail",
    DestinationKind.IVR_MENU: "menu",
    DestinationKind.TIME_CONDITION: "hours",
}

_CALLED: dict[str, str] = {Kind.TIME_CONDITION: "hours", Kind.IVR_MENU: "menu", Kind.VOICEMAIL_BOX: "voicemail"}


def field_in_words(kind: Kind, name: str) -> str:
    """What a field is called: ``after hours``."""
    return _FIELDS.get((kind, name)) or _FIELDS.get((None, name)) or name.replace("_", " ")


def kind_in_words(kind: str) -> str:
    """What a kind is called where its name follows: ``hours``, ``menu``, ``ring group``."""
    return _CALLED.get(kind, kind.replace("_", " "))


def named(fields: ObjectFields) -> str:
    """Number and name, once where both are one: ``201 Alice``."""
    number = getattr(fields, "number", None)
    return " ".join(dict.fromkeys(part for part in (number, fields.name) if part))


class Speaker:
    """Says things with the names that objects have in one configuration."""

    def __init__(self, index: Index | None) -> None:
        self._objects: Mapping[UUID, Stored[ObjectFields]] = index.items if index else {}
        self._locations = index.configuration.locations if index else {}

    def label(self, id_: UUID | None) -> str:
        """Kind, number and name: ``extension 201 Alice``; the id of something that isn't there."""
        item = self._objects.get(id_) if id_ else None
        return f"{kind_in_words(item.fields.kind)} {named(item.fields)}" if item else str(id_)

    def name(self, id_: UUID) -> str:
        """Number and name alone."""
        item = self._objects.get(id_)
        return named(item.fields) if item else self.location(id_) or str(id_)

    def location(self, id_: UUID | None) -> str | None:
        """A location's name; None for none."""
        found = self._locations.get(id_) if id_ else None
        return found.name if found else None

    def destination(self, destination: Destination) -> str:
        """Where calls go: ``ring 201 Alice``, ``voicemail 900 Sales``, ``hang up``."""
        if destination.kind == DestinationKind.HANGUP:
            return "hang up"
        if destination.kind == DestinationKind.EXTERNAL_NUMBER:
            return f"outside number {destination.number}"
        verb = _GOES.get(destination.kind, destination.kind.replace("_", " "))
        return f"{verb} {self.name(destination.id)}" if destination.id else verb

    def value(self, name: str, value: Any) -> str:
        """A field's value as one reads it."""
        if value is None or value in {"", ()}:
            return _NOTHING.get(name, "nothing")
        if isinstance(value, tuple):
            return self._list(value)
        if isinstance(value, bool):
            return "on" if value else "off"
        if isinstance(value, int) and name.endswith("_s"):
            return f"{value} s"
        if name == "max_waiting" and value == 0:
            return "no limit"
        if name == "strategy":
            return _STRATEGIES.get(str(value), str(value))
        return self.part(value)

    def _list(self, values: tuple[Any, ...]) -> str:
        if isinstance(values[0], OpeningSpan):
            return hours_in_words(values)
        return ", ".join(map(self.part, values))

    def part(self, value: Any) -> str:
        """An element of a list, or a value that is no list."""
        match value:
            case UUID():
                return self.name(value)
            case Destination():
                return self.destination(value)
            case Spoken():
                return f"prompt {self.name(value.prompt_id)}" if value.prompt_id else f"“{value.text}”"
            case RecordingPolicy() | CallerIdPolicy():
                return self._policy(value)
            case QueueMember() | IvrOption() | Holiday():
                return self._element(value)
            case BaseModel():
                fields = type(value).model_fields
                return ", ".join(
                    f"{name.replace('_', ' ')} {self.value(name, getattr(value, name))}" for name in fields
                )
        return f"“{value}”" if isinstance(value, str) and " " in value else str(value)

    def _policy(self, policy: RecordingPolicy | CallerIdPolicy) -> str:
        if isinstance(policy, RecordingPolicy):
            notice = f", after the notice {self.part(policy.consent)}" if policy.consent else ""
            return f"{'on' if policy.enabled else 'off'}{notice}"
        if policy.mode == CallerIdMode.FIXED:
            return f"always {policy.number}"
        return "the caller's own" + (f", {policy.number} where there is none" if policy.number else "")

    def _element(self, element: QueueMember | IvrOption | Holiday) -> str:
        if isinstance(element, QueueMember):
            return self.name(element.extension_id) + (f" (penalty {element.penalty})" if element.penalty else "")
        if isinstance(element, IvrOption):
            return f"{element.digit}: {self.destination(element.destination)}"
        return f"{element.date:%Y-%m-%d} {element.name}"
