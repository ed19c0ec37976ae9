"""Stretches of time."""

from collections.abc import Iterable
from datetime import datetime

Span = tuple[datetime, datetime]


def union_s(spans: Iterable[Span], *, until: datetime | None = None) -> float:
    """Seconds covered by at least one span, before ``until`` where given."""
    total = 0.0
    covered: datetime | None = None
    for begun, ended in sorted(spans):
        start = begun if covered is None else max(begun, covered)
        stop = ended if until is None else min(ended, until)
        if stop > start:
            total += (stop - start).total_seconds()
            covered = stop
    return round(total, 3)
