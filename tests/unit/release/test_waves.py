"""Which nodes a release goes to first."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlplane.platform.problem import Conflict, Invalid
from controlplane.release.waves import plan_waves


def test_one_node_is_one_wave_whatever_its_state() -> None:
    assert plan_waves(["main"], set(), None) == [["main"]]
    assert plan_waves(["main"], {"main"}, "main") == [["main"]]


def test_the_home_node_is_not_the_first_to_try() -> None:
    assert plan_waves(["main", "north", "south"], set(), None) == [["south"], ["north"], ["main"]]


def test_one_then_a_tenth_then_all() -> None:
    names = [f"n{index:02}" for index in range(25)]
    waves = plan_waves(names, set(), "n07")
    assert waves[0] == ["n07"]
    assert [len(wave) for wave in waves] == [1, 3, 21]


def test_a_canary_must_be_one_of_the_nodes_and_there() -> None:
    with pytest.raises(Invalid):
        plan_waves(["main", "north"], set(), "west")
    with pytest.raises(Conflict):
        plan_waves(["main", "north"], {"north"}, "north")


@given(st.sets(st.integers(0, 60), min_size=1), st.data())
def test_every_node_is_in_one_wave_and_those_away_come_last(numbers: set[int], data: st.DataObject) -> None:
    names = [f"n{number}" for number in numbers]
    away = set(data.draw(st.lists(st.sampled_from(names))))
    planned: Sequence[str] = [node for wave in plan_waves(names, away, None) for node in wave]
    assert sorted(planned) == sorted(names)
    assert all(node in away for node in planned[len(names) - len(away) :])
