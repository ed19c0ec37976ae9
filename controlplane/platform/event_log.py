"""The event log: append-only, followed by WebSocket clients and later by webhooks, safe against late commits.

Ids are given before commit, so "id > N" alone could step over a row whose transaction commits late. Each row keeps
its transaction id, and followers read only below the oldest transaction still running (``pg_snapshot_xmin``).
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Identity, Text, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from controlplane.platform.db import Base


class Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Its SQL name."""
        return "xid8"


class EventRow(Base):
    """One event."""

    __tablename__ = "event_log"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    tx: Mapped[int] = mapped_column(Xid8, server_default=text("pg_current_xact_id()"))
    name: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    org_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    location_id: Mapped[uuid.UUID | None]
    subject: Mapped[str] = mapped_column(Text)
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    payload: Mapped[dict[str, Any]]


async def read_events(session: AsyncSession, *, after: int, limit: int = 500) -> Sequence[EventRow]:
    """The next events after an id, oldest first, never skipping one that commits late."""
    statement = (
        select(EventRow)
        .where(EventRow.id > after, text("tx < pg_snapshot_xmin(pg_current_snapshot())"))
        .order_by(EventRow.id)
        .limit(limit)
    )
    return (await session.scalars(statement)).all()


async def last_event_id(session: AsyncSession) -> int:
    """The newest id a follower may have seen; 0 on an empty log."""
    statement = select(func.max(EventRow.id)).where(text("tx < pg_snapshot_xmin(pg_current_snapshot())"))
    return await session.scalar(statement) or 0
