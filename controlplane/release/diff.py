"""What a new model changes, said so that people understand it."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Literal
from uuid import UUID

from controlplane.kit.destination import DestinationKind, Kind
from controlplane.protocol.bundle import FileKind
from controlplane.release.model import Extension, Hop, Member, PbxModel, PbxObject, PhoneNumber, Recording
from controlplane.release.render import RenderedFile
from controlplane.release.schemas import ChangeRead, FieldChange

Action = Literal["added", "changed", "removed"]

_SECRETS = {"password", "secret", "pin"}
_HIDDEN = {"id", "org"}
_RELOADS: dict[FileKind, str] = {
    FileKind.PJSIP: "module reload res_pjsip.so",
    FileKind.DEVICES: "push phones",
    FileKind.VOICEMAIL: "voicemail reload",
    FileKind.MUSICONHOLD: "moh reload",
    FileKind.QUEUES: "queue reload all",
    FileKind.DIALPLAN: "dialplan reload",
}
"""In the order in which noded does them: what is pointed at comes before what points at it."""


def diff(old: PbxModel | None, new: PbxModel) -> list[ChangeRead]:
    """The changes from what is live (None: nothing) to what would be, by kind and name."""
    before = {item.id: item for item in old.objects()} if old else {}
    after = {item.id: item for item in new.objects()}
    speak_old, speak_new = _Speaker(before), _Speaker(after)
    numbers_old, numbers_new = _numbers_by_object(before), _numbers_by_object(after)
    changes: list[ChangeRead] = []
    for id_ in before.keys() | after.keys():
        was, becomes = before.get(id_), after.get(id_)
        changed = list(_field_changes(was, becomes, speak_old, speak_new)) if was and becomes else []
        if was and becomes and not changed:
            continue
        item = becomes or was
        assert item is not None
        action: Action = "changed" if was and becomes else "added" if becomes else "removed"
        affected = numbers_old.get(id_, set()) | numbers_new.get(id_, set())
        changes.append(
            ChangeRead(
                action=action,
                kind=item.kind,
                id=id_,
                name=item.name,
                fields=changed,
                effect=_effect(action, speak_new if becomes else speak_old, item, changed),
                affected_numbers=sorted(affected),
            )
        )
    return sorted(changes, key=lambda one: (one.kind, one.name, str(one.id)))


def reloads(old: Mapping[str, RenderedFile], new: Mapping[str, RenderedFile]) -> list[str]:
    """What a node reloads to get from these files to those, in order."""
    changed = {
        file.kind
        for path in old.keys() | new.keys()
        if (old.get(path) != new.get(path)) and (file := new.get(path) or old.get(path)) is not None
    }
    return [words for kind, words in _RELOADS.items() if kind in changed]


def _field_changes(
    was: PbxObject, becomes: PbxObject, speak_old: "_Speaker", speak_new: "_Speaker"
) -> Iterator[FieldChange]:
    for spec in fields(becomes):
        name = spec.name
        if name in becomes.derived or name in _HIDDEN:
            continue
        old, new = getattr(was, name), getattr(becomes, name)
        if _bare(old) == _bare(new):
            continue
        if name in _SECRETS:
            yield FieldChange(field=name, old="set", new="changed")
        else:
            yield FieldChange(field=name, old=speak_old.say(old), new=speak_new.say(new))


def _bare(value: Any) -> Any:
    """The value without what follows from other objects: an extension's second phone doesn't change the queue."""
    if isinstance(value, tuple):
        return tuple(map(_bare, value))
    if isinstance(value, Member):
        return value.extension, value.penalty
    if isinstance(value, Hop):
        return value.kind, value.ref
    return value


class _Speaker:
    """Says values with the names that objects have in one model."""

    def __init__(self, objects: Mapping[UUID, PbxObject]) -> None:
        self._objects = objects

    def label(self, id_: UUID) -> str:
        """Kind and number or name: `extension 201 Alice`."""
        item = self._objects.get(id_)
        if item is None:
            return str(id_)
        number = getattr(item, "number", None) if "number" not in item.derived else None
        kind = item.kind.replace("_", " ")
        parts = [kind, *([number] if number else []), *([item.name] if item.name != number else [])]
        return " ".join(parts)

    def say(self, value: Any) -> Any:  # noqa: PLR0911 - one line a shape
        match value:
            case Hop(kind=DestinationKind.EXTERNAL_NUMBER):
                return f"outside number {value.ref}"
            case Hop(kind=DestinationKind.HANGUP):
                return "hang up"
            case Hop():
                return self.label(UUID(value.ref))
            case Member():
                return f"{self.label(value.extension)} (penalty {value.penalty})"
            case Recording():
                return "recorded, with a notice" if value.consent else "recorded"
            case UUID():
                return self.label(value)
            case tuple():
                return [self.say(one) for one in value]
        if is_dataclass(value):
            return ", ".join(f"{spec.name} {self.say(getattr(value, spec.name))}" for spec in fields(value))
        return value


def _effect(action: Action, speaker: _Speaker, item: PbxObject, changed: list[FieldChange]) -> str:
    label = speaker.label(item.id)
    label = label[0].upper() + label[1:]
    if action == "added":
        return f"{label} is new."
    if action == "removed":
        return f"{label} is gone."
    said = "; ".join(_was_becomes(change) for change in changed)
    return f"{label}: {said}."


def _was_becomes(change: FieldChange) -> str:
    field = change.field.replace("_", " ")
    if change.field in _SECRETS:
        return f"{field} changed"
    if isinstance(change.old, list) or isinstance(change.new, list):
        return f"{field} changed"
    return f"{field}: was {_word(change.old)}, becomes {_word(change.new)}"


def _word(value: object) -> str:
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)


def _numbers_by_object(objects: Mapping[UUID, PbxObject]) -> dict[UUID, set[str]]:
    """The phone numbers whose calls can pass each object."""
    found: dict[UUID, set[str]] = {}
    phones: dict[UUID, list[UUID]] = {}
    for item in objects.values():
        if item.kind == Kind.DEVICE:
            phones.setdefault(item.extension, []).append(item.id)  # type: ignore[attr-defined]
    leads = {id_: [*_leads_to(item), *phones.get(id_, [])] for id_, item in objects.items()}
    for number in objects.values():
        if not isinstance(number, PhoneNumber):
            continue
        waiting, seen = [number.id], set[UUID]()
        while waiting:
            id_ = waiting.pop()
            if id_ in seen or id_ not in leads:
                continue
            seen.add(id_)
            found.setdefault(id_, set()).add(number.number)
            waiting += leads[id_]
    return found


def _leads_to(item: PbxObject) -> Iterator[UUID]:
    for spec in fields(item):
        if spec.name in {"id", "org", "location"} or (isinstance(item, Extension) and spec.name == "lines"):
            continue
        yield from _ids_in(getattr(item, spec.name))


def _ids_in(value: Any) -> Iterator[UUID]:
    match value:
        case Hop() if value.ref and value.kind != DestinationKind.EXTERNAL_NUMBER:
            yield UUID(value.ref)
        case Member():
            yield value.extension
        case UUID():
            yield value
        case tuple():
            for one in value:
                yield from _ids_in(one)
        case _ if hasattr(value, "hop"):
            yield from _ids_in(value.hop)
