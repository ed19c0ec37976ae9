"""Tables of identity."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID
from sqlalchemy.orm import Mapped, mapped_column

from controlplane.kit.ids import new_id
from controlplane.platform.db import Base, Identified, OrgOwned

_IDS = ARRAY(UUID(as_uuid=True))
_NO_IDS = text("'{}'")


class Organization(Identified, Base):
    """A company, or one customer of an agency: the wall between tenants."""

    __tablename__ = "organizations"

    name: Mapped[str] = mapped_column(Text, unique=True)


class Location(OrgOwned, Base):
    """A place with phones: its time zone rules opening hours, its home node carries its calls."""

    __tablename__ = "locations"
    __table_args__ = (UniqueConstraint("org_id", "name"),)

    name: Mapped[str] = mapped_column(Text)
    timezone: Mapped[str] = mapped_column(Text)
    address: Mapped[dict[str, Any]]
    node: Mapped[str] = mapped_column(Text, default="main", server_default="main")


class Role(OrgOwned, Base):
    """A set of scopes made by an organisation; the built-in ones are in `rights`."""

    __tablename__ = "roles"
    __table_args__ = (UniqueConstraint("org_id", "name"),)

    name: Mapped[str] = mapped_column(Text)
    scopes: Mapped[list[str]]
    all_locations: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    own_only: Mapped[bool] = mapped_column(default=False, server_default=text("false"))


class User(OrgOwned, Base):
    """A person who logs in. ``email`` is in lower case, unique over the installation."""

    __tablename__ = "users"
    __table_args__ = (CheckConstraint("(built_in_role IS NULL) <> (role_id IS NULL)", name="one_role"),)

    email: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str] = mapped_column(Text)
    built_in_role: Mapped[str | None] = mapped_column(Text)
    role_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("roles.id", ondelete="RESTRICT"), index=True)
    location_ids: Mapped[list[uuid.UUID]] = mapped_column(_IDS, default=list, server_default=_NO_IDS)
    extension_ids: Mapped[list[uuid.UUID]] = mapped_column(_IDS, default=list, server_default=_NO_IDS)
    installation_admin: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    disabled_at: Mapped[datetime | None]
    last_login_at: Mapped[datetime | None]


class UserPreferences(Base):
    """How one user wants the page: saved views, columns and the like. The page's own words; nothing here rules."""

    __tablename__ = "user_preferences"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    document: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class LoginSession(Identified, Base):
    """A browser or program that logged in, as long as it keeps refreshing."""

    __tablename__ = "sessions"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    refresh_hash: Mapped[str] = mapped_column(Text)
    user_agent: Mapped[str] = mapped_column(Text)
    ip: Mapped[str | None] = mapped_column(Text)
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class ApiKey(OrgOwned, Base):
    """A program's way in. Never reaches further than the user who made it does now."""

    __tablename__ = "api_keys"

    name: Mapped[str] = mapped_column(Text)
    prefix: Mapped[str] = mapped_column(Text)
    key_hash: Mapped[str] = mapped_column(Text, unique=True)
    scopes: Mapped[list[str]]
    location_ids: Mapped[list[uuid.UUID] | None] = mapped_column(_IDS)
    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class AuditLine(Base):
    """Who changed what; append-only (a trigger refuses UPDATE and DELETE). Outlives what it speaks of: no keys."""

    __tablename__ = "audit_log"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
    org_id: Mapped[uuid.UUID] = mapped_column(index=True)
    location_id: Mapped[uuid.UUID | None]
    actor: Mapped[str] = mapped_column(Text)
    user_id: Mapped[uuid.UUID | None]
    api_key_id: Mapped[uuid.UUID | None]
    action: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    object_id: Mapped[str | None] = mapped_column(Text, index=True)
    name: Mapped[str | None] = mapped_column(Text)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    ip: Mapped[str | None] = mapped_column(Text)
    request_id: Mapped[str | None] = mapped_column(Text)
