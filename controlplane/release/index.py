"""Look-ups into a configuration, carried on from change to change so that a change costs what it touches.

What an object means on the phone hangs on itself and on what it mentions: other objects, sounds, and names that must
be unique. `Index.readers` answers the way back, who mentions a thing; `touched` is made of that and nothing else.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, compress
from operator import is_not
from typing import Self, TypeVar
from uuid import UUID

from controlplane.kit.destination import TARGETS, Kind, Spoken
from controlplane.kit.layered import changed
from controlplane.kit.ordered import patched
from controlplane.objects.door import references
from controlplane.objects.schemas import ObjectFields, Stored
from controlplane.release.graph import Roads, Way, spoken_parts, ways
from controlplane.release.unreached import unreached, unreached_after
from controlplane.telephony.configuration import Configuration, sound_key
from controlplane.telephony.schemas import PromptFields, VoicemailBoxFields

Key = Hashable
"""An object's id, the key of a sound, or a name that only one object may have."""
Fields = TypeVar("Fields", bound=ObjectFields)
Pair = tuple[Stored[ObjectFields] | None, Stored[ObjectFields] | None]
"""What an object was and is."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between two configurations.

    Attributes:
        objects: Each object's former and new state by id; None where it wasn't or isn't.
        sounds: Keys of sounds that came, went or differ.
    """

    objects: Mapping[UUID, Pair]
    sounds: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.objects or self.sounds)

    def kinds(self) -> set[Kind]:
        """The kinds of the objects that changed."""
        return {one.fields.kind for pair in self.objects.values() for one in pair if one}

    def places(self) -> set[UUID | None]:
        """The locations of the objects that changed, before and after."""
        return {one.fields.location_id for pair in self.objects.values() for one in pair if one}


@dataclass(frozen=True, slots=True)
class Index:
    """A configuration's objects by id, by kind and by location. Never changes; `after` gives the next one.

    Attributes:
        readers: Who mentions a thing.
        roads: The ways on from each object that calls can come to, where there are any.
        unreached: Objects that no call can come to.
    """

    configuration: Configuration
    items: Mapping[UUID, Stored[ObjectFields]]
    kinds: Mapping[Kind, tuple[Stored[ObjectFields], ...]]
    places: Mapping[UUID | None, tuple[Stored[ObjectFields], ...]]
    readers: Mapping[Key, frozenset[UUID]]
    roads: Roads
    unreached: frozenset[UUID]

    @classmethod
    def of(cls, configuration: Configuration) -> Self:
        """The index of a configuration, from scratch."""
        kinds: dict[Kind, list[Stored[ObjectFields]]] = defaultdict(list)
        places: dict[UUID | None, list[Stored[ObjectFields]]] = defaultdict(list)
        readers: dict[Key, set[UUID]] = defaultdict(set)
        for item in configuration.objects:
            kinds[item.fields.kind].append(item)
            places[item.fields.location_id].append(item)
            for key in mentioned(item):
                readers[key].add(item.id)
        items = {item.id: item for item in configuration.objects}
        named_by = {key: frozenset(found) for key, found in readers.items()}
        return cls(
            configuration,
            items,
            {kind: tuple(found) for kind, found in kinds.items()},
            {place: tuple(found) for place, found in places.items()},
            named_by,
            Roads({item.id: found for item in configuration.objects if (found := _leads(item))}),
            unreached(items, named_by, items),
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
        objects = self._changed_in_place(configuration.objects)
        if objects is None:
            objects = self._changed(configuration.objects)
        before_sounds, sounds = self.configuration.sounds, configuration.sounds
        keys = before_sounds.keys() | sounds.keys() if before_sounds is not sounds else ()
        return Changes(objects, frozenset(key for key in keys if before_sounds.get(key) != sounds.get(key)))

    def _changed_in_place(self, now: tuple[Stored[ObjectFields], ...]) -> dict[UUID, Pair] | None:
        """The changes where nothing came or went; None where something did."""
        were = self.configuration.objects
        if len(were) != len(now):
            return None
        pairs = list(compress(zip(were, now, strict=True), map(is_not, were, now)))  # all of 27,000 are looked at
        if any(one.id != other.id for one, other in pairs):
            return None
        return {one.id: (one, other) for one, other in pairs if one != other}

    def _changed(self, now: tuple[Stored[ObjectFields], ...]) -> dict[UUID, Pair]:
        same = {id(item) for item in self.configuration.objects}
        objects: dict[UUID, Pair] = {}
        kept = len(same)
        for item in now:
            if id(item) in same:
                kept -= 1
                continue
            before = self.items.get(item.id)
            kept -= before is not None
            if before != item:
                objects[item.id] = (before, item)
        if kept:  # some are gone
            new = {item.id for item in now}
            objects |= {id_: (item, None) for id_, item in self.items.items() if id_ not in new}
        return objects

    def after(self, changes: Changes, configuration: Configuration) -> Self:
        """The index of the changed configuration. Unchanged objects stay the same ones."""
        items = changed(self.items, {id_: new for id_, (_, new) in changes.objects.items()})
        readers = self._readers_after(changes)
        kinds, places = dict(self.kinds), dict(self.places)
        for kind in changes.kinds():
            kinds[kind] = patched(kinds.get(kind, ()), _of_those(changes, partial(_is_of_kind, kind)))
        for place in changes.places():
            places[place] = patched(places.get(place, ()), _of_those(changes, partial(_is_at, place)))
        objects = patched(self.configuration.objects, {id_: new for id_, (_, new) in changes.objects.items()})
        whole = replace(configuration, objects=objects)
        return replace(
            self,
            configuration=whole,
            items=items,
            kinds=kinds,
            places=places,
            readers=readers,
            roads=self._roads_after(changes),
            unreached=unreached_after(self.unreached, items, readers, chain(*changes.objects.values())),
        )

    def _readers_after(self, changes: Changes) -> Mapping[Key, frozenset[UUID]]:
        found: dict[Key, frozenset[UUID]] = {}
        for id_, (old, new) in changes.objects.items():
            before, now = set(mentioned(old)) if old else set(), set(mentioned(new)) if new else set()
            for key in before ^ now:
                naming = found[key] if key in found else self.readers.get(key, frozenset())
                found[key] = naming | {id_} if key in now else naming - {id_}
        return changed(self.readers, {key: naming or None for key, naming in found.items()})

    def _roads_after(self, changes: Changes) -> Roads:
        """The very same ones, with all that is known of them, unless a way differs."""
        ways_on = {id_: _leads(new) if new else () for id_, (_, new) in changes.objects.items()}
        differing = {id_: found for id_, found in ways_on.items() if found != self.roads.leads.get(id_, ())}
        return self.roads.after(differing) if differing else self.roads


_TARGETS = frozenset(TARGETS.values())


def _leads(item: Stored[ObjectFields]) -> tuple[Way, ...]:
    return tuple(ways(item.fields)) if item.fields.kind in _TARGETS else ()


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


def _is_of_kind(kind: Kind, item: Stored[ObjectFields]) -> bool:
    return item.fields.kind == kind


def _is_at(place: UUID | None, item: Stored[ObjectFields]) -> bool:
    return item.fields.location_id == place


def _of_those(
    changes: Changes, belongs: Callable[[Stored[ObjectFields]], bool]
) -> dict[UUID, Stored[ObjectFields] | None]:
    return {
        id_: new if new and belongs(new) else None
        for id_, (old, new) in changes.objects.items()
        if any(one and belongs(one) for one in (old, new))
    }
