"""Attended transfers: two calls of one phone become one, of which the phone is no part any more.

Asterisk writes one row of it, in one of the two calls. Who was asked began in the other call; their later rows carry
either linkedid, and often the transferer's account code.

Source: https://docs.asterisk.org/Configuration/Reporting/Channel-Event-Logging-CEL/CEL-Specification/
"""

from collections.abc import Iterable
from dataclasses import dataclass

from controlplane.calls.reading import CelRow, read_cel
from controlplane.protocol.facts import Fact, FactKind

_NONE = "N/A"  # what Asterisk writes for a channel that isn't there


@dataclass(frozen=True, slots=True)
class Transfer:
    """What an ATTENDEDTRANSFER row tells.

    Attributes:
        second: The transferer's channel in the call that isn't the row's own.
        target: Who was asked: uniqueid and channel name; None while their phone still rings.
        transferee: Channel name of whom they get.
        bridge: Where both are, unless the channels' own rows tell another place.
    """

    second: str
    target: tuple[str, str] | None
    transferee: str
    bridge: str


def read_transfer(row: CelRow) -> Transfer:
    """The transfer behind a row; damaged values become empty ones."""

    def told(key: str) -> str:
        value = row.extra.get(key)
        return value if isinstance(value, str) and value != _NONE else ""

    target = told("transfer_target_channel_uniqueid"), told("transfer_target_channel_name")
    return Transfer(
        second=told("channel2_uniqueid"),
        target=target if all(target) else None,
        transferee=told("transferee_channel_name"),
        bridge=told("bridge2_id") or told("bridge1_id"),
    )


def joined_with(facts: Iterable[Fact]) -> set[str]:
    """Linkedids that the other calls may have: of two channels one has begun its call."""
    transfers = [read_transfer(read_cel(fact)) for fact in facts if is_attended_transfer(fact)]
    return {one.second for one in transfers if one.second} | {one.target[0] for one in transfers if one.target}


def strangers(facts: Iterable[Fact]) -> set[str]:
    """Channels that began elsewhere: whoever began a call and was joined with this older one is among them."""
    rows = [fact.payload for fact in facts if fact.kind == FactKind.CEL]
    begun = {row.get("uniqueid") for row in rows if row.get("eventtype") == "CHAN_START"}
    return {id_ for row in rows if (id_ := row.get("uniqueid")) and isinstance(id_, str) and id_ not in begun}


def is_attended_transfer(fact: Fact) -> bool:
    """Whether it tells of one."""
    return fact.kind == FactKind.CEL and fact.payload.get("eventtype") == "ATTENDEDTRANSFER"
