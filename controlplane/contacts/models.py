"""Tables of contacts."""

import uuid

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from controlplane.platform.db import Base, Versioned


class Contact(Versioned, Base):
    """Somebody outside, of the whole organisation.

    Attributes:
        company: Empty where there is none, as with ``email`` and ``notes``: lists are sorted by it.
        searched: Every part of a word of name, company and address, and of a number; see `words`.
    """

    __tablename__ = "contacts"

    name: Mapped[str] = mapped_column(Text)
    company: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(Text)
    notes: Mapped[str] = mapped_column(Text)
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    searched: Mapped[str] = mapped_column(TSVECTOR, deferred=True)

    __table_args__ = (
        Index("ix_contacts_name", "org_id", "name", "id"),
        Index("ix_contacts_company", "org_id", "company", "id"),
        Index("ix_contacts_updated_at", "org_id", "updated_at", "id"),
        Index("ix_contacts_tags", "tags", postgresql_using="gin", postgresql_where=text("tags <> '{}'")),
        Index("ix_contacts_searched", "searched", postgresql_using="gin"),
    )


class ContactNumber(Base):
    """A phone number of a contact. The key says that a number is one person's in an organisation."""

    __tablename__ = "contact_numbers"

    org_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Text, primary_key=True)
    contact_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(Text)
    position: Mapped[int]
