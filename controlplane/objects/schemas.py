"""What every configuration object has in common.

An object is one validated document: a few columns that the database guards (organisation, location, name, unique
keys, version) and the rest as JSON in the shape of its kind's ``Fields`` class. See docs/adr/0001.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Generic, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from controlplane.kit.destination import Kind
from controlplane.kit.text import Name


class ObjectFields(BaseModel):
    """Base of the writable fields of a kind."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: ClassVar[Kind]
    secret_fields: ClassVar[tuple[str, ...]] = ()
    """Fields that are sealed at rest, never read back, and not part of the JSON document."""
    generated: ClassVar[Mapping[str, Callable[[], str]]] = {}
    """Secret fields that are made up where left out. Only the answer that creates or rotates one shows it."""

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
class Stored(Generic[Fields_co]):
    """A configuration object as it is stored, its secrets opened (inside the control plane only)."""

    id: UUID
    org_id: UUID
    version: int
    fields: Fields_co
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
