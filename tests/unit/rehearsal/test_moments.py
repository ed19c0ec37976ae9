"""Moments to test a number's hours at."""

from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from controlplane.kit.destination import DestinationKind
from controlplane.rehearsal.moments import moments, state_of
from controlplane.release.compile import compile_node
from controlplane.release.model import PbxModel
from controlplane.release.pbx_objects import Hop, TimeCondition
from tests.unit.release.example import example

NOW = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)


@cache
def shop() -> tuple[PbxModel, TimeCondition, frozenset[str]]:
    model = compile_node(example().configuration())
    condition = model.time_conditions[0]
    days = {one.id: one.days for one in model.holiday_calendars}
    return model, condition, frozenset(day for calendar in condition.calendars for day in days[calendar])


@settings(deadline=None)
@given(st.integers(0, 700).map(lambda days: NOW + timedelta(days=days, hours=days % 24)))
def test_each_moment_is_in_the_state_that_it_stands_for(now: datetime) -> None:
    model, condition, holidays = shop()
    found = moments(model, Hop(DestinationKind.TIME_CONDITION, str(condition.id), ""), now)
    assert {"open", "closed"} <= found.keys()
    for state, moment in found.items():
        assert moment > now
        assert state_of(condition, holidays, moment.astimezone(ZoneInfo(condition.timezone))) == state


def test_a_number_without_hours_is_always_open() -> None:
    model, *_ = shop()
    assert moments(model, Hop(DestinationKind.HANGUP, "", ""), NOW) == {"open": NOW}
    gone = Hop(DestinationKind.TIME_CONDITION, str(UUID(int=1)), "")
    assert moments(model, gone, NOW) == {"open": NOW}
