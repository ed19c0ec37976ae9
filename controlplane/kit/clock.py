"""The only place that asks what time it is, so tests and replays can say."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def from_epoch(seconds: float) -> datetime:
    """An Asterisk epoch time (seconds, fraction allowed) as an aware UTC datetime."""
    return datetime.fromtimestamp(seconds, UTC)
