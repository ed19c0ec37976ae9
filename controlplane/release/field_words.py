"""One changed field of an object, said so that a person sees what is different."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from controlplane.kit.destination import Kind
from controlplane.release.hours import changed_hours
from controlplane.release.schemas import FieldChange
from controlplane.release.wording import Speaker, field_in_words
from controlplane.telephony.schemas import Holiday, IvrOption, OpeningSpan, QueueMember

_KEYS: dict[type[BaseModel], str] = {QueueMember: "extension_id", IvrOption: "digit", Holiday: "date"}
"""By what an element of a list is known again."""


class FieldWords:
    """Compares fields, the old ones said with the old names, the new ones with the new."""

    def __init__(self, old: Speaker, new: Speaker) -> None:
        self._old, self._new = old, new

    def change(self, kind: Kind, name: str, was: Any, becomes: Any) -> FieldChange:
        """A field that differs."""
        label = field_in_words(kind, name)
        return FieldChange(
            field=name,
            old=self._data(self._old, name, was),
            new=self._data(self._new, name, becomes),
            words=self._words(label, name, was, becomes),
        )

    def secret(self, kind: Kind, name: str, was: str | None, becomes: str | None) -> FieldChange:
        """A secret that differs; neither is ever shown."""
        words = "changed" if was and becomes else "set" if becomes else "taken away"
        old, new = ("set" if was else None), ("changed" if was and becomes else "set" if becomes else None)
        return FieldChange(field=name, old=old, new=new, words=f"{field_in_words(kind, name)} {words}")

    @staticmethod
    def _data(speaker: Speaker, name: str, value: Any) -> Any:
        if value is None or isinstance(value, (bool, int)):
            return value
        if isinstance(value, tuple):
            return [speaker.part(one) for one in value]
        return speaker.value(name, value)

    def _words(self, label: str, name: str, was: Any, becomes: Any) -> str:
        if name == "enabled":
            return "switched on" if becomes else "switched off"
        if isinstance(was, tuple) and isinstance(becomes, tuple):
            return self._list(label, name, was, becomes)
        verb = {"name": "renamed", "location_id": "moved"}.get(name)
        old, new = self._old.value(name, was), self._new.value(name, becomes)
        if old == new:  # the same words for other things, such as two boxes of one name
            old, new = f"{old} ({_plain(was)})", f"{new} ({_plain(becomes)})"
        return f"{verb or label}: was {old}, becomes {new}"

    def _list(self, label: str, name: str, was: tuple[Any, ...], becomes: tuple[Any, ...]) -> str:
        if any(isinstance(one, OpeningSpan) for one in (*was, *becomes)):
            return f"{label}: {changed_hours(was, becomes)}"
        if not was or not becomes:
            return f"{label}: was {self._old.value(name, was)}, becomes {self._new.value(name, becomes)}"
        before, after = {_key(one): one for one in was}, {_key(one): one for one in becomes}
        said = list(self._elements(before, after))
        stay_old, stay_new = [key for key in before if key in after], [key for key in after if key in before]
        if stay_old != stay_new:
            said.append("in another order: " + ", ".join(self._new.part(one) for one in becomes))
        return f"{label}: {'; '.join(said)}"

    def _elements(self, before: Mapping[Any, Any], after: Mapping[Any, Any]) -> Iterator[str]:
        added = [self._new.part(one) for key, one in after.items() if key not in before]
        removed = [self._old.part(one) for key, one in before.items() if key not in after]
        if added:
            yield f"added {', '.join(added)}"
        if removed:
            yield f"removed {', '.join(removed)}"
        for key, one in before.items():
            if key in after and after[key] != one:
                yield self._element(one, after[key])

    def _element(self, was: Any, becomes: Any) -> str:
        match was:
            case QueueMember():
                who = self._new.name(was.extension_id)
                return f"penalty of {who} was {was.penalty}, becomes {becomes.penalty}"
            case IvrOption():
                old, new = self._old.destination(was.destination), self._new.destination(becomes.destination)
                return f"key {was.digit} was {old}, becomes {new}"
        return f"was {self._old.part(was)}, becomes {self._new.part(becomes)}"


def _key(element: Any) -> Any:
    name = _KEYS.get(type(element))
    return getattr(element, name) if name else element


def _plain(value: Any) -> str:
    return value.model_dump_json(exclude_none=True) if isinstance(value, BaseModel) else str(value)
