"""Rows of members of queues."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.agents.models import QueueMemberState

Key = tuple[UUID, UUID]
"""Queue and extension."""


async def members_of(session: AsyncSession, queue_ids: Collection[UUID]) -> dict[Key, QueueMemberState]:
    """What is known of the members of these queues."""
    rows = await session.scalars(select(QueueMemberState).where(QueueMemberState.queue_id.in_(queue_ids)))
    return {(row.queue_id, row.extension_id): row for row in rows}


async def find_member(session: AsyncSession, queue_id: UUID, extension_id: UUID) -> QueueMemberState | None:
    """One member, locked."""
    return await session.get(QueueMemberState, (queue_id, extension_id), with_for_update=True)


async def put_members(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Writes what a node told, in one statement."""
    statement = insert(QueueMemberState).values(rows)
    changes = {column.name: statement.excluded[column.name] for column in QueueMemberState.__table__.columns}
    await session.execute(
        statement.on_conflict_do_update(index_elements=["queue_id", "extension_id"], set_=changes),
        execution_options={"populate_existing": True},
    )


async def forget_others(session: AsyncSession, node: str, known: Collection[Key]) -> None:
    """Forgets the members of a node that it has no more."""
    gone = delete(QueueMemberState).where(QueueMemberState.node == node)
    if known:
        gone = gone.where(tuple_(QueueMemberState.queue_id, QueueMemberState.extension_id).not_in(known))
    await session.execute(gone)
