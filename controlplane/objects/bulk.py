"""Many objects at once: an import of 30,000 takes seconds, and may name objects in circles.

The caller has checked everything (shapes, references, rights, unique keys); the database guards the same rules again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, null, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.identity import door as identity
from controlplane.kit import clock
from controlplane.objects.models import ConfigObject, ConfigRef
from controlplane.objects.references import references, texts
from controlplane.objects.schemas import ObjectFields
from controlplane.platform.auth import Principal
from controlplane.platform.problem import Conflict
from controlplane.platform.uow import UnitOfWork

SOUNDS_JOB = "telephony.make_sounds"
_TABLE: Any = ConfigObject.__table__
_REFS: Any = ConfigRef.__table__
_PORTION = 1000


@dataclass(frozen=True, slots=True)
class Write:
    """One object as it is to be.

    Attributes:
        id: Its id.
        fields: All of its fields.
        secrets: All of its sealed secrets.
        before: What it was; None for a new one.
        new_secrets: Which secrets differ, for the audit log.
    """

    id: UUID
    fields: ObjectFields
    secrets: Mapping[str, str]
    before: "Before | None" = None
    new_secrets: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Before:
    """One object as it was read."""

    id: UUID
    version: int
    fields: ObjectFields


@dataclass(frozen=True, slots=True)
class Writes:
    """One change of many objects."""

    put: Sequence[Write] = field(default_factory=tuple)
    delete: Sequence[Before] = field(default_factory=tuple)


async def write_many(
    uow: UnitOfWork, principal: Principal, writes: Writes, written: Callable[[int], None] = lambda _done: None
) -> None:  # fmt: skip
    """Makes, changes and deletes objects in the caller's transaction; names may pass from one to another.

    Args:
        uow: The change's unit of work.
        principal: Who does it.
        writes: What is to be done.
        written: Told how many objects were written so far.

    Raises:
        Conflict: Somebody else changed one of them since it was read, or took its name, number or id.
    """
    session = uow.session
    changed = [one for one in writes.put if one.before is not None]
    made = [one for one in writes.put if one.before is None]
    try:
        async with session.begin_nested():
            await _forget_references(session, [*(one.id for one in changed), *(one.id for one in writes.delete)])
            await _delete(session, writes.delete)
            await _change(session, principal, changed)
            for done, portion in enumerate(_portions([_row(one, principal) for one in made])):
                written(len(changed) + done * _PORTION)
                await (await session.connection()).execute(_TABLE.insert(), portion)
            named = [
                {"source_id": one.id, "field": ref.field, "target_id": ref.id}
                for one in writes.put
                for ref in references(one.fields)
            ]
            for portion in _portions(named):
                await (await session.connection()).execute(_REFS.insert(), portion)
    except IntegrityError as err:
        raise _changed_meanwhile() from err
    await identity.audit_many(uow, principal, [*map(_written, writes.put), *map(_deleted, writes.delete)])
    if any(True for one in writes.put for _ in _spoken(one.fields)):
        lock = f"{SOUNDS_JOB}:{principal.org_id}"
        await uow.defer(SOUNDS_JOB, queueing_lock=lock, org_id=str(principal.org_id))


async def _forget_references(session: AsyncSession, ids: Sequence[UUID]) -> None:
    for portion in _portions(ids):
        await session.execute(delete(ConfigRef).where(ConfigRef.source_id.in_(portion)))


async def _delete(session: AsyncSession, gone: Sequence[Before]) -> None:
    for portion in _portions(gone):
        wanted = tuple_(_TABLE.c.id, _TABLE.c.version).in_([(one.id, one.version) for one in portion])
        done = await (await session.connection()).execute(_TABLE.delete().where(wanted))
        if done.rowcount != len(portion):
            raise _changed_meanwhile()


async def _change(session: AsyncSession, principal: Principal, changed: Sequence[Write]) -> None:
    """In two steps, so that two objects can swap names or numbers: unique keys are given up first."""
    if not changed:
        return
    keys = {"name": bindparam("b_away"), "internal_number": null(), "org_key": null(), "global_key": null()}
    here = update(_TABLE).where(_TABLE.c.id == bindparam("b_id"))
    await session.execute(here.values(keys), [{"b_id": one.id, "b_away": str(one.id)} for one in changed])
    columns = [name for name in _row(changed[0], principal) if name not in {"id", "org_id", "created_by", "version"}]
    statement = here.where(_TABLE.c.version == bindparam("b_version")).values(
        {name: bindparam(f"b_{name}", type_=_TABLE.c[name].type) for name in columns}
        | {"version": _TABLE.c.version + 1, "updated_at": clock.now()}
    )
    rows = []
    for one in changed:
        assert one.before is not None
        row = _row(one, principal)
        mine = {"b_id": one.id, "b_version": one.before.version}
        rows.append({**mine, **{f"b_{name}": row[name] for name in columns}})
    done = await (await session.connection()).execute(statement, rows)
    if done.rowcount != len(rows):
        raise _changed_meanwhile()


def _changed_meanwhile() -> Conflict:
    return Conflict(
        "Somebody else changed the same objects at this moment; nothing was imported.", hint="Import once more."
    )  # fmt: skip


def _row(one: Write, principal: Principal) -> dict[str, Any]:
    fields = one.fields
    return {
        "id": one.id,
        "org_id": principal.org_id,
        "version": 1,
        "kind": fields.kind,
        "location_id": fields.location_id,
        "name": fields.name,
        "number": str(getattr(fields, "number", None) or ""),
        "internal_number": fields.internal_number(),
        "org_key": fields.org_key(),
        "global_key": fields.global_key(),
        "fields": document_of(fields),
        "secrets": dict(one.secrets),
        "texts": sorted(set(_spoken(fields))),
        "created_by": principal.label,
        "updated_by": principal.label,
    }


def document_of(fields: ObjectFields) -> dict[str, Any]:
    """The document as it is stored: JSON without secrets."""
    return fields.model_dump(mode="json", exclude=set(fields.secret_fields))


def _spoken(fields: ObjectFields) -> Iterable[str]:
    return (*texts(fields), *filter(None, [fields.own_text()]))


def _written(one: Write) -> identity.AuditEntry:
    before = None if one.before is None else document_of(one.before.fields)
    word = "set" if before is None else "changed"
    after = {**document_of(one.fields), **dict.fromkeys(one.new_secrets, word)}
    return _entry("create" if before is None else "update", one.id, one.fields, before, after)


def _deleted(one: Before) -> identity.AuditEntry:
    return _entry("delete", one.id, one.fields, document_of(one.fields), None)


def _entry(
    verb: str, id_: UUID, fields: ObjectFields, before: dict[str, Any] | None, after: dict[str, Any] | None
) -> identity.AuditEntry:
    return identity.AuditEntry(
        action=f"{fields.kind}.{verb}", kind=fields.kind, object_id=id_, name=fields.name,
        location_id=fields.location_id, before=before, after=after,
    )  # fmt: skip


def _portions(rows: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (rows[start : start + _PORTION] for start in range(0, len(rows), _PORTION))
