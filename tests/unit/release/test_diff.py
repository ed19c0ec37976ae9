from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from controlplane.kit.destination import Kind
from controlplane.objects.schemas import ObjectFields, Origin, Stored
from controlplane.platform.settings import REPOSITORY
from controlplane.release.compile import compile_node
from controlplane.release.diff import diff, reloads
from controlplane.release.render import render
from controlplane.release.schemas import ChangeRead
from controlplane.release.snapshot import pack, unpack

from .example import STORE, Builder, example, to, uid

TEMPLATES: Path = REPOSITORY / "dialplan_templates"


def edit(builder: Builder, id_: UUID, secrets: dict[str, str] | None = None, **fields: Any) -> None:
    for index, item in enumerate(builder.objects):
        if item.id == id_:
            changed = type(item.fields).model_validate({**item.fields.model_dump(), **fields})
            builder.objects[index] = Stored(item.id, item.org_id, 2, changed, secrets or item.secrets)


def changes(edited: Builder) -> list[ChangeRead]:
    return diff(example().configuration(), edited.configuration())


def test_nothing_changed_is_nothing() -> None:
    assert changes(example()) == []


def test_a_destination_is_said_by_name() -> None:
    edited = example()
    edit(edited, uid(71), closed=to("extension", uid(21)))
    (change,) = changes(edited)
    assert change.effect == (
        "Store 12, hours Opening hours, after hours: was voicemail 900 Sales messages, becomes ring 202 Bob; "
        "1 number affected (+12125550100)."
    )
    assert change.affected_numbers == ["+12125550100"]


def test_secrets_are_never_shown() -> None:
    edited = example()
    edit(edited, uid(30), secrets={"secret": "another-secret-1"})
    edit(edited, uid(50), secrets={"pin": "9999"})
    said = changes(edited)
    assert [change.effect for change in said] == [
        "Store 12, device alice-desk, secret changed; 2 numbers affected (+12125550100, +442071838750).",
        "Voicemail 900 Sales messages, PIN changed; 2 numbers affected (+12125550100, +442071838750).",
    ]
    assert said[0].warnings == ["The phone has to be given its new password, else it loses its registration."]
    assert "9999" not in str(said)
    assert "another" not in str(said)
    assert "4711" not in str(said)


def test_an_object_is_changed_only_by_its_own_fields() -> None:
    """A renamed extension and its new phone don't change the queue and the group that it is in."""
    edited = example()
    edit(edited, uid(21), name="Robert")
    edit(edited, uid(32), max_contacts=3)
    assert [(change.kind, change.action) for change in changes(edited)] == [
        ("device", "changed"),
        ("extension", "changed"),
    ]


def test_added_and_removed() -> None:
    edited = example()
    edited.objects = [one for one in edited.objects if one.id != uid(90)]
    edited.add(93, Kind.PHONE_NUMBER, name="", number="+12125550123", destination=to("queue", uid(40)))
    assert [change.effect for change in changes(edited)] == [
        "Outbound route Emergency is gone.",
        "Phone number +12125550123 is new: calls go to queue 600 Sales; 1 number affected (+12125550123).",
    ]


def said_of(id_: UUID, **fields: Any) -> str:
    """The words of the one field that is edited."""
    edited = example()
    edit(edited, id_, **fields)
    (change,) = changes(edited)
    (field,) = change.fields
    return field.words


@pytest.mark.parametrize(
    ("id_", "fields", "words"),
    [
        (
            uid(40),
            {"members": [{"extension_id": uid(21)}, {"extension_id": uid(20)}]},
            "members: penalty of 202 Bob was 5, becomes 0; in another order: 202 Bob, 201 Alice \"Ace\" O'Neil; boss",
        ),
        (uid(40), {"members": [{"extension_id": uid(21), "penalty": 5}]},
         "members: removed 201 Alice \"Ace\" O'Neil; boss"),
        (uid(40), {"strategy": "ringall"}, "strategy: was in turn, going on after the last, becomes all at once"),
        (uid(40), {"max_waiting": 5}, "most callers waiting: was no limit, becomes 5"),
        (uid(40), {"whisper": None}, "whisper: was “A caller for sales.”, becomes nothing"),
        (uid(40), {"recording": {"enabled": False}},
         "recording: was on, after the notice “This call is recorded.”, becomes off"),
        (uid(41), {"ring_s": 30}, "rings for: was 20 s, becomes 30 s"),
        (uid(41), {"strategy": "all"}, "strategy: was one after the other, becomes all at once"),
        (
            uid(42),
            {"options": [{"digit": "1", "destination": to("hangup")},
                         {"digit": "3", "destination": to("queue", uid(40))},
                         {"digit": "9", "destination": to("ivr_menu", uid(42))}]},
            ("keys: added 3: queue 600 Sales; removed 2: outside number +12125559999; "
             "key 1 was queue 600 Sales, becomes hang up"),
        ),
        (
            uid(71),
            {"open_hours": [{"days": ["mon", "tue"], "start": "09:00", "end": "17:00"},
                            {"days": ["fri"], "start": "09:00", "end": "17:30"},
                            {"days": ["sat"], "start": "10:00", "end": "00:00"}]},
            "open hours: Monday to Tuesday 9:00-17:00, was 9:00-17:30",
        ),
        (uid(71), {"open_hours": []},
         ("open hours: Monday to Tuesday closed, was 9:00-17:30; Friday closed, was 9:00-17:30; "
          "Saturday closed, was 10:00-24:00")),
        (uid(71), {"timezone": "Europe/London"}, "time zone: was the location's, becomes Europe/London"),
        (uid(71), {"holiday": None}, "on holidays: was announcement Closed, becomes as after hours"),
        (uid(70), {"holidays": [{"date": "2026-12-25", "name": "Christmas Day"},
                                {"date": "2027-01-01", "name": "New Year"}]},
         "holidays: added 2027-01-01 New Year; was 2026-12-25 Christmas, becomes 2026-12-25 Christmas Day"),
        (uid(60), {"text": "We moved."}, "text: was “We are closed for good.”, becomes “We moved.”"),
        (uid(20), {"name": "Alice"}, "renamed: was “Alice \"Ace\" O'Neil; boss”, becomes Alice"),
        (uid(20), {"location_id": None}, "moved: was Store 12, becomes the whole organisation"),
        (uid(80), {"enabled": False}, "switched off"),
        (uid(10), {"max_calls": None}, "most calls at once: was 20, becomes no limit"),
        (uid(11), {"caller_id": {"mode": "pass_through"}},
         "caller number sent: was always +442071838750, becomes the caller's own"),
        (uid(90), {"trunk_ids": [uid(11), uid(10)]}, "trunks: in another order: Carrier B, Carrier A"),
    ],
)  # fmt: skip
def test_every_kind_of_change_is_said_as_people_say_it(id_: UUID, fields: dict[str, Any], words: str) -> None:
    assert said_of(id_, **fields) == words


def test_a_location_that_moves_is_said_with_the_numbers_whose_hours_move() -> None:
    edited = example()
    edited.locations = {STORE: replace(edited.locations[STORE], timezone="America/Chicago", node="node2")}
    (change,) = changes(edited)
    assert change.effect == (
        "Store 12: time zone: was America/New_York, becomes America/Chicago; home node: was node1, becomes node2; "
        "1 number affected (+12125550100)."
    )
    assert change.warnings == ["Its phones have to register at node node2."]


def test_another_sound_under_the_same_name_is_said() -> None:
    edited = example()
    edited.sound(uid(60), "9")
    (change,) = changes(edited)
    assert change.effect == ("Prompt Closed, what is heard was made anew; 1 number affected (+12125550100).")


@pytest.mark.parametrize(
    ("overridden", "whence"),
    [((), "from template Shop"), (("closed",), "set here, not by template Shop"), (("open",), "from template Shop")],
)
def test_what_came_from_a_template_says_so(overridden: tuple[str, ...], whence: str) -> None:
    edited = example()
    edit(edited, uid(71), closed=to("hangup"))
    origin = Origin(uid(801), uid(802), "Shop", "hours", overridden)
    edited.objects = [replace(one, origin=origin) if one.id == uid(71) else one for one in edited.objects]
    (change,) = changes(edited)
    assert change.template == "Shop"
    assert change.effect.startswith(f"Store 12, hours Opening hours ({whence}), after hours: was ")


# Whatever differs is said


def other_values(value: Any) -> st.SearchStrategy[Any]:
    """Values that may stand in a field instead; some are refused by the field's own rules."""
    if isinstance(value, bool):
        return st.just(not value)
    if isinstance(value, int):
        return st.integers(1, 50)
    if isinstance(value, str):
        return st.sampled_from(
            ["Another name", "777", "+12125550177", "UTC", "srtp", "opus", "linear", "5XXX", "GB", "udp"]
        )
    if isinstance(value, list):
        return st.permutations(value) | st.lists(st.sampled_from(value), unique_by=str) if value else st.just([])
    if isinstance(value, dict):
        return st.sampled_from([to("hangup"), to("queue", uid(40)), to("external_number", number="+12125550178"),
                                {"text": "Something else."}, {"prompt_id": uid(60)}, {"enabled": True},
                                None])  # fmt: skip
    return st.sampled_from([uid(20), uid(40), uid(50), uid(70), STORE, "UTC", "+12125550179", to("hangup"), 3])


@st.composite
def edits(draw: st.DrawFn) -> tuple[Builder, list[Stored[ObjectFields]]]:
    """The example with some fields edited at random, as far as they are valid; and what is edited."""
    edited = example()
    touched = []
    for index in draw(st.sets(st.integers(0, len(edited.objects) - 1), max_size=4)):
        item = edited.objects[index]
        document = item.fields.model_dump(mode="json", exclude=set(item.fields.secret_fields))
        for name in draw(st.sets(st.sampled_from(sorted(document)), min_size=1, max_size=3)):
            document[name] = draw(other_values(document[name]))
        secrets = {name: draw(st.sampled_from([secret, "hidden-word-77"])) for name, secret in item.secrets.items()}
        try:
            fields = type(item.fields).model_validate(document)
        except ValidationError:
            continue
        edited.objects[index] = Stored(item.id, item.org_id, 2, fields, secrets)
        touched.append(edited.objects[index])
    return edited, touched


@given(edits())
@settings(deadline=None, max_examples=300)
def test_every_field_that_differs_is_said_and_nothing_else(made: tuple[Builder, list[Stored[ObjectFields]]]) -> None:
    edited, touched = made
    before = {item.id: item for item in example().objects}
    expected = {
        item.id: {name for name in type(item.fields).model_fields
                  if getattr(before[item.id].fields, name) != getattr(item.fields, name)}
        | {name for name in item.secrets if before[item.id].secrets[name] != item.secrets[name]}
        for item in touched
    }  # fmt: skip
    said = changes(edited)
    assert {one.id: {field.field for field in one.fields} for one in said} == {
        id_: names for id_, names in expected.items() if names
    }
    assert all(field.words and field.words in one.effect for one in said for field in one.fields)
    text = " ".join(one.model_dump_json() for one in said)
    assert not [secret for item in (*before.values(), *touched) for secret in item.secrets.values() if secret in text]
    back = diff(edited.configuration(), example().configuration())
    assert {one.id for one in back} == {one.id for one in said}


@given(edits())
@settings(deadline=None, max_examples=50)
def test_a_configuration_does_not_differ_from_itself(made: tuple[Builder, list[Stored[ObjectFields]]]) -> None:
    assert diff(made[0].configuration(), unpack(pack(made[0].configuration()), "node1")) == []


def test_a_change_touches_few_files_and_few_reloads() -> None:
    before = render(compile_node(example().configuration()), "r", TEMPLATES).files
    edited = example()
    edit(edited, uid(30), secrets={"secret": "another-secret-1"})
    after = render(compile_node(edited.configuration()), "r", TEMPLATES).files
    assert [path for path in after if after[path] != before[path]] == [f"devices/{uid(2).hex}.conf"]
    assert reloads(before, after) == ["push phones"]
    assert reloads({}, after) == [
        "module reload res_pjsip.so", "push phones", "voicemail reload", "queue reload all", "dialplan reload",
    ]  # fmt: skip
    assert reloads(after, after) == []
