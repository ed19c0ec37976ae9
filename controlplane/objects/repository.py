"""Queries of configuration objects."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import Row, Select, delete, func, insert, literal_column, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.kit.destination import Kind
from controlplane.objects.models import ConfigObject, ConfigRef
from controlplane.objects.references import Reference
from controlplane.objects.schemas import UseRead
from controlplane.platform.auth import Principal
from controlplane.platform.tenancy import scoped, visible

SORTABLE: Mapping[str, Any] = {
    "name": ConfigObject.name,
    "number": ConfigObject.number,
    "created_at": ConfigObject.created_at,
    "updated_at": ConfigObject.updated_at,
}


def visible_objects(principal: Principal, kind: Kind) -> Select[Any]:
    """The objects of a kind that the principal may see."""
    return scoped(select(ConfigObject).where(ConfigObject.kind == kind), ConfigObject, principal)


def narrowed(
    statement: Select[Any], *, q: str | None, name: str | None, location_id: UUID | None, uses: UUID | None,
    ids: Collection[UUID] | None, fields: Mapping[str, Any],
) -> Select[Any]:  # fmt: skip
    """A list with its filters. ``fields`` compares with the document's own values."""
    if q is not None:
        columns = (ConfigObject.name, ConfigObject.number)
        statement = statement.where(or_(*(column.icontains(q, autoescape=True) for column in columns)))
    if name is not None:
        statement = statement.where(func.lower(ConfigObject.name) == func.lower(name))
    if location_id is not None:
        statement = statement.where(ConfigObject.location_id == location_id)
    if uses is not None:
        users = select(ConfigRef.source_id).where(ConfigRef.target_id == uses)
        statement = statement.where(ConfigObject.id.in_(users))
    if ids is not None:
        statement = statement.where(ConfigObject.id.in_(ids))
    if fields:
        statement = statement.where(ConfigObject.fields.contains(to_jsonable_python(fields)))
    return statement


async def find(
    session: AsyncSession, principal: Principal, kind: Kind, object_id: UUID, *, for_change: bool = False
) -> ConfigObject | None:
    """One object, if the principal may see it; for a change it is locked, so that edits come one after the other."""
    statement = visible_objects(principal, kind).where(ConfigObject.id == object_id)
    if for_change:
        statement = statement.with_for_update(key_share=True)  # lets others name it meanwhile: no deadlock
    found: ConfigObject | None = await session.scalar(statement)
    return found


async def kinds_of(session: AsyncSession, principal: Principal, ids: Iterable[UUID]) -> dict[UUID, str]:
    """The kind of each of these objects that the principal may see."""
    mine = visible(ConfigObject, principal)
    statement = select(ConfigObject.id, ConfigObject.kind).where(mine, ConfigObject.id.in_(set(ids)))
    rows = await session.execute(statement)
    return {row.id: row.kind for row in rows}


async def documents(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """What some objects say now; nobody else changes them before the end of this transaction."""
    statement = select(ConfigObject.id, ConfigObject.fields).where(ConfigObject.id.in_(set(ids)))
    rows = await session.execute(statement.order_by(ConfigObject.id).with_for_update(read=True))
    return {row.id: row.fields for row in rows}


async def documents_naming(session: AsyncSession, target_id: UUID) -> list[dict[str, Any]]:
    """The documents of the objects that name this one, itself excepted."""
    users = select(ConfigRef.source_id).where(ConfigRef.target_id == target_id, ConfigRef.source_id != target_id)
    return list((await session.scalars(select(ConfigObject.fields).where(ConfigObject.id.in_(users)))).all())


async def replace_references(session: AsyncSession, source_id: UUID, found: Sequence[Reference]) -> None:
    """Writes down what an object names now."""
    await session.execute(delete(ConfigRef).where(ConfigRef.source_id == source_id))
    if found:
        rows = [{"source_id": source_id, "field": one.field, "target_id": one.id} for one in found]
        await session.execute(insert(ConfigRef), rows)


async def users_of(session: AsyncSession, principal: Principal, target_id: UUID) -> tuple[list[UseRead], int]:
    """The objects that name this one, itself excepted: those the principal may see, and the number of hidden ones."""
    statement = (
        select(ConfigObject, ConfigRef.field, visible(ConfigObject, principal).label("shown"))
        .join(ConfigRef, ConfigRef.source_id == ConfigObject.id)
        .where(ConfigRef.target_id == target_id, ConfigRef.source_id != target_id)
        .order_by(ConfigObject.kind, ConfigObject.name, ConfigRef.field)
    )
    rows = (await session.execute(statement)).all()
    shown = [
        UseRead(kind=Kind(row.kind), id=row.id, name=row.name, number=row.number, field=field)
        for row, field, may_see in rows
        if may_see
    ]
    return shown, len(rows) - len(shown)


async def holder_of(session: AsyncSession, org_id: UUID, column: str, key: str) -> ConfigObject | None:
    """Who in this organisation has a key already."""
    statement = select(ConfigObject).where(ConfigObject.org_id == org_id, getattr(ConfigObject, column) == key)
    return (await session.scalars(statement)).first()


async def taken_names(session: AsyncSession, org_id: UUID, names: Mapping[str, Kind]) -> list[tuple[str, Kind]]:
    """Which of these names an object of that kind has already."""
    statement = select(ConfigObject.name, ConfigObject.kind).where(
        ConfigObject.org_id == org_id, func.lower(ConfigObject.name).in_([name.lower() for name in names])
    )
    wanted = {(name.lower(), kind) for name, kind in names.items()}
    return [(row.name, row.kind) for row in await session.execute(statement) if (row.name.lower(), row.kind) in wanted]


async def rows_using(session: AsyncSession, principal: Principal, kind: Kind, target_id: UUID) -> list[ConfigObject]:
    """The visible objects of a kind that name an object, by name."""
    users = select(ConfigRef.source_id).where(ConfigRef.target_id == target_id)
    statement = visible_objects(principal, kind).where(ConfigObject.id.in_(users)).order_by(ConfigObject.name)
    return list((await session.scalars(statement)).all())


async def rows_at(session: AsyncSession, org_id: UUID, location_id: UUID, kinds: Iterable[Kind]) -> list[ConfigObject]:
    """A location's objects of some kinds."""
    statement = select(ConfigObject).where(
        ConfigObject.org_id == org_id, ConfigObject.location_id == location_id, ConfigObject.kind.in_(list(kinds))
    )
    return list((await session.scalars(statement)).all())


_STAMP = func.concat(ConfigObject.id, " ", literal_column("config_objects.xmin"), " ", ConfigObject.version)
"""As in `Look`."""

_LOOK = text("""
WITH known AS MATERIALIZED (SELECT age(CAST(CAST(:horizon AS text) AS xid)) AS age)
SELECT
    pg_snapshot_xmin(pg_current_snapshot())::xid::text AS horizon,
    pg_current_xact_id_if_assigned() IS NOT NULL AS is_writing,
    count(*) AS total,
    coalesce(array_agg(concat(id, ' ', xmin, ' ', version)) FILTER (
        WHERE coalesce((SELECT age FROM known), -1) < 0 OR age(xmin) <= (SELECT age FROM known)
    ), '{}') AS recent
FROM config_objects WHERE org_id = :org_id
""")


@dataclass(frozen=True, slots=True)
class Look:
    """An organisation's objects at one moment.

    Attributes:
        horizon: The oldest transaction under way: whatever becomes visible later was written by it or a younger one.
        is_writing: Whether this transaction has written something itself, which may still be taken back.
        total: How many objects there are.
        recent: Of those written from the given horizon on, and perhaps some more: id, writing transaction and version.
    """

    horizon: str
    is_writing: bool
    total: int
    recent: frozenset[str]


async def look_at(session: AsyncSession, org_id: UUID, horizon: str | None) -> Look:
    """How much there is and what is new since the look that gave a horizon: 27,000 objects in some 6 ms. None: all."""
    row = (await session.execute(_LOOK, {"org_id": org_id, "horizon": horizon})).one()
    return Look(row.horizon, row.is_writing, row.total, frozenset(row.recent))


async def rows_of(
    session: AsyncSession, org_ids: Iterable[UUID], ids: Collection[UUID] | None = None, *, kind: Kind | None = None
) -> Sequence[Row[Any]]:
    """All objects of some organisations as plain rows, in order of id: 10,000 of them cost a third of the entities.

    With ``ids`` only these objects, with ``kind`` only those of that kind.
    """
    columns = (
        ConfigObject.id, ConfigObject.org_id, ConfigObject.version, ConfigObject.kind, ConfigObject.fields,
        ConfigObject.secrets, ConfigObject.texts, _STAMP.label("stamp"),
    )  # fmt: skip
    statement = select(*columns).where(ConfigObject.org_id.in_(list(org_ids))).order_by(ConfigObject.id)
    if ids is not None:
        statement = statement.where(ConfigObject.id.in_(ids))
    if kind is not None:
        statement = statement.where(ConfigObject.kind == kind)
    return (await session.execute(statement)).all()


async def owners_of(
    session: AsyncSession, *, ids: Collection[UUID], global_keys: Collection[str]
) -> dict[UUID | str, tuple[UUID, UUID | None]]:
    """Organisation and location of objects named by id or by global key, under both names."""
    columns = (ConfigObject.id, ConfigObject.global_key, ConfigObject.org_id, ConfigObject.location_id)
    named = or_(ConfigObject.id.in_(ids), ConfigObject.global_key.in_(global_keys))
    owners: dict[UUID | str, tuple[UUID, UUID | None]] = {}
    for row in await session.execute(select(*columns).where(named)):
        owners[row.id] = owners[row.global_key or row.id] = (row.org_id, row.location_id)
    return owners


async def switches_of(session: AsyncSession, principal: Principal, kind: Kind) -> Sequence[Row[Any]]:
    """The visible objects of a kind as plain rows by name: id, name and whether enabled."""
    statement = visible_objects(principal, kind).order_by(ConfigObject.name)
    enabled = ConfigObject.fields["enabled"].as_boolean().label("enabled")
    return (await session.execute(statement.with_only_columns(ConfigObject.id, ConfigObject.name, enabled))).all()


async def names_of(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names by id."""
    rows = await session.execute(select(ConfigObject.id, ConfigObject.name).where(ConfigObject.id.in_(set(ids))))
    return {row.id: row.name for row in rows}


async def texts_of(session: AsyncSession, org_ids: Iterable[UUID] | None) -> set[str]:
    """Every text our voice has to speak for these organisations, or for all."""
    statement = select(func.jsonb_array_elements_text(ConfigObject.texts).label("text")).distinct()
    statement = statement.where(ConfigObject.texts != [])
    if org_ids is not None:
        statement = statement.where(ConfigObject.org_id.in_(list(org_ids)))
    return set((await session.scalars(statement)).all())
