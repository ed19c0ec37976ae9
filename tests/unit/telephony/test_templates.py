"""Routing templates as a release sees them: checked, compiled, compared, frozen."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel

from controlplane.identity.schemas import LocationInfo
from controlplane.kit.destination import Kind, Ref, Spoken
from controlplane.objects.door import RAW_KEYS
from controlplane.objects.schemas import Stored
from controlplane.release.build import examine
from controlplane.release.compile import compile_node
from controlplane.release.diff import diff
from controlplane.release.snapshot import pack, unpack
from controlplane.telephony.configuration import Configuration, sound_key
from controlplane.telephony.schemas import PromptFields
from controlplane.telephony.template_parts import PART_KINDS
from controlplane.telephony.templates import expand, made_id
from tests.unit.release.example import ORG, Builder, example, to, uid

TEMPLATE = uid(900)
PARTS: dict[str, Any] = {
    "hours": {
        "kind": "time_condition", "open_hours": [{"days": ["mon"], "start": "09:00", "end": "18:00"}],
        "open": {"part": "hello"}, "closed": {"here": "mailbox"},
    },
    "hello": {"kind": "prompt", "text": "Welcome.", "then": {"part": "phones"}},
    "phones": {"kind": "ring_group", "extension_ids": [{"here": "all_extensions"}], "no_answer": {"here": "mailbox"}},
}  # fmt: skip


def stores(count: int, parts: dict[str, Any] = PARTS, *, own_hours: bool = False) -> Builder:
    """The example shop, and more stores that use one template; each has an extension, and a number that leads to it."""
    made = example()
    made.sound("Welcome.", "d")
    made.add(900, Kind.ROUTING_TEMPLATE, name="Store", entry="hours", parts=parts,
             slots={"mailbox": {"gives": "destination", "default": to("hangup")}})  # fmt: skip
    for index in range(count):
        place = uid(1000 + 10 * index)
        made.locations[place] = LocationInfo(place, ORG, f"Store {index}", "America/New_York", "node1")
        made.add(1001 + 10 * index, Kind.EXTENSION, name=f"Desk {index}", number=f"8{index}", location_id=place)
        overrides = {"hours": {"open_hours": [{"days": ["mon"], "start": "10:00", "end": "18:00"}]}}
        made.add(1002 + 10 * index, Kind.LOCATION_ROUTING, name=f"Store {index}", location_id=place,
                 template_id=TEMPLATE, overrides=overrides if own_hours and index == 0 else {})  # fmt: skip
        made.add(1003 + 10 * index, Kind.PHONE_NUMBER, number=f"+1212555{1000 + index}",
                 destination=to("location_routing", uid(1002 + 10 * index)))  # fmt: skip
    return made


def routing(index: int) -> UUID:
    return uid(1002 + 10 * index)


def expanded(made: Builder) -> Configuration:
    """As loading makes it: prompts that came out of a template have the sound of their text."""
    whole = expand(made.configuration())
    said = {
        sound_key(Spoken(prompt_id=one.id)): whole.sounds[sound_key(Spoken(text=one.fields.text))]
        for one in whole.of(PromptFields)
        if one.origin
    }
    return replace(whole, sounds={**whole.sounds, **said})


def by_id(configuration: Configuration) -> dict[UUID, Stored[Any]]:
    return {one.id: one for one in configuration.objects}


def test_a_change_of_a_template_is_told_for_every_location_it_touches() -> None:
    later = {**PARTS, "phones": {**PARTS["phones"], "ring_s": 30}}
    changes = diff(expanded(stores(3)), expanded(stores(3, later)))
    assert [change.effect for change in changes] == [
        f"Store {index}, ring group Store {index}: phones (from template Store), rings for: was 20 s, becomes 30 s; "
        f"1 number affected (+1212555{1000 + index})."
        for index in range(3)
    ]
    assert {change.template for change in changes} == {"Store"}


def test_an_override_keeps_a_location_out_of_a_change_and_says_whose_it_is() -> None:
    later = {**PARTS, "hours": {**PARTS["hours"], "open_hours": [{"days": ["tue"], "start": "08:00", "end": "18:00"}]}}
    changes = diff(expanded(stores(3, own_hours=True)), expanded(stores(3, later, own_hours=True)))
    assert {change.location for change in changes} == {"Store 1", "Store 2"}
    (own,) = diff(expanded(stores(2)), expanded(stores(2, own_hours=True)))
    assert own.effect.startswith("Store 0, hours Store 0: hours (set here, not by template Store), open hours")


def test_a_release_is_compiled_of_it_and_greets_before_it_rings() -> None:
    model = compile_node(expanded(stores(2)))
    hello = next(one for one in model.announcements if one.id == made_id(routing(1), "hello"))
    assert hello.then is not None
    assert hello.then.ref == str(made_id(routing(1), "phones"))
    number = next(one for one in model.phone_numbers if one.number == "+12125551001")
    assert number.destination.ref == str(made_id(routing(1), "hours"))


def test_the_checks_find_nothing_wrong_and_lead_to_the_template_where_they_do() -> None:
    before = {(one.slug, one.id) for one in examine(expand(example().configuration())).problems}
    found = [one for one in examine(expanded(stores(2))).problems if (one.slug, one.id) not in before]
    assert {one.slug for one in found} == {"member-without-device", "extension-leads-nowhere", "no-fallback"}
    assert all("routing template Store, part phones" in one.hint for one in found if one.kind == "ring_group")


def test_a_location_without_extensions_rings_nobody_and_is_warned_of() -> None:
    made = stores(1)
    made.objects = [one for one in made.objects if one.id != uid(1001)]
    found = [one for one in examine(expanded(made)).problems if one.slug == "ring-group-without-members"]
    assert [one.id for one in found] == [made_id(routing(0), "phones")]
    assert compile_node(expanded(made)).ring_groups


def test_what_does_not_fit_its_template_makes_nothing_and_is_an_error() -> None:
    made = stores(1)
    made.objects = [
        replace(one, fields=one.fields.model_copy(update={"overrides": {"gone": {"name": "x"}}}))
        if one.id == routing(0) else one
        for one in made.objects
    ]  # fmt: skip
    problems = examine(expanded(made)).problems
    assert [one.message for one in problems if one.severity == "error"] == [
        "Phone number phone_number 1003: names a location routing that is not there."
    ]


def test_a_frozen_release_holds_the_objects_and_where_they_came_from() -> None:
    whole = expanded(stores(2, own_hours=True))
    again = unpack(pack(whole), "node1")
    assert again.objects == whole.objects
    origin = by_id(again)[made_id(routing(0), "hours")].origin
    assert origin is not None
    assert (origin.routing_id, origin.template_id, origin.overridden) == (routing(0), TEMPLATE, ("open_hours",))
    assert diff(again, whole) == []


def test_what_did_not_change_is_the_very_same_object() -> None:
    made = stores(3)
    first = by_id(expand(made.configuration()))
    index = next(place for place, one in enumerate(made.objects) if one.id == routing(1))
    made.objects[index] = replace(
        made.objects[index], version=2, fields=made.objects[index].fields.model_copy(update={"name": "Renamed"})
    )
    second = by_id(expand(made.configuration()))
    assert {id_ for id_ in first if first[id_] is not second[id_]} == {
        made_id(routing(1), part) for part in PARTS
    }  # fmt: skip
    assert second[uid(1023)].fields.destination.id == made_id(routing(2), "hours")


def test_a_long_name_is_cut_and_its_parts_can_still_be_told_apart() -> None:
    made = stores(1)
    made.objects = [
        replace(one, fields=one.fields.model_copy(update={"name": "x" * 100})) if one.id == routing(0) else one
        for one in made.objects
    ]
    names = {one.fields.name for one in expand(made.configuration()).objects if one.origin}
    assert names == {"x" * 93 + ": hours", "x" * 93 + ": hello", "x" * 92 + ": phones"}


def test_a_configuration_without_templates_is_left_as_it_is() -> None:
    plain = example().configuration()
    assert expand(plain) is plain


def test_a_slot_may_lead_to_another_locations_routing() -> None:
    made = stores(2)
    made.objects = [
        replace(one, fields=type(one.fields).model_validate(
            {**one.fields.model_dump(mode="json"),
             "slots": {"mailbox": {"destination": to("location_routing", routing(1))}}}))
        if one.id == routing(0) else one
        for one in made.objects
    ]  # fmt: skip
    found = by_id(expand(made.configuration()))
    assert found[made_id(routing(0), "phones")].fields.no_answer.id == made_id(routing(1), "hours")


def _references(model: type[BaseModel]) -> Iterator[tuple[str, Kind]]:
    for name, info in model.model_fields.items():
        marks = [mark for mark in info.metadata if isinstance(mark, Ref)]
        yield from ((name, mark.kind) for mark in (*marks, *_marks(info.annotation)))
        for part in _models(info.annotation):
            yield from _references(part)


def _marks(annotation: Any) -> Iterator[Ref]:
    yield from (mark for mark in getattr(annotation, "__metadata__", ()) if isinstance(mark, Ref))
    for part in get_args(annotation):
        yield from _marks(part)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if get_origin(annotation) is None and isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)


def test_every_reference_in_a_part_is_found_by_its_key() -> None:
    assert {found for kind in PART_KINDS.values() for found in _references(kind)} == set(RAW_KEYS.items())
