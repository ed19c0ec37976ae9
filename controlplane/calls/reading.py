"""Facts of one call in a firm order: the same for any order, doubling or batching in which they arrived."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from controlplane.kit import clock
from controlplane.protocol.call_events import read_pairs
from controlplane.protocol.facts import Fact, FactKind

_ESCAPED = re.compile(r'\\(["\\])')


def in_order(facts: Iterable[Fact]) -> list[Fact]:
    """By time, then by the node's own count; the same row read twice counts once, even under another key."""
    seen: set[tuple[FactKind, str]] = set()
    ordered: list[Fact] = []
    for fact in sorted(facts, key=lambda fact: (fact.at, fact.boot, fact.seq)):
        identity = (fact.kind, json.dumps(fact.payload, sort_keys=True, default=str))
        if identity not in seen:
            seen.add(identity)
            ordered.append(fact)
    return ordered


@dataclass(frozen=True, slots=True)
class CelRow:
    """One row of the channel event log.

    Attributes:
        event: Asterisk's event name, such as ``BRIDGE_ENTER``; for our own events their name, such as ``CP_AT``.
        at: When, UTC.
        uniqueid: The channel's id.
        context: Where in the dialplan the channel is; ``exten`` likewise.
        app: The application that it is in with its arguments, as in ``Dial(PJSIP/201,20)``; empty between two.
        extra: The event's own values: for our events the pairs, else Asterisk's JSON.
    """

    event: str
    at: datetime
    uniqueid: str
    channel: str
    account: str
    name: str
    number: str
    peer: str
    context: str
    exten: str
    app: str
    extra: dict[str, Any]

    @property
    def dialplan(self) -> dict[str, str]:
        """Where in the dialplan it was written."""
        return {"context": self.context, "exten": self.exten, "app": self.app}

    def uuid(self, key: str) -> UUID | None:
        """An id of ours among the values; None if it is empty or damaged."""
        return as_uuid(self.extra.get(key))

    def text(self, key: str) -> str | None:
        """A text among the values, at most 200 printable characters; None if empty."""
        return clean(self.extra.get(key))


def read_cel(fact: Fact) -> CelRow:
    """The row behind a CEL fact; damaged values become empty ones."""
    row = {key: value if isinstance(value, str) else "" for key, value in fact.payload.items()}
    event = row.get("eventtype", "")
    extra = _json_object(row.get("eventextra", ""))
    if event == "USER_DEFINED":
        event = row.get("userdeftype", "")
        extra = dict(read_pairs(str(extra.get("extra", ""))))
    return CelRow(
        event=event,
        at=fact.at,
        uniqueid=row.get("uniqueid", ""),
        channel=row.get("channame", ""),
        account=row.get("accountcode", ""),
        name=_as_meant(row.get("cid_name", ""), row.get("channame", "")),
        number=row.get("cid_num", ""),
        peer=row.get("peer", ""),
        context=row.get("context", ""),
        exten=row.get("exten", ""),
        app=f"{row['appname']}({row.get('appdata', '')})" if row.get("appname") else "",
        extra=extra,
    )


def _as_meant(name: str, channel: str) -> str:
    r"""A caller's name. Asterisk leaves a carrier's ``\"`` and ``\\`` as SIP carries them (RFC 3261, 25.1)."""
    return _ESCAPED.sub(r"\1", name) if "/trunk-" in channel else name


def _json_object(text: str) -> dict[str, Any]:
    if not text:
        return {}
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def as_uuid(text: object) -> UUID | None:
    """The id, or None where there is none."""
    try:
        return UUID(text) if isinstance(text, str) and text else None
    except ValueError:
        return None


def clean(text: object) -> str | None:
    """Text from outside, shortened and without control characters; None if nothing is left."""
    if not isinstance(text, str):
        return None
    return "".join(char for char in text[:200] if char.isprintable()).strip() or None


def as_int(value: object) -> int | None:
    """A number that Asterisk wrote, or None."""
    try:
        return int(str(value))
    except ValueError:
        return None


def epoch(text: object) -> datetime | None:
    """An Asterisk time in seconds since 1970, or None for never."""
    try:
        seconds = float(str(text))
        return clock.from_epoch(seconds) if seconds > 0 else None
    except (ValueError, OverflowError, OSError):
        return None
