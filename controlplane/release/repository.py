"""Queries of the release slice."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, literal_column, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from controlplane.platform.auth import Principal
from controlplane.platform.tenancy import scoped
from controlplane.release.models import NodeBundle, Release
from controlplane.release.schemas import ReleaseState

APPLY_LOCK = 0xA9917


async def lock_applies(session: AsyncSession) -> None:
    """One apply at a time: a second waits here until the first has committed."""
    await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": APPLY_LOCK})


async def newest_releases(session: AsyncSession) -> Sequence[Release]:
    """Each organisation's release that is live or on its way."""
    statement = (
        select(Release)
        .ext(distinct_on(Release.org_id))
        .where(Release.state.in_([ReleaseState.LIVE, ReleaseState.APPLYING]))
        .order_by(Release.org_id, Release.number.desc())
    )
    return (await session.scalars(statement)).all()


async def stopped_releases(session: AsyncSession) -> Sequence[Release]:
    """Releases that stopped on their way to several nodes; a newer one supersedes them."""
    statement = select(Release).where(Release.state == ReleaseState.STOPPED).order_by(Release.number)
    return (await session.scalars(statement)).all()


async def live_release(session: AsyncSession, org_id: UUID, *, with_snapshot: bool = True) -> Release | None:
    """The organisation's live release."""
    statement = (
        select(Release)
        .where(Release.org_id == org_id, Release.state == ReleaseState.LIVE)
        .order_by(Release.number.desc())
        .limit(1)
    )
    if with_snapshot:
        statement = statement.options(undefer(Release.snapshot))
    return (await session.scalars(statement)).first()


async def snapshot_of(session: AsyncSession, release_id: UUID) -> bytes:
    """What a release froze, sealed."""
    return (await session.scalars(select(Release.snapshot).where(Release.id == release_id))).one()


@dataclass(frozen=True, slots=True)
class ReleaseFilter:
    """What the history is narrowed to; None means any. Times half open."""

    state: ReleaseState | None = None
    author: str | None = None
    reason: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def narrow(self, statement: Select[Any]) -> Select[Any]:
        """The statement with the conditions of all that is set."""
        conditions: list[Any] = []
        if self.state is not None:
            conditions.append(Release.state == self.state)
        if self.author:
            conditions.append(Release.author.icontains(self.author, autoescape=True))
        if self.reason:
            conditions.append(Release.reason.icontains(self.reason, autoescape=True))
        if self.since is not None:
            conditions.append(Release.created_at >= self.since)
        if self.until is not None:
            conditions.append(Release.created_at < self.until)
        return statement.where(*conditions)


def release_list(principal: Principal) -> Select[Any]:
    """Releases that the principal may see."""
    return scoped(select(Release), Release, principal)


async def find_release(
    session: AsyncSession, principal: Principal, release_id: UUID, *, with_snapshot: bool = False
) -> Release | None:
    """One of them. A snapshot is a megabyte where there are 10,000 phones."""
    statement = release_list(principal).where(Release.id == release_id)
    if with_snapshot:
        statement = statement.options(undefer(Release.snapshot))
    return (await session.scalars(statement)).first()


async def find_release_by_number(session: AsyncSession, principal: Principal, number: int) -> Release | None:
    """One of them by its number."""
    return (await session.scalars(release_list(principal).where(Release.number == number))).first()


async def newest(
    session: AsyncSession, principal: Principal, limit: int, wanted: ReleaseFilter
) -> Sequence[Release]:  # fmt: skip
    """The newest of them."""
    statement = wanted.narrow(release_list(principal)).order_by(Release.number.desc()).limit(limit)
    return (await session.scalars(statement)).all()


@dataclass(frozen=True, slots=True)
class ReleaseWords:
    """What people read of a release beside its state.

    Attributes:
        kept: Whether its configuration is.
        changes: The first of them, as many as were asked for.
    """

    number: int
    kept: bool
    changes: list[Any]
    changes_count: int
    problems: list[Any]


async def words_of(
    session: AsyncSession, ids: Sequence[UUID], most_changes: int | None = None
) -> dict[UUID, ReleaseWords]:
    """The words of these releases."""
    changes: Any = Release.changes
    if most_changes is not None:
        first: Any = literal_column(f"'$[0 to {most_changes - 1}]'::jsonpath")
        changes = func.jsonb_path_query_array(Release.changes, first)
    columns = (
        Release.number, func.length(Release.snapshot) > 0, changes, func.jsonb_array_length(Release.changes),
        Release.problems,
    )  # fmt: skip
    rows = await session.execute(select(Release.id, *columns).where(Release.id.in_(ids)))
    return {id_: ReleaseWords(*words) for id_, *words in rows}


async def forget_snapshots(session: AsyncSession, keep: int) -> int:
    """Drops the configurations of all but each organisation's newest releases; those on nodes stay in any case.

    Returns:
        How many were dropped.
    """
    place = func.row_number().over(partition_by=Release.org_id, order_by=Release.number.desc()).label("place")
    ranked = select(Release.id, place).subquery()
    old = select(ranked.c.id).where(ranked.c.place > keep)
    in_use = [ReleaseState.LIVE, ReleaseState.APPLYING]
    statement = (
        update(Release)
        .where(Release.id.in_(old), Release.state.not_in(in_use), func.length(Release.snapshot) > 0)
        .values(snapshot=b"")
        .returning(Release.id)
    )
    return len((await session.scalars(statement)).all())


async def forget_manifests(session: AsyncSession, in_use: Collection[str]) -> None:
    """Drops what nodes were sent of releases whose configuration was dropped: 330 kB each with 10,000 phones.

    Digests ``in_use`` stay: a node that runs one, or should, may ask for it again.
    """
    old = select(Release.id).where(func.length(Release.snapshot) == 0)
    unused = NodeBundle.release_id.in_(old), NodeBundle.manifest != "", NodeBundle.digest.not_in(in_use)
    await session.execute(update(NodeBundle).where(*unused).values(manifest=""))


async def bundles_of(session: AsyncSession, release_ids: Sequence[UUID]) -> Sequence[NodeBundle]:
    """The releases' bundles, by node."""
    statement = select(NodeBundle).where(NodeBundle.release_id.in_(release_ids)).order_by(NodeBundle.node)
    return (await session.scalars(statement)).all()


async def bundle_by_digest(session: AsyncSession, node: str, digest: str) -> NodeBundle | None:
    """A node's bundle, locked for a report."""
    statement = select(NodeBundle).where(NodeBundle.node == node, NodeBundle.digest == digest).with_for_update()
    return (await session.scalars(statement)).first()


async def signed_manifest(session: AsyncSession, node: str, digest: str) -> tuple[str, str] | None:
    """Manifest and signature of a node's bundle."""
    statement = select(NodeBundle.manifest, NodeBundle.signature)
    row = (await session.execute(statement.where(NodeBundle.node == node, NodeBundle.digest == digest))).first()
    return (row.manifest, row.signature) if row and row.manifest else None


async def bundle_for(session: AsyncSession, node: str, release_id: UUID | None) -> NodeBundle | None:
    """What a release meant for a node, with its manifest: empty where that was dropped."""
    statement = select(NodeBundle).where(NodeBundle.node == node, NodeBundle.release_id == release_id)
    return (await session.scalars(statement.options(undefer(NodeBundle.manifest)).limit(1))).first()


async def release_among(session: AsyncSession, org_id: UUID, ids: Sequence[UUID]) -> Release | None:
    """The one of these releases that is the organisation's, with its snapshot."""
    statement = select(Release).where(Release.org_id == org_id, Release.id.in_(ids))
    return (await session.scalars(statement.options(undefer(Release.snapshot)))).first()


async def release_live_at(session: AsyncSession, org_id: UUID, moment: datetime) -> Release | None:
    """The organisation's release that was live at a moment, with its snapshot."""
    statement = (
        select(Release)
        .where(
            Release.org_id == org_id,
            Release.state.in_([ReleaseState.LIVE, ReleaseState.RETIRED]),
            Release.finished_at <= moment,
        )
        .order_by(Release.finished_at.desc())
        .limit(1)
        .options(undefer(Release.snapshot))
    )
    return (await session.scalars(statement)).first()


async def add_bundle(session: AsyncSession, values: dict[str, Any]) -> None:
    """Stores a bundle; the same content again for the same release is one row, offered anew."""
    again = {name: values[name] for name in ("state", "problems", "reloads", "note")}
    statement = insert(NodeBundle).values(**values)
    await session.execute(statement.on_conflict_do_update(index_elements=["node", "digest"], set_=again))


async def forget_older_offers(session: AsyncSession, release_id: UUID, node: str, digest: str) -> None:
    """A node is offered a release anew: what it said of the former bundle doesn't count any more."""
    stale = NodeBundle.release_id == release_id, NodeBundle.node == node, NodeBundle.digest != digest
    await session.execute(delete(NodeBundle).where(*stale))


async def bundle_of(session: AsyncSession, release_id: UUID, node: str) -> NodeBundle | None:
    """What a release means for a node."""
    return (
        await session.scalars(select(NodeBundle).where(NodeBundle.release_id == release_id, NodeBundle.node == node))
    ).first()


async def lock_release(session: AsyncSession, release_id: UUID) -> Release | None:
    """A release with its snapshot, for going on with it."""
    statement = select(Release).where(Release.id == release_id).with_for_update().options(undefer(Release.snapshot))
    return (await session.scalars(statement)).first()


async def releases_under_way(session: AsyncSession) -> Sequence[UUID]:
    """Releases that wait for nodes."""
    return (await session.scalars(select(Release.id).where(Release.state == ReleaseState.APPLYING))).all()


async def supersede(session: AsyncSession, org_id: UUID) -> None:
    """A newer release has come: those still on their way won't be live."""
    await session.execute(
        update(Release)
        .where(Release.org_id == org_id, Release.state.in_([ReleaseState.APPLYING, ReleaseState.STOPPED]))
        .values(state=ReleaseState.SUPERSEDED)
    )


async def included_releases(session: AsyncSession, bundle: NodeBundle) -> Sequence[Release]:
    """The releases in a bundle, locked: reports may come at once."""
    ids = [UUID(one) for one in bundle.includes]
    return (
        await session.scalars(select(Release).where(Release.id.in_(ids)).order_by(Release.id).with_for_update())
    ).all()


async def retire_others(session: AsyncSession, release: Release) -> None:
    """This release is live: the one before is history."""
    await session.execute(
        update(Release)
        .where(Release.org_id == release.org_id, Release.state == ReleaseState.LIVE, Release.id != release.id)
        .values(state=ReleaseState.RETIRED)
    )
