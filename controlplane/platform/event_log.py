"""The event log: append-only, followed by WebSocket clients and later by webhooks, safe against late commits.

Ids are given before commit, so "id > N" alone could step over a row whose transaction commits late. Each row keeps
its transaction id, and followers read only below the oldest transaction still running (``pg_snapshot_xmin``). They read
in the order of (transaction, id): by id alone, a transaction that began later but took its ids earlier would be missed.
An id is therefore the name of an event, not its place in the order; `position_of` tells the place.
"""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Dialect, Identity, Index, Text, func, select, text
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

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str], int]:  # noqa: ARG002
        """The driver knows no such type and gives text."""
        return int


class EventRow(Base):
    """One event."""

    __tablename__ = "event_log"
    __table_args__ = (Index("ix_event_log_order", "tx", "id"),)

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


class Position(NamedTuple):
    """A place in the log: the last event that was read. `START` is before the first."""

    tx: int
    id: int


START = Position(0, 0)
_SETTLED = text("tx < pg_snapshot_xmin(pg_current_snapshot())")


async def read_events(session: AsyncSession, *, after: Position, limit: int = 500) -> Sequence[EventRow]:
    """The next events, oldest transaction first, never skipping one that commits late."""
    later = text("(tx, id) > (CAST(:tx AS xid8), :id)").bindparams(tx=str(after.tx), id=after.id)
    statement = select(EventRow).where(later, _SETTLED).order_by(EventRow.tx, EventRow.id).limit(limit)
    return (await session.scalars(statement)).all()


async def newest_position(session: AsyncSession) -> Position:
    """The last event that a follower may have read."""
    statement = select(EventRow.tx, EventRow.id).where(_SETTLED)
    row = (await session.execute(statement.order_by(EventRow.tx.desc(), EventRow.id.desc()).limit(1))).first()
    return Position(row.tx, row.id) if row else START


async def position_of(session: AsyncSession, event_id: int) -> Position | None:
    """Where an event stands, so that one can read on after it; None if it isn't in the log. 0 is the beginning."""
    if event_id == 0:
        return START
    tx = await session.scalar(select(EventRow.tx).where(EventRow.id == event_id, _SETTLED))
    return Position(tx, event_id) if tx is not None else None
