"""Moments that are worth a test: when a number's hours are open, when closed, and on a holiday. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from controlplane.kit.destination import DestinationKind
from controlplane.release.door import Hop, PbxModel, Span, TimeCondition

_DAYS = 370
_STEP = timedelta(minutes=30)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def moments(model: PbxModel, destination: Hop, now: datetime) -> dict[str, datetime]:
    """For where a number leads: ``open``, ``closed`` and ``holiday``, as far as there are such moments in a year.

    A number without hours is always open. Of hours behind hours, the first ones count.
    """
    hours = {str(one.id): one for one in model.time_conditions}
    condition = hours.get(destination.ref) if destination.kind == DestinationKind.TIME_CONDITION else None
    if condition is None:
        return {"open": now}
    days = {one.id: frozenset(one.days) for one in model.holiday_calendars}
    holidays = frozenset(day for calendar in condition.calendars for day in days.get(calendar, ()))
    found: dict[str, datetime] = {}
    for moment in _ahead(now, ZoneInfo(condition.timezone)):
        found.setdefault(state_of(condition, holidays, moment), moment)
        if len(found) == (3 if holidays else 2):
            break
    return dict(sorted(found.items(), key=lambda item: ("open", "closed", "holiday").index(item[0])))


def state_of(condition: TimeCondition, holidays: Iterable[str], local: datetime) -> str:
    """``open``, ``closed`` or ``holiday`` at a local time, as the dialplan decides it."""
    if f"{local:%Y%m%d}" in holidays:
        return "holiday"
    return "open" if any(_covers(span, local) for span in condition.spans) else "closed"


def _covers(span: Span, local: datetime) -> bool:
    day = _WEEKDAYS[local.weekday()]
    first, _, last = span.hours.partition("-")
    return (span.days == "*" or day in span.days.split("&")) and first <= f"{local:%H:%M}" <= last


def _ahead(now: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Every half hour from the next noon on: noons are the likeliest to be open."""
    noon = (now.astimezone(zone) + timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0)
    for step in range(_DAYS * 48):
        yield (noon.astimezone(ZoneInfo("UTC")) + step * _STEP).astimezone(zone)
