"""What every configuration object has in common.

An object is one validated document: a few columns that the database guards (organisation, location, name, unique
keys, version) and the rest as JSON in the shape of its kind's ``Fields`` class. See docs/adr/0001.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Protocol, TypeVar, runtime_checkable
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from controlplane.kit.destination import Kind
from controlplane.kit.text import Name
from controlplane.platform.problem import FieldError

Document = Mapping[str, Any]
"""An object's fields as JSON values."""


class ObjectFields(BaseModel):
    """Base of the writable fields of a kind."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: ClassVar[Kind]
    secret_fields: ClassVar[tuple[str, ...]] = ()
    """Fields that are sealed at rest, never read back, and not part of the JSON document."""
    generated: ClassVar[Mapping[str, Callable[[], str]]] = {}
    """Secret fields that are made up where left out. Only the answer that creates or rotates one shows it."""
    raw_fields: ClassVar[tuple[str, ...]] = ()
    """Fields with pieces of other kinds' documents as plain JSON: what they name and say is found by its keys."""

    name: Name = Field(description="What people call it; unique among its kind in the organisation.")
    location_id: UUID | None = Field(None, description="The location it belongs to; null: the whole organisation.")

    def internal_number(self) -> str | None:
        """What a user dials inside to reach it; unique in the organisation over all kinds."""
        return None

    def org_key(self) -> str | None:
        """What else must be unique in the organisation."""
        return None

    def global_key(self) -> str | None:
        """What must be unique over all organisations of this installation (SIP user names, phone numbers)."""
        return None

    def own_text(self) -> str | None:
        """A text that is the object itself, to be spoken by our voice (texts in ``Spoken`` parts are found alone)."""
        return None


@runtime_checkable
class MustFit(Protocol):
    """Fields that are judged together with other documents before each write.

    ``must_fit`` are the kinds of what it names that count: nobody changes those meanwhile.
    """

    must_fit: ClassVar[tuple[Kind, ...]]

    def misfits(self, named: Mapping[UUID, Document], users: Sequence[Document]) -> Sequence[FieldError]:
        """What is wrong with it beside the documents that it names, and those that name it."""


class ObjectMeta(BaseModel):
    """What the system adds to an object when it is read."""

    id: UUID
    org_id: UUID
    version: int = Field(description="Counts changes; the ETag.")
    created_at: AwareDatetime
    updated_at: AwareDatetime


class UseRead(BaseModel):
    """An object that names another: ``queue "Sales"`` in its field ``overflow.id``."""

    kind: Kind
    id: UUID
    name: str
    number: str
    field: str


Fields_co = TypeVar("Fields_co", bound=ObjectFields, covariant=True)


@dataclass(frozen=True, slots=True)
class Origin:
    """The routing template that an object was made from, for which location routing.

    Attributes:
        routing_id: The location routing.
        template_id: Its template.
        template: The template's name.
        part: Name of the part of the template.
        overridden: Fields that the location has set itself.
    """

    routing_id: UUID
    template_id: UUID
    template: str
    part: str
    overridden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stored(Generic[Fields_co]):
    """A configuration object as it is stored, its secrets opened (inside the control plane only).

    ``origin`` is set on what was made from a routing template and is stored nowhere as an object of its own.
    """

    id: UUID
    org_id: UUID
    version: int
    fields: Fields_co
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    origin: Origin | None = None
