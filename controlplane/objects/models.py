"""Tables of configuration objects. Why one table for all kinds: docs/adr/0001."""

import uuid
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from controlplane.platform.db import Base, Versioned


class ConfigObject(Versioned, Base):
    """One configuration object of any kind.

    Attributes:
        number: What is dialled or shown, for lists and searches; empty where the kind has none.
        internal_number: Set where the number must be unique among all that is dialled inside the organisation.
        org_key: What else must be unique in the organisation, such as ``box:201``.
        global_key: What must be unique on this installation, such as ``did:+15551234567``.
        fields: The document, in the shape of the kind's ``Fields`` class, without its secrets.
        secrets: Sealed values by field.
        texts: Every text in the document that our voice has to speak.
    """

    __tablename__ = "config_objects"

    location_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("locations.id", ondelete="RESTRICT"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(Text)
    internal_number: Mapped[str | None] = mapped_column(Text)
    org_key: Mapped[str | None] = mapped_column(Text)
    global_key: Mapped[str | None] = mapped_column(Text)
    fields: Mapped[dict[str, Any]]
    secrets: Mapped[dict[str, Any]]
    texts: Mapped[list[str]]
    created_by: Mapped[str] = mapped_column(Text)
    updated_by: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        Index("uq_config_objects_name", "org_id", "kind", text("lower(name)"), unique=True),
        Index("uq_config_objects_internal_number", "org_id", "internal_number", unique=True),
        Index("uq_config_objects_org_key", "org_id", "org_key", unique=True),
        Index("uq_config_objects_global_key", "global_key", unique=True),
    )


class ConfigRef(Base):
    """A field of one object that names another. Answers "what uses this" and keeps the other from being deleted."""

    __tablename__ = "config_refs"

    source_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("config_objects.id", ondelete="CASCADE"), primary_key=True)
    field: Mapped[str] = mapped_column(Text, primary_key=True)
    target_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("config_objects.id"), index=True)
