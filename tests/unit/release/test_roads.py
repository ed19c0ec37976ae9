"""Circles of calls are found again after a change as if all were looked through."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from controlplane.kit.destination import Destination, DestinationKind
from controlplane.release.graph import Roads, Way

IDS = [UUID(int=number) for number in range(1, 9)]
WAYS = st.lists(st.tuples(st.sampled_from(IDS), st.booleans()), max_size=3)
LEADS = st.dictionaries(st.sampled_from(IDS), WAYS, max_size=8)


def ways(found: list[tuple[UUID, bool]]) -> tuple[Way, ...]:
    return tuple(Way("to", Destination(kind=DestinationKind.IVR_MENU, id=id_), pressed) for id_, pressed in found)


def groups(found: list[list[UUID]]) -> set[frozenset[UUID]]:
    assert len(found) == len(set(map(frozenset, found)))
    return set(map(frozenset, found))


@given(LEADS, st.lists(LEADS, min_size=1, max_size=3))
def test_what_is_known_of_circles_is_right_after_each_change(first: dict, changes: list[dict]) -> None:  # type: ignore[type-arg]
    leads = {id_: ways(found) for id_, found in first.items() if found}
    roads = Roads(leads)
    for change in changes:
        differing = {id_: ways(found) for id_, found in change.items()}
        leads = {id_: found for id_, found in (leads | differing).items() if found}
        roads, anew = roads.after(differing), Roads(leads)
        assert roads.leads == anew.leads
        assert groups(roads.loops) == groups(anew.loops)
        assert groups(roads.rounds) == groups(anew.rounds)
        assert roads.circling == anew.circling
