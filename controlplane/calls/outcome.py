"""What became of a call that nobody answered and that left no message."""

from controlplane.calls.schemas import CallStatus, Direction
from controlplane.kit.destination import DestinationKind
from controlplane.protocol.call_events import Why

_DIALLED = frozenset({DestinationKind.EXTENSION, DestinationKind.RING_GROUP, DestinationKind.EXTERNAL_NUMBER})
_REFUSED = frozenset({Why.UNKNOWN, Why.TRUNK_FULL, Why.LOOP})


def status_unanswered(
    direction: Direction,
    place: str,
    why: str | None,
    dial_status: str | None,
    *,
    queue_left: bool,
    last_cause: int | None,
) -> CallStatus:
    """The status by where the call was last.

    Args:
        direction: Which way it went.
        place: Kind of the destination at which it ended; empty for none.
        why: Why it had come there.
        dial_status: Asterisk's word on the last Dial.
        queue_left: It had left the queue that it was in.
        last_cause: Q.850 cause of the last leg that was tried, else of the caller's own.
    """
    if place == DestinationKind.HANGUP:
        if why == Why.NUMBER:
            return CallStatus.BLOCKED
        if why in _REFUSED:
            return CallStatus.FAILED
    if place == DestinationKind.IVR_MENU or (place == DestinationKind.QUEUE and not queue_left):
        return CallStatus.ABANDONED
    if direction == Direction.OUTBOUND:
        return _refusal(last_cause)
    if place in _DIALLED or (place == DestinationKind.HANGUP and why == Why.BUSY):
        if dial_status == "BUSY":
            return CallStatus.BUSY
        if direction == Direction.INTERNAL and dial_status in {"CHANUNAVAIL", "CONGESTION"}:
            return CallStatus.FAILED
    return CallStatus.MISSED


def _refusal(cause: int | None) -> CallStatus:
    """What an unanswered outbound call's last word from the carrier means."""
    if cause == 17:
        return CallStatus.BUSY
    return CallStatus.MISSED if cause in {None, 0, 16, 18, 19, 20} else CallStatus.FAILED
