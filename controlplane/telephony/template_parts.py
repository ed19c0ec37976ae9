"""Parts of a routing template: documents of other kinds in which a location's own things are still open.

Two words stand for what each location fills in: ``{"part": "menu"}`` is the sibling of that name,
``{"here": "mailbox"}`` what the location has there. While a part is checked, ids that no object has stand in for both.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, Literal, Self
from uuid import UUID, uuid5

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from controlplane.kit.destination import TARGETS, Destination, DestinationKind, Kind, Ref
from controlplane.kit.text import Shape, one_line, spoken_text
from controlplane.objects.schemas import Document, ObjectFields
from controlplane.platform.problem import FieldError, field_errors
from controlplane.telephony.schemas import (
    IvrMenuFields,
    PromptFields,
    QueueFields,
    RingGroupFields,
    TimeConditionFields,
)

PART_KINDS: Mapping[str, type[ObjectFields]] = {
    one.kind.value: one for one in (TimeConditionFields, IvrMenuFields, RingGroupFields, QueueFields, PromptFields)
}
"""What a template can be made of. Boxes and calendars are a location's own or shared: they have PINs and numbers."""
ALL_EXTENSIONS = "all_extensions"
"""Every enabled extension of the location, by number."""

DESTINATION_OF = {target: kind for kind, target in TARGETS.items()}
_STAND_INS = UUID("7d1cbb0e-4f0a-4f0e-9d9c-0c6f0b7b2f4e")
_NOT_HERE = ("location_id",)

PartName = Annotated[str, Shape(r"[a-z][a-z0-9_]{0,29}", "a small letter, then small letters, digits or _, at most 30")]


_DEEPEST = 12
"""Documents go six deep."""


def tidied(value: Any) -> Any:
    """A JSON value with its texts as ordinary objects would keep them; what is wrong with one is said elsewhere.

    Raises:
        ValueError: It goes deeper than any document does.
    """
    return _tidied(value, "", _DEEPEST)


def _tidied(value: Any, key: str, deeper: int) -> Any:
    if deeper == 0:
        raise ValueError("goes deeper than anything here does")
    if isinstance(value, dict):
        return {name: _tidied(item, name, deeper - 1) for name, item in value.items()}
    if isinstance(value, list):
        return [_tidied(item, key, deeper - 1) for item in value]
    if isinstance(value, str) and key in _TIDY:
        with suppress(ValueError):
            return _TIDY[key](value)
    return value


_TIDY: Mapping[str, Callable[[str], str]] = {"text": spoken_text, "name": one_line}
PartDocument = Annotated[dict[str, Any], AfterValidator(tidied)]


class Slot(BaseModel):
    """Something that each location has of its own: where calls go, or who rings."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    gives: Literal["destination", "extensions"]
    default: Destination | None = Field(
        None, description="For a destination that a location leaves open; without it, each location must say one."
    )

    @model_validator(mode="after")
    def _default_is_a_destination(self) -> Self:
        if self.gives == "extensions" and self.default is not None:
            raise ValueError("extensions need no default: a location that names none rings all that it has")
        return self


class Filling(BaseModel):
    """What a location puts into a slot."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    destination: Destination | None = None
    extension_ids: tuple[Annotated[UUID, Ref(Kind.EXTENSION)], ...] | None = Field(None, min_length=1, max_length=100)

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.destination is None) == (self.extension_ids is None):
            raise ValueError("give either destination or extension_ids")
        return self

    @property
    def gives(self) -> str:
        """What kind of slot it fits."""
        return "destination" if self.destination else "extensions"


@cache
def stand_in(word: Literal["part", "here"], name: str) -> UUID:
    """The id that stands for a sibling or for a location's own thing."""
    return uuid5(_STAND_INS, f"{word}:{name}")


@dataclass(frozen=True, slots=True)
class Part:
    """A part that was checked.

    Attributes:
        title: What people call it, such as ``opening hours``.
        fields: Its document, with stand-ins for what is open.
    """

    title: str
    fields: ObjectFields


def kind_of(document: Document) -> str | None:
    """The kind that a part says it is, if a part can be that."""
    kind = document.get("kind")
    return kind if isinstance(kind, str) and kind in PART_KINDS else None


@dataclass
class PartReader:
    """Reads the parts of one template; collects what is wrong with them.

    Attributes:
        kinds: The kind of each part, as far as it has one.
        slots: The template's slots.
        errors: What was found wrong, with paths that begin at the part.
    """

    kinds: Mapping[str, str]
    slots: Mapping[str, Slot]
    errors: list[FieldError] = field(default_factory=list)

    def read(self, name: str, document: Document, path: str) -> Part | None:
        """One part; None when something is wrong with it.

        Args:
            name: The part's name.
            document: Its kind and fields.
            path: Where it stands, for errors.
        """
        before = len(self.errors)
        kind = PART_KINDS.get(kind_of(document) or "")
        if kind is None:
            self._wrong(f"{path}.kind", f"must be {', '.join(PART_KINDS)}")
            return None
        for given in _NOT_HERE:
            if given in document:
                self._wrong(f"{path}.{given}", "is not a field of a part: it follows the location")
        plain = {key: self._filled(value, f"{path}.{key}", key) for key, value in document.items() if key != "kind"}
        title = plain.setdefault("name", name.replace("_", " "))
        try:
            fields = kind.model_validate({**plain, "location_id": stand_in("here", "location")})
        except ValidationError as err:
            self.errors += [FieldError(f"{path}.{one.field}", one.message) for one in field_errors(err.errors())]
        if len(self.errors) > before:
            return None
        return Part(title, fields)

    def _wrong(self, path: str, message: str) -> None:
        self.errors.append(FieldError(path, message))

    def _filled(self, value: Any, path: str, key: str) -> Any:
        """The value with stand-ins; ``key`` is the field that it stands in."""
        if isinstance(value, list):
            return [self._filled(item, f"{path}.{index}", key) for index, item in enumerate(value)]
        if not isinstance(value, dict):
            return value
        if set(value) == {"part"}:
            return self._sibling(value["part"], path)
        if "here" in value:
            return self._own(value, path, key)
        return {name: self._filled(item, f"{path}.{name}", name) for name, item in value.items()}

    def _sibling(self, name: object, path: str) -> Any:
        kind = self.kinds.get(str(name))
        if kind is None:
            self._wrong(f"{path}.part", "there is no such part")
            return {"kind": DestinationKind.HANGUP}
        return {"kind": DESTINATION_OF[Kind(kind)], "id": stand_in("part", str(name))}

    def _own(self, value: dict[str, Any], path: str, key: str) -> Any:
        name = value["here"]
        wanted = "extensions" if key in {"extension_ids", "members"} else "destination"
        gives = "extensions" if name == ALL_EXTENSIONS else getattr(self.slots.get(str(name)), "gives", None)
        if gives is None:
            self._wrong(f"{path}.here", f"there is no such slot; write {ALL_EXTENSIONS} or the name of a slot")
        elif gives != wanted:
            self._wrong(f"{path}.here", f"{name} gives {gives}, and this needs {wanted}")
        id_ = stand_in("here", str(name) if gives else ALL_EXTENSIONS)
        others = {one: item for one, item in value.items() if one != "here"}
        if key == "members":
            return {**others, "extension_id": id_}
        if key == "extension_ids" and not others:
            return id_
        return {**others, "kind": DestinationKind.VOICEMAIL, "id": id_}
