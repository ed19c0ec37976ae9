"""Identifiers sort by birth, also those of one millisecond."""

from itertools import pairwise

from controlplane.kit.ids import new_id


def test_what_one_process_makes_at_once_sorts_by_birth() -> None:
    ids = [new_id() for _ in range(5_000)]  # some hundred in each millisecond
    assert all(first < second for first, second in pairwise(ids))
    assert {one.version for one in ids} == {7}
