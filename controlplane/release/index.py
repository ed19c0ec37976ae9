"""Look-ups into a configuration, carried on from change to change so that a change costs what it touches.

What an object means on the phone hangs on itself and on what it mentions: other objects, sounds, and names that must
be unique. `Index.readers` answers the way back, who mentions a thing; `touched` is made of that and nothing else.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Self, TypeVar
from uuid import UUID

from controlplane.kit.destination import Kind, Spoken
from controlplane.kit.ordered import patched
from controlplane.objects.door import references
from controlplane.objects.schemas import ObjectFields, Stored
from controlplane.release.graph import spoken_parts
from controlplane.telephony.configuration import Configuration, sound_key
from controlplane.telephony.schemas import PromptFields, VoicemailBoxFields

Key = Hashable
"""An object's id, the key of a sound, or a name that only one object may have."""
Fields = TypeVar("Fields", bound=ObjectFields)


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between two configurations.

    Attributes:
        objects: Each object's former and new state by id; None where it wasn't or isn't.
        sounds: Keys of sounds that came, went or differ.
    """

    objects: Mapping[UUID, tuple[Stored[ObjectFields] | None, Stored[ObjectFields] | None]]
    sounds: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.objects or self.sounds)

    def kinds(self) -> set[Kind]:
        """The kinds of the objects that changed."""
        return {one.fields.kind for pair in self.objects.values() for one in pair if one}


@dataclass(frozen=True, slots=True)
class Index:
    """A configuration's objects by id and by kind, and who mentions what. Never changes; `after` gives the next one."""

    configuration: Configuration
    items: Mapping[UUID, Stored[ObjectFields]]
    kinds: Mapping[Kind, tuple[Stored[ObjectFields], ...]]
    readers: Mapping[Key, frozenset[UUID]]

    @classmethod
    def of(cls, configuration: Configuration) -> Self:
        """The index of a configuration, from scratch."""
        kinds: dict[Kind, list[Stored[ObjectFields]]] = defaultdict(list)
        readers: dict[Key, set[UUID]] = defaultdict(set)
        for item in configuration.objects:
            kinds[item.fields.kind].append(item)
            for key in mentioned(item):
                readers[key].add(item.id)
        return cls(
            configuration,
            {item.id: item for item in configuration.objects},
            {kind: tuple(found) for kind, found in kinds.items()},
            {key: frozenset(found) for key, found in readers.items()},
        )

    def each(self, fields: type[Fields]) -> "tuple[Stored[Fields], ...]":
        """The objects of one kind, in order of id."""
        return self.kinds.get(fields.kind, ())  # type: ignore[return-value] # grouped by just that

    def find(self, id_: UUID | None, fields: type[Fields]) -> "Fields | None":
        """An object's fields, if it is there and of this kind."""
        item = self.items.get(id_) if id_ else None
        return item.fields if item and isinstance(item.fields, fields) else None

    def naming(self, key: Key, fields: type[Fields]) -> "list[Stored[Fields]]":
        """The objects of one kind that mention a thing, in order of id."""
        items = (self.items[id_] for id_ in sorted(self.readers.get(key, ())))
        return [item for item in items if item.fields.kind == fields.kind]  # type: ignore[misc] # of just that kind

    def changes_to(self, configuration: Configuration) -> Changes:
        """What differs; objects that didn't change are usually the very same ones, which is quick to see."""
        same = {id(item) for item in self.configuration.objects}
        objects: dict[UUID, tuple[Stored[ObjectFields] | None, Stored[ObjectFields] | None]] = {}
        kept = len(same)
        for item in configuration.objects:
            if id(item) in same:
                kept -= 1
            elif (before := self.items.get(item.id)) is None or before != item:
                objects[item.id] = (before, item)
        if kept:
            new = {item.id for item in configuration.objects}
            objects |= {id_: (item, None) for id_, item in self.items.items() if id_ not in new}
        before_sounds, sounds = self.configuration.sounds, configuration.sounds
        keys = before_sounds.keys() | sounds.keys() if before_sounds is not sounds else ()
        return Changes(objects, frozenset(key for key in keys if before_sounds.get(key) != sounds.get(key)))

    def after(self, changes: Changes, configuration: Configuration) -> Self:
        """The index of the changed configuration. Unchanged objects stay the same ones."""
        items, readers, kinds = dict(self.items), dict(self.readers), dict(self.kinds)
        for id_, (old, new) in changes.objects.items():
            for key in mentioned(old) if old else ():
                readers[key] = readers.get(key, frozenset()) - {id_}
            for key in mentioned(new) if new else ():
                readers[key] = readers.get(key, frozenset()) | {id_}
            if new:
                items[id_] = new
            else:
                del items[id_]
        for kind in changes.kinds():
            kinds[kind] = patched(kinds.get(kind, ()), _of_kind(changes, kind))
        objects = patched(self.configuration.objects, {id_: new for id_, (_, new) in changes.objects.items()})
        return replace(
            self, configuration=replace(configuration, objects=objects), items=items, kinds=kinds, readers=readers
        )


def mentioned(item: Stored[ObjectFields]) -> Iterator[Key]:
    """All that an object's meaning hangs on besides itself."""
    for reference in references(item.fields):
        yield reference.id
    for _, spoken in spoken_parts(item.fields):
        yield sound_key(spoken)
    if isinstance(item.fields, PromptFields):
        yield sound_key(Spoken(prompt_id=item.id))
    for key, _ in claims(item):
        yield key


def claims(item: Stored[ObjectFields]) -> Iterator[tuple[Key, str]]:
    """What only one object may have, with the field that says so."""
    if number := item.fields.internal_number():
        yield (item.org_id, number), "number"
    if isinstance(item.fields, VoicemailBoxFields):
        yield (item.org_id, Kind.VOICEMAIL_BOX, item.fields.number), "number"
    if unique := item.fields.global_key():
        yield unique, "name" if item.fields.kind == Kind.DEVICE else "number"


def touched(before: Index, after: Index, changes: Changes) -> set[UUID]:
    """The objects whose files or problems can differ after a change.

    Those that changed; those that mention them, and those that mention these (a phone shows the box of its extension);
    and since an extension is rung at the phones that name it, the extensions which a changed object names count as
    changed.
    """
    roots = set(changes.objects)
    for sound in changes.sounds:
        roots |= after.readers.get(sound, frozenset())
    for old, new in changes.objects.values():
        for item in filter(None, (old, new)):
            for key in mentioned(item):
                if not isinstance(key, UUID):
                    roots |= after.readers.get(key, frozenset())
                elif key in after.items and after.items[key].fields.kind == Kind.EXTENSION:
                    roots.add(key)
    once = roots | _mentioning(before, roots) | _mentioning(after, roots)
    return once | _mentioning(before, once) | _mentioning(after, once)


def _mentioning(index: Index, ids: Iterable[UUID]) -> set[UUID]:
    return set().union(*(index.readers.get(id_, frozenset()) for id_ in ids))


def _of_kind(changes: Changes, kind: Kind) -> dict[UUID, Stored[ObjectFields] | None]:
    return {
        id_: new if new and new.fields.kind == kind else None
        for id_, (old, new) in changes.objects.items()
        if any(one and one.fields.kind == kind for one in (old, new))
    }
