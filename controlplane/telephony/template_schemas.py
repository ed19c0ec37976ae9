"""Routing templates and the locations that use them."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any, ClassVar, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from controlplane.kit.destination import DestinationKind, Kind, Ref
from controlplane.objects.schemas import Document, ObjectFields, UseRead
from controlplane.platform.problem import FieldError, Invalid
from controlplane.telephony.template_parts import (
    ALL_EXTENSIONS,
    DESTINATION_OF,
    Filling,
    Part,
    PartDocument,
    PartName,
    PartReader,
    Slot,
    kind_of,
)

_PARTS = """By name: each has a `kind` (time_condition, ivr_menu, ring_group, queue or prompt) and that kind's fields.
`{"part": NAME}` as a destination leads to another part, `{"here": SLOT}` to what the location has in that slot;
`{"here": "all_extensions"}` in `members` or `extension_ids` is every enabled extension of the location."""
_OVERRIDES = """By part, then by field: what this location has in place of the template's value. Same words as there."""


class RoutingTemplateFields(ObjectFields):
    """How calls to a kind of location run: hours, menus, who rings, overflow, greetings. Many locations use one."""

    kind: ClassVar[Kind] = Kind.ROUTING_TEMPLATE
    raw_fields: ClassVar[tuple[str, ...]] = ("parts",)
    must_fit: ClassVar[tuple[Kind, ...]] = ()

    entry: PartName = Field(description="The part that calls come to first.")
    parts: dict[PartName, PartDocument] = Field(min_length=1, max_length=30, description=_PARTS)
    slots: dict[PartName, Slot] = Field({}, max_length=20, description="What each location has of its own, by name.")

    @model_validator(mode="after")
    def _parts_are_sound(self) -> Self:
        """Raises `Invalid` itself: pydantic can't say where inside of a validator's field something is wrong."""
        reader = self._reader()
        called: set[tuple[Kind, str]] = set()
        for name, document in self.parts.items():
            if part := reader.read(name, document, f"parts.{name}"):
                if (part.fields.kind, part.title.lower()) in called:
                    reader.errors.append(FieldError(f"parts.{name}.name", "another part of this kind is called so"))
                called.add((part.fields.kind, part.title.lower()))
            if document.get("number") is not None:
                reader.errors.append(FieldError(f"parts.{name}.number", "can't be the same everywhere: override it"))
        if self.entry not in self.parts:
            reader.errors.append(FieldError("entry", "there is no such part"))
        if ALL_EXTENSIONS in self.slots:
            reader.errors.append(FieldError(f"slots.{ALL_EXTENSIONS}", "is there by itself; choose another name"))
        if reader.errors:
            raise Invalid.fields(reader.errors)
        return self

    def _reader(self) -> PartReader:
        kinds = {name: kind for name, document in self.parts.items() if (kind := kind_of(document))}
        return PartReader(kinds, self.slots)

    @cached_property
    def read_parts(self) -> Mapping[str, Part]:
        """The parts as they are where a location overrides nothing."""
        reader = self._reader()
        found = ((name, reader.read(name, document, name)) for name, document in self.parts.items())
        return {name: part for name, part in found if part}

    def parts_of(self, routing: "LocationRoutingFields") -> tuple[Mapping[str, Part], list[FieldError]]:
        """The parts with a location's overrides, and what doesn't fit."""
        reader = self._reader()
        parts = dict(self.read_parts)
        for name, changes in routing.overrides.items():
            path = f"overrides.{name}"
            if name not in self.parts:
                reader.errors.append(FieldError(path, "the template has no such part"))
            elif "kind" in changes:
                reader.errors.append(FieldError(f"{path}.kind", "is the template's"))
            elif part := reader.read(name, {**self.parts[name], **changes}, path):
                parts[name] = part
        return parts, [*reader.errors, *self._unfit_slots(routing)]

    def _unfit_slots(self, routing: "LocationRoutingFields") -> Iterator[FieldError]:
        for name, filling in routing.slots.items():
            slot = self.slots.get(name)
            if slot is None:
                yield FieldError(f"slots.{name}", "the template has no such slot")
            elif slot.gives != filling.gives:
                yield FieldError(f"slots.{name}", f"gives {slot.gives}, not {filling.gives}")
        for name, slot in self.slots.items():
            if slot.gives == "destination" and slot.default is None and name not in routing.slots:
                yield FieldError(f"slots.{name}", "is required: the template has no default for it")

    def misfits(self, named: Mapping[UUID, Document], users: Sequence[Document]) -> Sequence[FieldError]:  # noqa: ARG002
        """What locations have overridden or filled in must still fit."""
        wrong = []
        for routing in map(LocationRoutingFields.model_validate, users):
            _, errors = self.parts_of(routing)
            wrong += [
                FieldError(one.field.replace("overrides.", "parts.", 1), f"{routing.name}: {one.message}")
                for one in errors
            ]
        return wrong[:20]

    @cached_property
    def destination_kinds(self) -> Mapping[str, DestinationKind]:
        """The kind of destination that each part is."""
        return {name: DESTINATION_OF[Kind(str(document["kind"]))] for name, document in self.parts.items()}


class LocationRoutingFields(ObjectFields):
    """The routing of one location: a template, what the location fills in, and what it has otherwise."""

    kind: ClassVar[Kind] = Kind.LOCATION_ROUTING
    raw_fields: ClassVar[tuple[str, ...]] = ("overrides",)
    must_fit: ClassVar[tuple[Kind, ...]] = (Kind.ROUTING_TEMPLATE,)

    location_id: UUID = Field(description="The location whose hours, phones and slots it is about.")
    template_id: Annotated[UUID, Ref(Kind.ROUTING_TEMPLATE)]
    slots: dict[PartName, Filling] = Field({}, max_length=20, description="What goes into the template's slots.")
    overrides: dict[PartName, PartDocument] = Field({}, max_length=30, description=_OVERRIDES)

    def misfits(self, named: Mapping[UUID, Document], users: Sequence[Document]) -> Sequence[FieldError]:  # noqa: ARG002
        """Overrides and slots must be those of the template."""
        template = RoutingTemplateFields.model_validate(named[self.template_id])
        return template.parts_of(self)[1]


class OverrideRead(BaseModel):
    """A field that a location has otherwise than its template."""

    part: str
    field: str
    template_value: Any = Field(description="What it would be; null also where the template says nothing.")
    value: Any = Field(description="What it is at this location.")


class TemplateUseRead(UseRead):
    """A location that uses the template."""

    location_id: UUID
    location_name: str
    overrides: list[OverrideRead]
    inherited: list[str] = Field(description="Parts that are wholly the template's.")


class MadeObjectRead(BaseModel):
    """An object that a location routing stands for in releases, as it really is there."""

    id: UUID
    kind: Kind
    part: str
    name: str
    overridden: list[str] = Field(description="Fields that the location has set itself.")
    fields: dict[str, Any] = Field(description="All fields with their values at this location.")
