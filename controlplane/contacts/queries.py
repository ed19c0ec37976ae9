"""Lists of contacts."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, cast, select
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from controlplane.contacts import words
from controlplane.contacts.models import Contact, ContactNumber
from controlplane.platform.auth import Principal
from controlplane.platform.listing import ListQuery, fetch_page
from controlplane.platform.tenancy import scoped, visible

_SORTABLE = ("name", "company", "updated_at", "created_at")


@dataclass(frozen=True, slots=True)
class ContactFilter:
    """What a list of contacts is narrowed to; None means any."""

    q: str | None = None
    tag: str | None = None
    numbers: Collection[str] | None = None


async def contacts_page(
    session: AsyncSession, principal: Principal, wanted: ContactFilter, query: ListQuery
) -> tuple[list[Contact], str | None, int | None]:
    """One page of contacts, by name."""
    statement, model = _found(principal, wanted.q)
    if wanted.tag:
        statement = statement.where(model.tags.contains([wanted.tag.lower()]), model.tags != [])  # as its index
    if wanted.numbers is not None:
        owners = select(ContactNumber.contact_id).where(
            visible(ContactNumber, principal), ContactNumber.number.in_(wanted.numbers)
        )
        statement = statement.where(model.id.in_(owners))
    sortable = {name: getattr(model, name) for name in _SORTABLE}
    return await fetch_page(session, statement, model, query, sortable=sortable, default_sort="name")


def _found(principal: Principal, q: str | None) -> tuple[Select[Any], Any]:
    """The visible contacts with these words, and what their columns are called.

    PostgreSQL takes each beginning of a word for a common one, and would read all contacts in the order of their names
    until it has a page of them. The ``OFFSET 0`` makes it look into the index of words first.
    """
    everybody = scoped(select(Contact), Contact, principal)
    if not q or not (tsquery := words.wanted(q)):
        return everybody, Contact
    found = everybody.where(Contact.searched.op("@@")(cast(tsquery, TSQUERY))).offset(0)
    model = aliased(Contact, found.subquery())
    return select(model), model
