"""Mappings that are changed by laying what differs over them are like those that are copied."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from controlplane.kit import layered
from controlplane.kit.layered import changed

CHANGES = st.dictionaries(st.integers(0, 9), st.none() | st.integers(1, 5), max_size=4)


@given(st.dictionaries(st.integers(0, 9), st.integers(1, 5)), st.lists(CHANGES, max_size=8), st.integers(0, 6))
def test_it_is_like_a_copy_that_was_changed(
    before: dict[int, int], history: list[dict[int, int | None]], most: int
) -> None:
    usual, layered.MOST = layered.MOST, most
    try:
        mapping: Mapping[int, int] = before
        wanted = dict(before)
        for changes in history:
            former, mapping = mapping, changed(mapping, changes)
            assert former == wanted, "what was changed stays as it was"
            wanted = {key: value for key, value in {**wanted, **changes}.items() if value is not None}
            assert mapping == wanted
            assert (len(mapping), set(mapping)) == (len(wanted), set(wanted))
            assert all(mapping.get(key) == wanted.get(key) and (key in mapping) == (key in wanted) for key in range(10))
    finally:
        layered.MOST = usual


def test_a_small_change_copies_little() -> None:
    large = {number: str(number) for number in range(10_000)}
    once = changed(large, {1: "one", 2: None})
    assert changed(once, {}) is once
    twice = changed(once, {2: "two"})
    assert (twice[1], twice[2], twice[3]) == ("one", "two", "3")
    assert 2 not in once
    assert not isinstance(twice, dict)
    assert isinstance(changed(large, dict.fromkeys(range(layered.MOST + 1))), dict)
