"""Every query of nodes, their commands and their enrolment."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from controlplane.nodes.models import Node, NodeCommand, NodeEnrolment
from controlplane.platform.listing import ListQuery, fetch_page

_WHOLE = undefer(Node.registered_devices)

Paged = tuple[list[Any], str | None, int | None]


async def nodes_page(session: AsyncSession, query: ListQuery) -> Paged:
    """All nodes, with their devices."""
    sortable = {"name": Node.name, "created_at": Node.created_at}
    return await fetch_page(session, select(Node).options(_WHOLE), Node, query, sortable=sortable, default_sort="name")


async def all_nodes(session: AsyncSession) -> Sequence[Node]:
    """All nodes, by name."""
    return (await session.scalars(select(Node).order_by(Node.name))).all()


async def find_named(session: AsyncSession, name: str) -> Node | None:
    """A node by its name."""
    return await session.scalar(select(Node).where(Node.name == name))


async def registered_devices(session: AsyncSession, names: Collection[str]) -> set[str]:
    """The phones that nodes can reach, as their last heartbeats told (at most some 10 s ago)."""
    told = await session.scalars(select(Node.registered_devices).where(Node.name.in_(names)))
    return {device for devices in told for device in devices}


async def desired_digest(session: AsyncSession, node_id: UUID) -> str | None:
    """The release that a node should run."""
    return await session.scalar(select(Node.desired_digest).where(Node.id == node_id))


async def lock(session: AsyncSession, node_id: UUID) -> Node | None:
    """A node with its devices, for changing: its heartbeats come one after the other."""
    return await session.scalar(select(Node).options(_WHOLE).where(Node.id == node_id).with_for_update())


async def note_refusal(session: AsyncSession, node_id: UUID, reason: str) -> None:
    """Keeps why a node's requests are refused, until its next heartbeat is taken."""
    await session.execute(update(Node).where(Node.id == node_id).values(refused=reason))


async def ensure(session: AsyncSession, name: str) -> Node:
    """The node of this name, made if there is none."""
    statement = select(Node).where(Node.name == name).with_for_update()
    if found := (await session.scalars(statement)).first():
        return found
    await session.execute(insert(Node).values(name=name).on_conflict_do_nothing(index_elements=["name"]))
    return (await session.scalars(statement)).one()


async def take_code(session: AsyncSession, code_hash: str, moment: datetime) -> NodeEnrolment | None:
    """The code that has not expired, used or not, locked."""
    statement = (
        select(NodeEnrolment)
        .where(NodeEnrolment.code_hash == code_hash, NodeEnrolment.expires_at > moment)
        .with_for_update()
    )
    return await session.scalar(statement)


async def drop_open_codes(session: AsyncSession, node_id: UUID) -> None:
    """Makes older unused codes of a node worthless."""
    await session.execute(
        delete(NodeEnrolment).where(NodeEnrolment.node_id == node_id, NodeEnrolment.used_at.is_(None))
    )


async def drop_codes(session: AsyncSession, node_id: UUID) -> None:
    """Forgets all codes of a node, used ones too."""
    await session.execute(delete(NodeEnrolment).where(NodeEnrolment.node_id == node_id))


async def take_commands(session: AsyncSession, node_id: UUID, moment: datetime) -> Sequence[NodeCommand]:
    """Commands that are still worth doing, marked as sent: each leaves once, since a call made twice is worse."""
    statement = (
        update(NodeCommand)
        .where(NodeCommand.node_id == node_id, NodeCommand.sent_at.is_(None), NodeCommand.expires_at > moment)
        .values(sent_at=moment)
        .returning(NodeCommand)
    )
    rows = (await session.scalars(statement)).all()
    return sorted(rows, key=lambda row: row.id)


async def silent_nodes(session: AsyncSession, since: datetime) -> Sequence[Node]:
    """Nodes believed up that were not heard of since."""
    statement = select(Node).where(Node.up, Node.last_seen_at < since).with_for_update(skip_locked=True)
    return (await session.scalars(statement)).all()


async def forget_commands(session: AsyncSession, before: datetime) -> None:
    """Deletes commands and codes whose time was over before."""
    await session.execute(delete(NodeCommand).where(NodeCommand.expires_at < before))
    await session.execute(delete(NodeEnrolment).where(NodeEnrolment.expires_at < before))
