from pathlib import Path
from typing import Any
from uuid import UUID

from controlplane.kit.destination import Kind
from controlplane.objects.schemas import Stored
from controlplane.platform.settings import REPOSITORY
from controlplane.release.compile import compile_node
from controlplane.release.diff import diff, reloads
from controlplane.release.render import render
from controlplane.release.schemas import ChangeRead

from .example import Builder, example, to, uid

TEMPLATES: Path = REPOSITORY / "dialplan_templates"


def edit(builder: Builder, id_: UUID, secrets: dict[str, str] | None = None, **fields: Any) -> None:
    for index, item in enumerate(builder.objects):
        if item.id == id_:
            changed = type(item.fields).model_validate({**item.fields.model_dump(), **fields})
            builder.objects[index] = Stored(item.id, item.org_id, 2, changed, secrets or item.secrets)


def changes(edited: Builder) -> list[ChangeRead]:
    return diff(compile_node(example().configuration()), compile_node(edited.configuration()))


def test_nothing_changed_is_nothing() -> None:
    assert changes(example()) == []


def test_a_destination_is_said_by_name() -> None:
    edited = example()
    edit(edited, uid(71), closed=to("extension", uid(21)))
    (change,) = changes(edited)
    assert change.effect == (
        "Time condition Opening hours: closed: was voicemail box 900 Sales messages, becomes extension 202 Bob."
    )
    assert change.affected_numbers == ["+12125550100"]


def test_secrets_are_never_shown() -> None:
    edited = example()
    edit(edited, uid(30), secrets={"secret": "another-secret-1"})
    edit(edited, uid(50), secrets={"pin": "9999"})
    said = changes(edited)
    assert [change.effect for change in said] == [
        "Device alice-desk: secret changed.",
        "Voicemail box 900 Sales messages: pin changed.",
    ]
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
        "Phone number +12125550123 is new.",
    ]


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
