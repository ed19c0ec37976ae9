"""The channels of one call: who rang, who was connected with whom, and for how long.

Sides are connected when they share a bridge, or sit in two bridges joined by the halves of a Local channel. A channel
that hears music, a menu or a whisper is in no bridge, so none of that counts as talk.

Source: https://docs.asterisk.org/Configuration/Reporting/Channel-Event-Logging-CEL/CEL-Specification/
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from controlplane.calls.spans import Span, union_s

ANSWERED_ELSEWHERE = 26  # Q.850 has no such cause; Asterisk's AST_CAUSE_ANSWERED_ELSEWHERE

CAUSES = {
    1: "unknown number",
    3: "no route",
    16: "normal clearing",
    17: "user busy",
    18: "no response",
    19: "no answer",
    20: "subscriber absent",
    21: "call rejected",
    22: "number changed",
    26: "answered elsewhere",
    27: "destination out of order",
    28: "invalid number",
    31: "normal unspecified",
    34: "no circuit",
    38: "network out of order",
    41: "temporary failure",
    42: "congestion",
    50: "not subscribed",
    58: "not available",
    88: "incompatible destination",
    102: "timer expired",
    111: "protocol error",
    127: "interworking",
}
"""Hangup causes in words. Source: ITU-T Q.850 table 1; Asterisk 22, include/asterisk/causes.h."""

_TRUNK = re.compile(r"/trunk-([0-9a-f]{32})-[0-9a-f]+$")


def cause_in_words(cause: int) -> str:
    """``normal clearing``, or ``cause 99`` for one without a name."""
    return CAUSES.get(cause, f"cause {cause}")


@dataclass(slots=True)
class Leg:
    """One channel. All times by the node's clock, UTC.

    Attributes:
        uniqueid: Asterisk's id of the channel.
        channel: Its name, such as ``PJSIP/201-00000003``.
        extension_id: Whose phone it is: the account code of the phone's endpoint, as the channel began.
        trunk_id: The carrier link it uses.
        number: Number asked of the carrier.
        cause: Q.850 cause with which it ended.
        sip: SIP status code (300 or more) by which its far side refused it, where that was told.
        talks: Stretches in which it was connected with another side.
    """

    uniqueid: str
    channel: str
    started_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    extension_id: UUID | None = None
    trunk_id: UUID | None = None
    number: str | None = None
    cause: int | None = None
    sip: int | None = None
    bridge: str | None = None
    bridge_as_said: str | None = None
    talks: list[Span] = field(default_factory=list)
    talking_since: datetime | None = None

    def __post_init__(self) -> None:
        if match := _TRUNK.search(self.channel):
            self.trunk_id = UUID(match[1])

    @property
    def is_local(self) -> bool:
        """Half of a Local channel: plumbing, nobody's phone."""
        return self.channel.startswith("Local/")

    @property
    def is_to_node(self) -> bool:
        """The way to another node of ours, on which the call goes on."""
        return self.channel.startswith("PJSIP/trunk-node-")

    @property
    def other_half(self) -> str:
        """Name of a Local channel's other half."""
        return f"{self.channel[:-1]}{'2' if self.channel.endswith('1') else '1'}"

    def where(self) -> dict[str, str] | None:
        """The extension or trunk behind it, for the timeline."""
        if self.extension_id is not None:
            return {"kind": "extension", "id": str(self.extension_id)}
        if self.trunk_id is not None:
            return {"kind": "trunk", "id": str(self.trunk_id)}
        return None

    def ringing(self, now: datetime) -> Span | None:
        """When it rang; until ``now`` if it still does."""
        if self.started_at is None:
            return None
        return self.started_at, self.answered_at or self.ended_at or now

    def outcome(self) -> str:
        """What became of it, in fixed words."""
        if self.talks or self.talking_since:
            return "connected"
        if self.answered_at:
            return "answered"
        if self.ended_at is None:
            return "ringing"
        if self.cause == ANSWERED_ELSEWHERE:
            return "answered elsewhere"
        if self.cause == 17:
            return "busy"
        return "no answer" if self.cause in {None, 0, 16, 18, 19} else "failed"

    def as_json(self, role: str, now: datetime) -> dict[str, Any]:
        """The leg in the call record. ``ring_s`` and ``talk_s`` are seconds."""
        ringing = self.ringing(now)
        return {
            "role": role,
            "channel": self.channel,
            "extension_id": str(self.extension_id) if self.extension_id else None,
            "trunk_id": str(self.trunk_id) if self.trunk_id else None,
            "number": self.number,
            "started_at": self.started_at and self.started_at.isoformat(),
            "answered_at": self.answered_at and self.answered_at.isoformat(),
            "ended_at": self.ended_at and self.ended_at.isoformat(),
            "ring_s": union_s([ringing]) if ringing and role != "caller" else 0.0,
            "talk_s": union_s(self.talks),
            "outcome": "caller" if role == "caller" else self.outcome(),
            "hangup_cause": cause_in_words(self.cause) if self.cause else None,
            "cause": self.cause,
            "sip": self.sip,
        }


class Legs:
    """All channels of a call, fed in order of time."""

    def __init__(self) -> None:
        self.by_id: dict[str, Leg] = {}
        self.first_talk: tuple[datetime, frozenset[str]] | None = None

    def leg(self, uniqueid: str, channel: str) -> Leg:
        """The leg; made at its first sign of life."""
        found = self.by_id.get(uniqueid)
        if found is None:
            found = self.by_id[uniqueid] = Leg(uniqueid, channel)
        return found

    def refused(self, channel: str | None, sip: int | None) -> None:
        """What a leg that was rung in vain answered; one without a start of its own stays unknown."""
        for leg in self.by_id.values():
            if leg.channel == channel:
                leg.sip = sip

    def enter(self, leg: Leg, bridge: str, peers: str, at: datetime) -> None:
        """The channel joins a bridge.

        ``peers`` (names, comma between) outweighs the bridge's id: when a Local channel is optimised away, the phone's
        BRIDGE_ENTER carries the id of the bridge it has just left, though it joins the caller's (Asterisk 22.10).
        """
        names = set(peers.split(","))
        met = next((other.bridge for other in self.by_id.values() if other.bridge and other.channel in names), None)
        leg.bridge, leg.bridge_as_said = met or bridge, bridge
        self._look_who_talks(at)

    def bring_in(self, came: Iterable[Leg], at: datetime) -> None:
        """Channels of another call come into this one. What they talked before is not of this one."""
        for one in came:
            leg = self.leg(one.uniqueid, one.channel)
            for name in ("started_at", "answered_at", "extension_id", "trunk_id", "number", "bridge", "bridge_as_said"):
                setattr(leg, name, getattr(leg, name) or getattr(one, name))
        self._look_who_talks(at)

    def forget_strangers(self) -> None:
        """Drops channels that never began here."""
        self.by_id = {id_: leg for id_, leg in self.by_id.items() if leg.started_at is not None}

    def leave(self, leg: Leg, bridge: str, at: datetime) -> None:
        """The channel leaves a bridge; one that it has left already for another changes nothing."""
        if leg.bridge is not None and bridge in {leg.bridge, leg.bridge_as_said}:
            leg.bridge = None
            self._look_who_talks(at)

    def gone(self, leg: Leg, at: datetime) -> None:
        """The channel is no more."""
        leg.ended_at = leg.ended_at or at
        if leg.bridge is not None:
            leg.bridge = None
            self._look_who_talks(at)

    def close(self, at: datetime) -> None:
        """The call is over: so is all talk."""
        for leg in self.by_id.values():
            leg.bridge = None
        self._look_who_talks(at)

    def talks(self) -> list[Span]:
        """Every stretch of talk of every leg."""
        return [span for leg in self.by_id.values() for span in leg.talks]

    def anyone_talking(self) -> bool:
        """Whether two sides are connected now."""
        return any(leg.talking_since for leg in self.by_id.values())

    def _look_who_talks(self, at: datetime) -> None:
        connected = self._connected()
        if connected and self.first_talk is None:
            self.first_talk = at, frozenset(connected)
        for leg in self.by_id.values():
            if leg.uniqueid in connected:
                leg.talking_since = leg.talking_since or at
            elif leg.talking_since:
                leg.talks.append((leg.talking_since, at))
                leg.talking_since = None

    def _connected(self) -> set[str]:
        """Ids of all real channels that have another one at the other end."""
        rooms: dict[str, set[str]] = {}
        for leg in self.by_id.values():
            if leg.bridge is not None:
                rooms.setdefault(leg.bridge, set()).add(leg.uniqueid)
        halves = {leg.channel: leg.bridge for leg in self.by_id.values() if leg.bridge and leg.is_local}
        for leg in self.by_id.values():
            if leg.is_local and leg.bridge and (beyond := halves.get(leg.other_half)):
                _join(rooms, leg.bridge, beyond)
        connected: set[str] = set()
        for room in rooms.values():
            sides = {uniqueid for uniqueid in room if not self.by_id[uniqueid].is_local}
            if len(sides) > 1:
                connected |= sides
        return connected


def _join(rooms: dict[str, set[str]], one: str, other: str) -> None:
    """Makes two bridges one room (the same set under both names)."""
    if rooms[one] is not rooms[other]:
        joined = rooms[one] | rooms[other]
        gone = (rooms[one], rooms[other])
        for name, members in rooms.items():
            if any(members is old for old in gone):
                rooms[name] = joined
