"""Rows of contacts and their numbers."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.contacts.models import Contact, ContactNumber
from controlplane.contacts.schemas import ContactRef
from controlplane.kit import clock
from controlplane.platform.auth import Principal
from controlplane.platform.tenancy import scoped, visible

PORTION = 10_000
"""So many values go into one question."""
_TABLE: Any = Contact.__table__


async def find(
    session: AsyncSession, principal: Principal, contact_id: UUID, *, for_change: bool = False
) -> Contact | None:
    """One contact; for a change it is locked."""
    statement = scoped(select(Contact).where(Contact.id == contact_id), Contact, principal)
    if for_change:
        statement = statement.with_for_update()
    found: Contact | None = await session.scalar(statement)
    return found


async def numbers_of(session: AsyncSession, contact_ids: Iterable[UUID]) -> dict[UUID, list[ContactNumber]]:
    """The numbers of each of these contacts, in their order; who has none is missing."""
    found: dict[UUID, list[ContactNumber]] = {}
    for portion in portions(list(contact_ids)):
        statement = select(ContactNumber).where(ContactNumber.contact_id.in_(portion))
        for row in await session.scalars(statement.order_by(ContactNumber.contact_id, ContactNumber.position)):
            found.setdefault(row.contact_id, []).append(row)
    return found


async def put_numbers(session: AsyncSession, org_id: UUID, numbers: Mapping[UUID, Sequence[Mapping[str, Any]]]) -> None:
    """Gives each of these contacts exactly these numbers (``number``, ``label``)."""
    for portion in portions(list(numbers)):
        await session.execute(delete(ContactNumber).where(ContactNumber.contact_id.in_(portion)))
    rows = [
        {"org_id": org_id, "contact_id": contact_id, "position": position, **one}
        for contact_id, given in numbers.items()
        for position, one in enumerate(given)
    ]
    for some in portions(rows):
        await session.execute(insert(ContactNumber), some)


async def owners_of(session: AsyncSession, principal: Principal, numbers: Collection[str]) -> dict[str, ContactRef]:
    """Whose each of these numbers is; unknown ones are missing."""
    found: dict[str, ContactRef] = {}
    for portion in portions(list(numbers)):
        statement = (
            select(ContactNumber.number, Contact.id, Contact.name, Contact.company)
            .join(Contact, Contact.id == ContactNumber.contact_id)
            .where(visible(ContactNumber, principal), ContactNumber.number.in_(portion))
        )
        for row in await session.execute(statement):
            found[row.number] = ContactRef(id=row.id, name=row.name, company=row.company)
    return found


async def load(session: AsyncSession, principal: Principal, ids: Collection[UUID]) -> dict[UUID, Contact]:
    """These contacts by id, those that are there, locked for a change."""
    found: dict[UUID, Contact] = {}
    for portion in portions(list(ids)):
        statement = scoped(select(Contact).where(Contact.id.in_(portion)), Contact, principal)
        rows = await session.scalars(statement.order_by(Contact.id).with_for_update())
        found.update({row.id: row for row in rows})
    return found


async def insert_many(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Makes many contacts."""
    for portion in portions(rows):
        await session.execute(insert(Contact), portion)


async def update_many(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Changes many contacts (all columns, by ``id``), which `load` has locked."""
    if not rows:
        return
    columns = [name for name in rows[0] if name not in {"id", "org_id"}]
    statement = (
        update(_TABLE)
        .where(_TABLE.c.id == bindparam("b_id"))
        .values({name: bindparam(f"b_{name}", type_=_TABLE.c[name].type) for name in columns})
        .values(version=_TABLE.c.version + 1, updated_at=clock.now())
    )
    connection = await session.connection()
    for portion in portions(rows):
        await connection.execute(statement, [{f"b_{name}": row[name] for name in ("id", *columns)} for row in portion])


def portions(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """Many values a portion at a time."""
    return (values[start : start + PORTION] for start in range(0, len(values), PORTION))
