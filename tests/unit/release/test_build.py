"""A build that goes on from an earlier one is the same as one from scratch, to the byte."""

import random
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from controlplane.kit.destination import Kind
from controlplane.objects.door import references
from controlplane.objects.schemas import ObjectFields, Stored
from controlplane.release.build import Compiled, examine, make
from controlplane.release.snapshot import pack_portions, unpack
from controlplane.telephony.configuration import FIELDS, Configuration

from .example import STORE, example, to, uid

TURNS = 40


def scratch(configuration: Configuration) -> Compiled:
    return make(examine(configuration))


def with_objects(configuration: Configuration, objects: dict[UUID, Stored[ObjectFields]]) -> Configuration:
    return replace(configuration, objects=tuple(objects[id_] for id_ in sorted(objects)))


def frozen(build: Compiled) -> Configuration:
    """What would come back from the build's snapshot."""
    return unpack(pack_portions(build.configuration, build.index.places, build.packed), build.configuration.node)


def ids(objects: dict[UUID, Stored[ObjectFields]], kind: Kind) -> list[UUID]:
    return [one.id for one in objects.values() if one.fields.kind == kind]


class Editor:
    """Makes one change after another, good and bad ones, as people do."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.configuration = example().configuration()
        self.next = 1000

    def turn(self) -> None:
        """One to three changes at once."""
        objects = {one.id: one for one in self.configuration.objects}
        for _ in range(self.random.choice((1, 1, 1, 2, 3))):
            change = self.random.choice(
                (self.add_line, self.add_number, self.add_box, self.add_queue, self.add_menu, self.remove, self.edit,
                 self.edit, self.edit, self.move, self.redirect, self.redirect, self.toggle, self.toggle)
            )  # fmt: skip
            change(objects)
        self.configuration = with_objects(self.configuration, objects)
        if self.random.random() < 0.1:
            self.lose_or_find_a_sound()

    def add(self, objects: dict[UUID, Stored[ObjectFields]], kind: Kind, secrets: Any = None, **fields: Any) -> UUID:
        self.next += 1
        place = self.random.choice((None, STORE))
        parsed = FIELDS[kind].model_validate({"name": f"{kind} {self.next}", "location_id": place, **fields})
        objects[uid(self.next)] = Stored(uid(self.next), uid(1), 1, parsed, secrets or {})
        return uid(self.next)

    def destination(self, objects: dict[UUID, Stored[ObjectFields]]) -> dict[str, Any]:
        kind = self.random.choice(("extension", "queue", "ring_group", "ivr_menu", "time_condition", "voicemail",
                                   "announcement", "hangup", "external_number"))  # fmt: skip
        if kind == "external_number":
            return to(kind, number="+12125557777")
        stored = {"voicemail": "voicemail_box", "announcement": "prompt"}.get(kind, kind)
        there = ids(objects, Kind(stored)) if kind != "hangup" else []
        return to(kind, self.random.choice(there)) if there else to("hangup")

    def add_line(self, objects: dict[UUID, Stored[ObjectFields]]) -> None:
        line = self.add(objects, Kind.EXTENSION, number=str(self.next + 2000))
        for _ in range(self.random.choice((0, 1, 2))):
            self.add(objects, Kind.DEVICE, {"secret": "s" * 12}, extension_id=line, name=f"phone-{self.next}")

    def add_number(self, objects: dict[UUID, Stored[ObjectFields]]) -> None:
        self.add(objects, Kind.PHONE_NUMBER, number=f"+1212600{self.next:04}", destination=self.destination(objects))

    def add_box(self, objects: dict[UUID, Stored[ObjectFields]]) -> None:
        self.add(objects, Kind.VOICEMAIL_BOX, {"pin": "1234"}, number=str(self.next))

    def add_queue(self, objects: dict[UUID, Stored[ObjectFields]]) -> None:
        lines = ids(objects, Kind.EXTENSION)
        some = self.random.sample(lines, min(len(lines), 3))
        self.add(objects, Kind.QUEUE, number=str(self.next + 2000), members=[{"extension_id": one} for one in some],
                 overflow=self.destination(objects))  # fmt: skip

    def add_menu(self, objects: dict[UUID, Stored[ObjectFields]]) -> None:
        self.add(
            objects, Kind.IVR_MENU, prompt={"text": "This call is recorded."}, dial_extensions=True,
            options=[{"digit": "1", "destination": self.destination(objects)}],
            on_timeout=self.destination(objects), on_invalid=to("hangup"),
        )  # fmt: skip

    def remove(self, objects: dict[UUID, Stored[ObjectFields]]) -> None:
        """Mostly what nothing names, as the database demands; now and then something that is missed."""
        named = {reference.id for one in objects.values() for reference in references(one.fields)}
        free = [id_ for id_ in objects if id_ not in named]
        if len(objects) > 15:
            del objects[self.random.choice(free if self.random.random() < 0.9 else list(objects))]

    def changed(self, objects: dict[UUID, Stored[ObjectFields]], id_: UUID, **fields: Any) -> None:
        one = objects[id_]
        document = {**one.fields.model_dump(mode="json", exclude=set(one.fields.secret_fields)), **fields}
        parsed = FIELDS[one.fields.kind].model_validate(document)
        objects[id_] = replace(one, version=one.version + 1, fields=parsed)

    def some(self, objects: dict[UUID, Stored[ObjectFields]], *fields: str) -> tuple[UUID, str]:
        found = [(id_, name) for id_, one in objects.items() for name in fields if hasattr(one.fields, name)]
        return self.random.choice(found)

    def edit(self, objects: dict[UUID, Stored[ObjectFields]]) -> None:
        id_ = self.random.choice(list(objects))
        if objects[id_].fields.kind == Kind.DEVICE:
            self.changed(objects, id_, max_contacts=self.random.choice((1, 2)))
        elif self.random.random() < 0.5 and "number" in type(objects[id_].fields).model_fields:
            number = f"+1212700{self.random.randrange(10_000):04}"
            is_did = objects[id_].fields.kind == Kind.PHONE_NUMBER
            self.changed(objects, id_, number=number if is_did else str(self.random.randrange(300, 400)))
        else:
            self.changed(objects, id_, name=f"Renamed {self.random.randrange(1000)}")

    def move(self, objects: dict[UUID, Stored[ObjectFields]]) -> None:
        id_ = self.random.choice(list(objects))
        if objects[id_].fields.kind != Kind.TIME_CONDITION:
            self.changed(objects, id_, location_id=self.random.choice((None, STORE)))

    def redirect(self, objects: dict[UUID, Stored[ObjectFields]]) -> None:
        id_, field = self.some(objects, "destination", "no_answer", "overflow", "on_timeout", "open", "closed", "busy")
        self.changed(objects, id_, **{field: self.destination(objects)})

    def toggle(self, objects: dict[UUID, Stored[ObjectFields]]) -> None:
        id_, _ = self.some(objects, "enabled")
        self.changed(objects, id_, enabled=self.random.random() < 0.8)

    def lose_or_find_a_sound(self) -> None:
        every = example().sounds
        lost = self.random.choice([None, *every])
        sounds = {key: sound for key, sound in every.items() if key != lost}
        self.configuration = replace(self.configuration, sounds=sounds)


@pytest.mark.parametrize("seed", range(10))
def test_going_on_is_the_same_as_starting_anew(seed: int) -> None:
    editor = Editor(seed)
    before = scratch(editor.configuration)
    good, kept = 0, 0
    for _ in range(TURNS):
        editor.turn()
        examined, anew = examine(editor.configuration, before), examine(editor.configuration)
        assert examined.problems == anew.problems
        if not anew.is_good:
            if editor.random.random() < 0.4:  # somebody takes back what was wrong
                editor.configuration = before.configuration
            continue
        build, fresh = make(examined, before), make(anew)
        assert build.model == fresh.model
        assert build.files == fresh.files
        assert build.contents == fresh.contents
        assert frozen(build) == frozen(fresh), "nothing stale is taken over from the build before"
        kept += sum(file is before.files.get(path) for path, file in build.files.items())
        before, good = build, good + 1
    assert good > TURNS / 4
    assert kept > 2 * good, "files that a change doesn't touch are not made again"
