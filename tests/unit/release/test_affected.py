"""The numbers that a change touches are those whose calls can really come there."""

from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from controlplane.kit.destination import Kind
from controlplane.release.affected import LISTED, affected_numbers
from controlplane.release.index import Index

from .example import STORE, Builder, example, to, uid

MENUS, NUMBERS = 6, 5


@st.composite
def webs(draw: st.DrawFn) -> tuple[Builder, dict[UUID, set[str]]]:
    """Menus that lead to each other at random, and for each the numbers that reach it by a walk forwards."""
    made = Builder()
    made.sound("menu", "a")
    menus = [uid(1000 + place) for place in range(MENUS)]
    ways = {menu: draw(st.lists(st.sampled_from(menus), max_size=3, unique=True)) for menu in menus}
    for place, menu in enumerate(menus):
        keys = [{"digit": str(digit), "destination": to("ivr_menu", target)} for digit, target in enumerate(ways[menu])]
        made.add(1000 + place, Kind.IVR_MENU, name=f"Menu {place}", prompt={"text": "menu"}, on_timeout=to("hangup"),
                 options=keys or [{"digit": "0", "destination": to("hangup")}], on_invalid=to("hangup"))  # fmt: skip
    reached: dict[UUID, set[str]] = {menu: set() for menu in menus}
    for place in range(draw(st.integers(0, NUMBERS))):
        number, first = f"+1212555010{place}", draw(st.sampled_from(menus))
        made.add(2000 + place, Kind.PHONE_NUMBER, name="", number=number, destination=to("ivr_menu", first))
        waiting = [first]
        while waiting:
            menu = waiting.pop()
            if number not in reached[menu]:
                reached[menu].add(number)
                waiting += ways[menu]
    return made, reached


@given(webs(), st.data())
@settings(max_examples=200, deadline=None)
def test_the_way_back_finds_what_the_way_on_reaches(
    web: tuple[Builder, dict[UUID, set[str]]], data: st.DataObject
) -> None:
    made, reached = web
    asked = data.draw(st.sets(st.sampled_from(sorted(reached))))
    found = affected_numbers([Index.of(made.configuration())], asked)
    assert {id_: set(one.numbers) for id_, one in found.items()} == {id_: reached[id_] for id_ in asked}
    assert all(one.count == len(one.numbers) and list(one.numbers) == sorted(one.numbers) for one in found.values())


def test_a_phone_is_reached_through_its_extension_and_a_location_through_its_hours() -> None:
    index = Index.of(example().configuration())
    found = affected_numbers([index], [uid(30), STORE, uid(11), uid(90)])
    assert found[uid(30)].numbers == ("+12125550100", "+442071838750")
    assert found[STORE].numbers == ("+12125550100",)
    assert found[uid(11)].numbers == ("+442071838750",)  # the trunk by which it comes
    assert found[uid(90)].count == 0  # a route outwards


def test_before_and_after_count_together_and_only_the_first_are_named() -> None:
    before, after = example(), example()
    for place in range(LISTED + 20):
        after.add(3000 + place, Kind.PHONE_NUMBER, name="", number=f"+1212556{place:04}",
                  destination=to("queue", uid(40)))  # fmt: skip
    after.objects = [one for one in after.objects if one.id != uid(80)]
    found = affected_numbers([Index.of(one.configuration()) for one in (before, after)], [uid(40)])[uid(40)]
    assert (found.count, len(found.numbers)) == (LISTED + 22, LISTED)
    assert found.numbers[0] == "+12125550100"
