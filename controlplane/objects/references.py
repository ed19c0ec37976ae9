"""What a document names and what it says: found by walking its fields, so no kind has to list them by hand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel

from controlplane.kit.destination import TARGETS, Destination, DestinationKind, Kind, Ref, Spoken
from controlplane.kit.text import spoken_text
from controlplane.objects.schemas import ObjectFields

RAW_KEYS: Mapping[str, Kind] = {
    "prompt_id": Kind.PROMPT,
    "extension_id": Kind.EXTENSION,
    "extension_ids": Kind.EXTENSION,
    "holiday_calendar_ids": Kind.HOLIDAY_CALENDAR,
}
"""What a key of a document in plain JSON names, beside destinations (a test compares it with the kinds' classes)."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A field that names another object.

    Attributes:
        field: Dotted path, such as ``options.1.destination.id``.
        kind: What it must be.
        id: Which one.
    """

    field: str
    kind: Kind
    id: UUID


def _marked(annotation: object) -> Kind | None:
    """The kind in a ``Ref`` anywhere inside a type annotation."""
    if get_origin(annotation) is Annotated:
        for mark in annotation.__metadata__:  # type: ignore[attr-defined]
            if isinstance(mark, Ref):
                return mark.kind
    return next((kind for part in get_args(annotation) if (kind := _marked(part))), None)


@cache
def _marked_fields(model: type[BaseModel]) -> dict[str, Kind]:
    kinds: dict[str, Kind] = {}
    for name, info in model.model_fields.items():
        own = next((mark.kind for mark in info.metadata if isinstance(mark, Ref)), None)
        if kind := own or _marked(info.annotation):
            kinds[name] = kind
    return kinds


@cache
def _naming_fields(model: type[BaseModel]) -> tuple[tuple[str, Kind | None], ...]:
    """The fields that can name an object, with its kind where they name it themselves: most fields can't."""
    marked = _marked_fields(model)
    return tuple(
        (name, marked.get(name))
        for name, info in model.model_fields.items()
        if name in marked or _holds(info.annotation)
    )


def _holds(annotation: object) -> bool:
    """Whether something of this type may have parts that name an object."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation is Destination or issubclass(annotation, ObjectFields) or bool(_naming_fields(annotation))
    return annotation is Any or any(_holds(part) for part in get_args(annotation))


def references(document: BaseModel, prefix: str = "") -> Iterator[Reference]:
    """Every reference in a document, in the order of its fields."""
    if isinstance(document, Destination):
        if document.id is not None:
            yield Reference(f"{prefix}id", TARGETS[document.kind], document.id)
        return
    for name, kind in _naming_fields(type(document)):
        yield from _in_value(getattr(document, name), f"{prefix}{name}", kind)
    if isinstance(document, ObjectFields):
        for name in document.raw_fields:
            yield from _in_json(getattr(document, name), f"{prefix}{name}", None)


def _in_value(value: object, path: str, kind: Kind | None) -> Iterator[Reference]:
    if isinstance(value, BaseModel):
        yield from references(value, f"{path}.")
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _in_value(item, f"{path}.{index}", kind)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _in_value(item, f"{path}.{key}", kind)
    elif kind is not None and isinstance(value, UUID):
        yield Reference(path, kind, value)


def _in_json(value: Any, path: str, kind: Kind | None) -> Iterator[Reference]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _in_json(item, f"{path}.{index}", kind)
    elif isinstance(value, dict):
        own = _target(value.get("kind"))
        for key, item in value.items():
            yield from _in_json(item, f"{path}.{key}", own if key == "id" else RAW_KEYS.get(key))
    elif kind is not None and isinstance(value, str) and (id_ := _uuid(value)):
        yield Reference(path, kind, id_)


def _target(kind: object) -> Kind | None:
    return TARGETS.get(DestinationKind(kind)) if isinstance(kind, str) and kind in tuple(DestinationKind) else None


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None  # whoever knows the kind will refuse it


def texts(document: BaseModel) -> Iterator[str]:
    """Every text in a document's ``Spoken`` parts."""
    for name in type(document).model_fields:
        value = getattr(document, name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Spoken) and part.text is not None:
                yield part.text
            elif isinstance(part, BaseModel):
                yield from texts(part)
    if isinstance(document, ObjectFields):
        for name in document.raw_fields:
            yield from _texts_in_json(getattr(document, name))


def _texts_in_json(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _texts_in_json(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == "text" and isinstance(item, str):
                yield spoken_text(item)
            else:
                yield from _texts_in_json(item)
