"""Whether opening hours are what people mean: in a known zone, without overlaps and slips, open and closed at all."""

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from zoneinfo import available_timezones

from controlplane.objects.schemas import ObjectFields, Stored
from controlplane.release.finding import Finder
from controlplane.release.schemas import ProblemRead
from controlplane.telephony.schemas import WEEKDAYS, OpeningSpan, TimeConditionFields

DAY = 24 * 60
SLIP = 15
"""A pause of fewer minutes is hardly meant: 12:00-12:59 and 13:00-17:00 leave a minute out, a lunch break doesn't."""

Stretch = tuple[int, int, int]
"""First minute of the week, first minute after, and which span it comes from."""


def opening_hours(finder: Finder, item: Stored[ObjectFields]) -> Iterator[ProblemRead]:
    """Hours are in a zone that exists, and said once."""
    if not isinstance(item.fields, TimeConditionFields):
        return
    yield from _timezone(finder, item, item.fields)
    yield from _spans(finder, item, item.fields.open_hours)


@cache
def _zones() -> set[str]:
    return available_timezones()  # walks a folder: 10 ms


def _timezone(
    finder: Finder, item: Stored[ObjectFields], fields: TimeConditionFields
) -> Iterator[ProblemRead]:  # fmt: skip
    if fields.timezone is not None:
        zone, path = fields.timezone, "timezone"
    else:
        location = finder.configuration.locations.get(fields.location_id) if fields.location_id else None
        if location is None:
            yield finder.error(item, "timezone", "timezone-missing", "has neither time zone nor location", "Set one.")
            return
        zone, path = location.timezone, "location_id"
    if zone not in _zones():
        yield finder.error(
            item, path, "unknown-timezone", f"time zone {zone!r} is unknown",
            "Write an IANA name like America/New_York.",
        )  # fmt: skip


def _spans(finder: Finder, item: Stored[ObjectFields], spans: tuple[OpeningSpan, ...]) -> Iterator[ProblemRead]:
    week = _week(spans)
    if not week:
        yield finder.warning(item, "open_hours", "never-open", "is never open", "Add hours, or remove the condition.")
        return
    overlapping, slips = set[int](), set[int]()
    for before, after in pairwise([*week, (week[0][0] + 7 * DAY, week[0][1] + 7 * DAY, week[0][2])]):
        index, other = after[2], before[2]
        if after[0] < before[1] and index not in overlapping:
            overlapping.add(index)
            day = WEEKDAYS[after[0] // DAY % 7]
            yield finder.warning(
                item, f"open_hours.{index}", "spans-overlap", f"overlaps open_hours.{other} on {day}"
            )  # fmt: skip
        elif 0 < after[0] - before[1] < SLIP and index not in slips:
            slips.add(index)
            day = WEEKDAYS[before[1] // DAY % 7]
            yield finder.warning(
                item, f"open_hours.{index}", "hours-gap",
                f"is closed for {after[0] - before[1]} min on {day}, from {_clock(before[1])} to {_clock(after[0])}",
                "A span is open until its end, so write the time at which it closes: 12:00, not 11:59.",
            )  # fmt: skip
    if _covers_the_week(week):
        yield finder.warning(item, "closed", "always-open", "is always open: nobody gets where closed leads")


def _week(spans: tuple[OpeningSpan, ...]) -> list[Stretch]:
    days: dict[str, int] = {day: DAY * number for number, day in enumerate(WEEKDAYS)}
    stretches: list[Stretch] = []
    for index, span in enumerate(spans):
        start, end = _minutes(span.start.hour, span.start.minute), _minutes(span.end.hour, span.end.minute) or DAY
        stretches += [(days[day] + start, days[day] + end, index) for day in dict.fromkeys(span.days)]
    return sorted(stretches)


def _covers_the_week(week: list[Stretch]) -> bool:
    open_until = 0
    for start, end, _ in week:
        if start > open_until:
            return False
        open_until = max(open_until, end)
    return open_until >= 7 * DAY


def _minutes(hour: int, minute: int) -> int:
    return hour * 60 + minute


def _clock(minute: int) -> str:
    return f"{minute % DAY // 60:02}:{minute % 60:02}"
