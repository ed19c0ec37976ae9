"""What a kind's document looks like, found by walking its ``Fields`` class: new kinds need no line here.

A shape turns stored JSON into what people write and back: ids become readable keys (``extension_id: 0190…`` →
``extension: "201"``), destinations one word and its target (``{queue: Sales}``), and values that are the default anyway
are left out.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import time
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined, to_jsonable_python

from controlplane.ascode.text import Inline, InlineList
from controlplane.kit.destination import TARGETS, Destination, Ref
from controlplane.objects.door import RAW_KEYS
from controlplane.objects.schemas import ObjectFields

TARGET_KINDS = {kind.value: target.value for kind, target in TARGETS.items()}
"""What each destination with an id names."""
LOCATION = "location"
"""The kind of what ``location_id`` names; the others are kinds of objects."""
Label = Callable[[str], str]
"""The readable key of an id; the id itself where it has none."""


@dataclass(frozen=True)
class Plain:
    """A value without parts. ``text``: one type reads it, so what was written is passed on as it is."""

    text: bool

    def encode(self, value: Any, _: Label) -> Any:
        """As it is."""
        return value


@dataclass(frozen=True)
class Clock(Plain):
    """A time of day, to the minute as all of ours are."""

    def encode(self, value: Any, _: Label) -> Any:
        """``09:00``."""
        return value.removesuffix(":00")


@dataclass(frozen=True)
class Link:
    """The id of an object of this kind."""

    kind: str

    def encode(self, value: Any, label: Label) -> Any:
        """Its readable key."""
        return label(value)


@dataclass(frozen=True)
class Goal:
    """A destination."""

    def encode(self, value: Any, label: Label) -> Any:
        """``hangup``, ``{queue: Sales}`` or ``{external_number: +1…}``."""
        if value["id"] is not None:
            return Inline({value["kind"]: label(value["id"])})
        if value["number"] is not None:
            return Inline({value["kind"]: value["number"]})
        return value["kind"]


@dataclass(frozen=True)
class Many:
    """A list."""

    of: "Shape"

    def encode(self, value: Any, label: Label) -> Any:
        """On one line where it holds plain values only."""
        items = [_encode(self.of, item, label) for item in value]
        return items if any(isinstance(item, dict | list) for item in items) else InlineList(items)


@dataclass(frozen=True)
class Named:
    """A mapping from free names."""

    of: "Shape"

    def encode(self, value: Any, label: Label) -> Any:
        """Its values, names as they are."""
        return {name: _encode(self.of, item, label) for name, item in value.items()}


@dataclass(frozen=True)
class Raw:
    """Pieces of other kinds' documents as plain JSON; what is a reference in it is known by its key."""

    def encode(self, value: Any, label: Label) -> Any:
        """The same, references by their readable keys, destinations short."""
        if isinstance(value, list):
            return [self.encode(item, label) for item in value]
        if not isinstance(value, dict):
            return value
        if value.keys() == {"kind", "id"} and value["kind"] in TARGET_KINDS:
            return Inline({value["kind"]: label(value["id"])})
        if value.keys() == {"kind", "number"}:
            return Inline({value["kind"]: value["number"]})
        target = value.get("kind") in TARGET_KINDS
        found = {
            key: _labelled(item, label) if key in RAW_KEYS or (key == "id" and target) else self.encode(item, label)
            for key, item in value.items()
        }
        return _on_one_line(found)


def _labelled(value: Any, label: Label) -> Any:
    """An id, or a list of ids among other things."""
    if isinstance(value, list):
        return InlineList(_labelled(item, label) for item in value)
    return label(value) if isinstance(value, str) else value


def _on_one_line(found: dict[str, Any]) -> dict[str, Any]:
    """Small mappings fit on a line."""
    small = len(found) <= 2 and not any(isinstance(one, dict | list) for one in found.values())
    return Inline(found) if small else found


@dataclass(frozen=True)
class Field:
    """A field as the model calls it and as people write it."""

    name: str
    written: str
    shape: "Shape"
    default: Any


@dataclass(frozen=True)
class Part:
    """A mapping of known fields: those of one model, or of several where it may be one of them."""

    models: tuple[type[BaseModel], ...]

    def fields(self) -> Iterator[Field]:
        """In the order of the models."""
        for model in self.models:
            yield from _fields_of(model)

    def field(self, written: str) -> Field | None:
        """By what people write, or by its own name."""
        return next((one for one in self.fields() if written in {one.written, one.name}), None)

    def encode(self, value: Any, label: Label) -> Any:
        """Its fields; where it can only be one model, defaults are left out."""
        sure = len(self.models) == 1
        found = {
            one.written: _encode(one.shape, value[one.name], label)
            for one in self.fields()
            if one.name in value and not (sure and value[one.name] == one.default)
        }
        return _on_one_line(found)


Shape = Plain | Link | Goal | Many | Named | Part | Raw


def _encode(shape: Shape, value: Any, label: Label) -> Any:
    return None if value is None else shape.encode(value, label)


@cache
def _fields_of(model: type[BaseModel]) -> tuple[Field, ...]:
    raw = model.raw_fields if issubclass(model, ObjectFields) else ()
    return tuple(_field(name, info, raw=name in raw) for name, info in model.model_fields.items())


def _field(name: str, info: FieldInfo, *, raw: bool) -> Field:
    shape = Named(Raw()) if raw else shape_of(info.annotation, info.metadata)
    default = info.get_default()
    if name == "location_id":
        shape = Link(LOCATION)
    written = name
    if isinstance(shape, Link):
        written = name.removesuffix("_id")
    elif isinstance(shape, Many) and isinstance(shape.of, Link) and name.endswith("_ids"):
        written = f"{name.removesuffix('_ids')}s"
    return Field(
        name, written, shape, PydanticUndefined if default is PydanticUndefined else to_jsonable_python(default)
    )  # fmt: skip


def shape_of(annotation: Any, metadata: list[Any] | tuple[Any, ...] = ()) -> Shape:
    """The shape behind a type annotation."""
    for mark in metadata:
        if isinstance(mark, Ref):
            return Link(mark.kind)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return shape_of(arguments[0], annotation.__metadata__)
    if origin in {Union, UnionType}:
        return _either([shape_of(one) for one in arguments if one is not type(None)])
    if origin in {tuple, list, set, frozenset}:
        return Many(shape_of(arguments[0]))
    if origin is dict:
        return Named(shape_of(arguments[1]))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return Goal() if issubclass(annotation, Destination) else Part((annotation,))
    if annotation is time:
        return Clock(text=True)
    return Plain(text=annotation not in {Any, object, dict, list, tuple})


def _either(shapes: list[Shape]) -> Shape:
    if len(shapes) == 1:
        return shapes[0]
    models = tuple(model for one in shapes if isinstance(one, Part) for model in one.models)
    return Part(models) if models else Plain(text=False)
