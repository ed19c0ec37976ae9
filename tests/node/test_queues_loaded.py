"""Which queues' members must be asked for after an apply."""

import pytest

from controlplane.node.reload import queues_loaded


@pytest.mark.parametrize(
    ("steps", "queues"),
    [
        (["push endpoint desk", "set CP_RELEASE"], frozenset()),
        (["queue reload q-1", "queue reload q-2", "set CP_RELEASE"], frozenset({"q-1", "q-2"})),
        (["queue reload all", "dialplan reload", "queue reload all"], None),
    ],
)
def test_only_queues_that_were_loaded_are_asked_for(steps: list[str], queues: frozenset[str] | None) -> None:
    assert queues_loaded(steps) == queues
