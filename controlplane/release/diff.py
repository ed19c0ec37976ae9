"""What a new configuration changes, said so that people understand it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from controlplane.identity.schemas import LocationInfo
from controlplane.kit.destination import Kind, Spoken
from controlplane.objects.door import texts
from controlplane.objects.schemas import ObjectFields, Origin, Stored
from controlplane.protocol.bundle import FileKind
from controlplane.release.affected import Affected, affected_numbers
from controlplane.release.field_words import FieldWords
from controlplane.release.index import Index
from controlplane.release.render import RenderedFile
from controlplane.release.schemas import ChangeRead, FieldChange
from controlplane.release.wording import Speaker, field_in_words, kind_in_words, named
from controlplane.telephony.configuration import Configuration, sound_key

Action = Literal["added", "changed", "removed"]
Item = Stored[ObjectFields]

_RELOADS: dict[FileKind, str] = {
    FileKind.PJSIP: "module reload res_pjsip.so",
    FileKind.DEVICES: "push phones",
    FileKind.VOICEMAIL: "voicemail reload",
    FileKind.MUSICONHOLD: "moh reload",
    FileKind.QUEUES: "queue reload all",
    FileKind.DIALPLAN: "dialplan reload",
}
"""In the order in which noded does them: what is pointed at comes before what points at it."""

_DOES: dict[Kind, tuple[str, ...]] = {
    Kind.TRUNK: ("identity", "host", "max_calls"),
    Kind.PHONE_NUMBER: ("destination", "trunk_id"),
    Kind.EXTENSION: ("ring_s", "no_answer", "busy"),
    Kind.DEVICE: ("extension_id", "media"),
    Kind.RING_GROUP: ("strategy", "extension_ids", "ring_s", "no_answer"),
    Kind.QUEUE: ("strategy", "members", "max_wait_s", "overflow"),
    Kind.IVR_MENU: ("prompt", "options", "on_timeout", "on_invalid"),
    Kind.TIME_CONDITION: ("open_hours", "open", "closed", "holiday"),
    Kind.HOLIDAY_CALENDAR: ("holidays",),
    Kind.VOICEMAIL_BOX: ("greeting",),
    Kind.PROMPT: ("text", "then"),
    Kind.OUTBOUND_ROUTE: ("pattern", "trunk_ids", "emergency"),
}
"""What is told of an object that is new: what it does to calls."""

_BY_HAND: dict[tuple[Kind, str], str] = {
    (Kind.DEVICE, "secret"): "The phone has to be given its new password, else it loses its registration.",
    (Kind.DEVICE, "name"): "The phone has to log in under its new name, else it loses its registration.",
    (Kind.DEVICE, "media"): "The phone itself has to be set to the same kind of media.",
    (Kind.TRUNK, "password"): "The carrier must know the new password, or the trunk doesn't register.",
}
"""Changes that need somebody's hand besides the apply."""

_NAMED_IN_EFFECT = 3


def diff(old: Configuration | None, new: Configuration) -> list[ChangeRead]:
    """The changes from one configuration of an organisation (None: nothing) to another, by kind and name."""
    return changes_between(Index.of(old) if old else None, Index.of(new))


def changes_between(old: Index | None, new: Index) -> list[ChangeRead]:
    """The same for configurations that are indexed already: it costs what differs, not what there is."""
    return _Diff(old, new).changes()


def changed_places(old: Index | None, new: Index) -> list[set[UUID | None]]:
    """Where each thing that differs lies, before and after: one for each of `changes_between`, without the words."""
    found = _Diff(old, new)
    objects: list[set[UUID | None]] = [
        {item.fields.location_id for item in (one.was, one.becomes) if item} for one in found.differing()
    ]
    return objects + [{was.id} for was, _, _ in found.locations()]


def reloads(old: Mapping[str, RenderedFile], new: Mapping[str, RenderedFile]) -> list[str]:
    """What a node reloads to get from these files to those, in order."""
    changed = {
        file.kind
        for path in old.keys() | new.keys()
        if (old.get(path) != new.get(path)) and (file := new.get(path) or old.get(path)) is not None
    }
    return [words for kind, words in _RELOADS.items() if kind in changed]


@dataclass(frozen=True, slots=True)
class _Found:
    """An object that differs, before it is put in words."""

    id: UUID
    was: Item | None
    becomes: Item | None

    @property
    def item(self) -> Item:
        item = self.becomes or self.was
        assert item is not None
        return item

    @property
    def action(self) -> Action:
        if self.was and self.becomes:
            return "changed"
        return "added" if self.becomes else "removed"


class _Diff:
    def __init__(self, old: Index | None, new: Index) -> None:
        self._old, self._new = old, new
        self._speak_old, self._speak_new = Speaker(old), Speaker(new)
        self._words = FieldWords(self._speak_old, self._speak_new)
        self._respoken: set[UUID] = set()

    def changes(self) -> list[ChangeRead]:
        found = list(self.differing())
        locations = list(self.locations())
        ids = [one.id for one in found] + [was.id for was, _, _ in locations]
        touched = affected_numbers([one for one in (self._old, self._new) if one], ids)
        said = [self._object(one, touched[one.id]) for one in found]
        said += [self._location(*one, touched[one[0].id]) for one in locations]
        return sorted(said, key=lambda one: (one.kind, one.name, str(one.id)))

    def differing(self) -> Iterator[_Found]:
        """The objects that differ."""
        if self._old is None:
            yield from (_Found(item.id, None, item) for item in self._new.items.values())
            return
        changes = self._old.changes_to(self._new.configuration)
        self._respoken = self._heard_otherwise(changes.sounds)
        for id_, (was, becomes) in changes.objects.items():
            if id_ not in self._respoken and not (was and becomes and _same(was, becomes)):
                yield _Found(id_, was, becomes)
        for id_ in self._respoken:
            yield _Found(id_, self._old.items[id_], self._new.items[id_])

    def _heard_otherwise(self, sounds: Collection[str]) -> set[UUID]:
        """Objects whose sound is another one under the same key: uploaded anew, or spoken by another voice."""
        old, new = self._old, self._new
        assert old is not None
        kept = [key for key in sounds if key in old.configuration.sounds and key in new.configuration.sounds]
        readers = {id_ for key in kept for id_ in new.readers.get(key, ())}
        return {id_ for id_ in readers if id_ in old.items and self._is_heard_in(id_, kept)}

    def _is_heard_in(self, id_: UUID, keys: Collection[str]) -> bool:
        """Whether an object is a prompt, or says a text itself: who only names a prompt is not changed by it."""
        item = self._new.items[id_]
        return item.fields.kind == Kind.PROMPT or any(sound_key(Spoken(text=one)) in keys for one in texts(item.fields))

    # Objects

    def _object(self, found: _Found, touched: Affected) -> ChangeRead:
        item, fields = found.item, list(self._fields(found))
        speaker = self._speak_new if found.becomes else self._speak_old
        template = item.origin.template if item.origin else None
        place = speaker.location(item.fields.location_id)
        head = f"{kind_in_words(item.fields.kind)} {named(item.fields)}"
        head += f" ({_whence(item.origin, fields)})" if item.origin else ""
        return ChangeRead(
            action=found.action,
            kind=item.fields.kind,
            id=found.id,
            name=item.fields.name,
            location=place,
            template=template,
            fields=fields,
            effect=_sentence(place, head, self._happens(found, fields), touched, found.action),
            affected_numbers=list(touched.numbers),
            affected_count=touched.count,
            warnings=[hint for one in fields if (hint := _BY_HAND.get((item.fields.kind, one.field)))],
        )

    def _happens(self, found: _Found, fields: Sequence[FieldChange]) -> str:
        if found.action == "removed":
            return "is gone"
        if found.action == "changed":
            return "; ".join(one.words for one in fields)
        does = _what_it_does(found.item.fields, self._speak_new)
        return f"is new: {does}" if does else "is new"

    def _fields(self, found: _Found) -> Iterator[FieldChange]:
        was, becomes = found.was, found.becomes
        if was is None or becomes is None:
            return
        kind = becomes.fields.kind
        for name in type(becomes.fields).model_fields:
            if name in becomes.fields.secret_fields:
                continue
            old, new = getattr(was.fields, name), getattr(becomes.fields, name)
            if old != new:
                yield self._words.change(kind, name, old, new)
        for name in becomes.fields.secret_fields:
            if was.secrets.get(name) != becomes.secrets.get(name):
                yield self._words.secret(kind, name, was.secrets.get(name), becomes.secrets.get(name))
        if found.id in self._respoken:
            yield FieldChange(field="sound", old="a sound", new="another sound", words="what is heard was made anew")

    # Locations: they are no objects of the plan, but their time zone and node are part of what a node gets

    def locations(self) -> Iterator[tuple[LocationInfo, LocationInfo, list[FieldChange]]]:
        """The locations that differ."""
        before = self._old.configuration.locations if self._old else {}
        for id_, becomes in self._new.configuration.locations.items():
            was = before.get(id_)
            if was is None or was == becomes:
                continue
            told = (("name", "renamed"), ("timezone", "time zone:"), ("node", "home node:"))
            changed = [
                FieldChange(field=name, old=old, new=new, words=f"{words} was {old}, becomes {new}")
                for name, words in told
                if (old := getattr(was, name)) != (new := getattr(becomes, name))
            ]
            yield was, becomes, changed

    @staticmethod
    def _location(
        was: LocationInfo, becomes: LocationInfo, fields: list[FieldChange], touched: Affected
    ) -> ChangeRead:  # fmt: skip
        moved = was.node != becomes.node
        return ChangeRead(
            action="changed",
            kind="location",
            id=becomes.id,
            name=becomes.name,
            location=becomes.name,
            fields=fields,
            effect=_sentence(None, becomes.name, "; ".join(one.words for one in fields), touched, "changed"),
            affected_numbers=list(touched.numbers),
            affected_count=touched.count,
            warnings=[f"Its phones have to register at node {becomes.node}."] if moved else [],
        )


def _same(was: Item, becomes: Item) -> bool:
    """Whether an object was changed and changed back: only its version differs."""
    return was.fields == becomes.fields and was.secrets == becomes.secrets


def _what_it_does(fields: ObjectFields, speaker: Speaker) -> str:
    told = [(name, getattr(fields, name)) for name in _DOES.get(fields.kind, ())]
    return "; ".join(
        f"{field_in_words(fields.kind, name)} {speaker.value(name, value)}"
        for name, value in told
        if value is not None and value not in ("", (), False)
    )


def _whence(origin: Origin, fields: Sequence[FieldChange]) -> str:
    """Whether a change comes from the routing template, or from what the location has in place of it."""
    own = bool(fields) and all(one.field in origin.overridden for one in fields)
    return f"set here, not by template {origin.template}" if own else f"from template {origin.template}"


def _sentence(place: str | None, head: str, happens: str, touched: Affected, action: Action) -> str:
    head = f"{place}, {head}" if place else head[0].upper() + head[1:]
    joint = ", " if action == "changed" and "; " not in happens else ": " if action == "changed" else " "
    return f"{head}{joint}{happens}{_numbers(touched)}."


def _numbers(touched: Affected) -> str:
    if not touched.count:
        return ""
    first = ", ".join(touched.numbers[:_NAMED_IN_EFFECT])
    more = ", …" if touched.count > _NAMED_IN_EFFECT else ""
    return f"; {touched.count} number{'s' if touched.count != 1 else ''} affected ({first}{more})"
