"""Opening hours in words: ``Monday to Friday 9:00-17:30; Saturday 10:00-24:00``."""

from collections.abc import Iterable, Sequence
from datetime import time
from itertools import groupby
from typing import TypeVar

from controlplane.telephony.schemas import WEEKDAYS, OpeningSpan

Said = TypeVar("Said")

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def by_day(spans: Iterable[OpeningSpan]) -> list[str]:
    """What each weekday's hours are, from Monday; ``closed`` for none."""
    kept = list(spans)
    return [_hours([span for span in kept if day in span.days]) for day in WEEKDAYS]


def hours_in_words(spans: Iterable[OpeningSpan]) -> str:
    """All open days, equal ones in a row together."""
    said = [f"{days} {hours}" for days, hours in _in_a_row(by_day(spans)) if hours != "closed"]
    return "; ".join(said) or "never"


def changed_hours(old: Iterable[OpeningSpan], new: Iterable[OpeningSpan]) -> str:
    """Only the days that differ: ``Monday to Friday 9:00-17:00, was 9:00-18:00``."""
    pairs = list(zip(by_day(old), by_day(new), strict=True))
    said = [f"{days} {becomes}, was {was}" for days, (was, becomes) in _in_a_row(pairs) if was != becomes]
    return "; ".join(said) or "the same hours, written in another way"


def _hours(spans: Sequence[OpeningSpan]) -> str:
    return ", ".join(_span(span) for span in sorted(spans, key=lambda one: one.start)) or "closed"


def _span(span: OpeningSpan) -> str:
    if span.start == span.end == time(0):
        return "all day"
    end = "24:00" if span.end == time(0) else _clock(span.end)
    return f"{_clock(span.start)}-{end}"


def _clock(moment: time) -> str:
    return f"{moment.hour}:{moment.minute:02}"


def _in_a_row(days: Sequence[Said]) -> Iterable[tuple[str, Said]]:
    for said, group in groupby(range(len(days)), key=lambda index: days[index]):
        numbers = list(group)
        first, last = _DAYS[numbers[0]], _DAYS[numbers[-1]]
        yield (first if len(numbers) == 1 else f"{first} to {last}"), said
