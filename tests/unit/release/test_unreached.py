"""Objects that no call can come to: looked for only around a change, and found as if all were looked at."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from controlplane.kit.destination import Kind
from controlplane.release.index import Index

from .example import Builder, to, uid

HOURS = range(10, 16)
NUMBERS = range(20, 23)
PLACES = st.sampled_from([None, *HOURS])
ROADS = st.fixed_dictionaries({
    **{hours: st.none() | st.tuples(PLACES, PLACES) for hours in HOURS},
    **dict.fromkeys(NUMBERS, st.none() | PLACES.map(lambda place: (place,))),
})  # fmt: skip
Roads = dict[int, tuple[int | None, ...] | None]


def built(roads: Roads) -> Index:
    """Hours that lead to hours, and phone numbers that lead to some of them; None: it isn't there."""
    builder = Builder()
    for number, leads in roads.items():
        if leads is None:
            continue
        ends = [to("hangup") if end is None or roads[end] is None else to("time_condition", uid(end)) for end in leads]
        if number in HOURS:
            builder.add(number, Kind.TIME_CONDITION, open=ends[0], closed=ends[1], timezone="UTC")
        else:
            builder.add(number, Kind.PHONE_NUMBER, number=f"+121255501{number}", destination=ends[0])
    return Index.of(builder.configuration())


def walked(roads: Roads) -> set[UUID]:
    """Hours that no way leads to from a number: the plain way to say it."""
    waiting: list[int | None] = [end for number in NUMBERS for end in roads[number] or ()]
    reached: set[int] = set()
    while waiting:
        if (place := waiting.pop()) is not None and place not in reached and roads[place] is not None:
            reached.add(place)
            waiting += roads[place] or ()
    return {uid(hours) for hours in HOURS if roads[hours] is not None and hours not in reached}


@given(st.lists(ROADS, min_size=2, max_size=6))
def test_whatever_changes_those_are_found_that_no_number_leads_to(history: list[Roads]) -> None:
    index = built(history[0])
    assert index.unreached == walked(history[0])
    for roads in history[1:]:
        wanted = built(roads).configuration
        index = index.after(index.changes_to(wanted), wanted)
        assert index.unreached == walked(roads)
