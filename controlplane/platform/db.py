"""The database: base class of all tables, engine and session factory."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import DateTime, ForeignKey, MetaData, func
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from controlplane.kit.ids import new_id

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """All tables. Times are timestamptz, dictionaries JSONB, ids native UUID."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        list[str]: JSONB,
        uuid.UUID: UUID(as_uuid=True),
    }


class Identified:
    """UUIDv7 key and times of birth and last change."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class OrgOwned(Identified):
    """A row of one organisation."""

    org_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id", ondelete="RESTRICT"), index=True)


class Versioned(OrgOwned):
    """A configuration object: counts its changes, so that ``If-Match`` can tell a stale edit."""

    version: Mapped[int] = mapped_column(default=1, server_default="1")

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        """Every UPDATE also checks and raises the version; a lost race raises StaleDataError."""
        return {"version_id_col": cls.version}


def sqlalchemy_url(url: str) -> str:
    """``postgresql://…`` as operators write it, with our driver named."""
    _, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}"


def plain_url(url: str) -> str:
    """The same URL for psycopg itself."""
    _, _, rest = url.partition("://")
    return f"postgresql://{rest}"


def make_engine(url: str) -> AsyncEngine:
    """An engine whose connections are tested before use, so a restarted database heals by itself."""
    return create_async_engine(
        sqlalchemy_url(url),
        pool_size=5,
        max_overflow=10,
        pool_pre_ping=True,
        pool_recycle=1800,
        hide_parameters=True,  # errors reach the log, and parameters are names, numbers and texts of people
        connect_args={"connect_timeout": 5, "application_name": "call-commander"},
    )


def make_sessions(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Sessions that keep loaded values after commit (responses are built from them)."""
    return async_sessionmaker(engine, expire_on_commit=False, autoflush=False)
