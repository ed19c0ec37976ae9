"""What other slices may use of contacts: who a number belongs to, and the numbers of somebody."""

from collections.abc import Collection
from uuid import UUID

from controlplane.contacts import queries, repository, service
from controlplane.contacts.queries import ContactFilter
from controlplane.contacts.schemas import Contact, ContactRef
from controlplane.platform.auth import Principal
from controlplane.platform.listing import ListQuery
from controlplane.platform.uow import UnitOfWork

__all__ = ["Contact", "ContactRef", "numbers_of", "people_at", "search"]


async def people_at(uow: UnitOfWork, principal: Principal, numbers: Collection[str]) -> dict[str, ContactRef]:
    """Who these numbers (E.164) belong to, in one query; nobody for who may not read contacts."""
    if not numbers or not principal.may("contacts:read"):
        return {}
    return await repository.owners_of(uow.session, principal, numbers)


async def numbers_of(uow: UnitOfWork, principal: Principal, contact_id: UUID) -> list[str]:
    """The numbers of a contact; none of one that is not there.

    Raises:
        Forbidden: The principal may not read contacts.
    """
    principal.require("contacts:read")
    if await repository.find(uow.session, principal, contact_id) is None:
        return []
    found = await repository.numbers_of(uow.session, [contact_id])
    return [one.number for one in found.get(contact_id, ())]


async def search(uow: UnitOfWork, principal: Principal, q: str, limit: int) -> list[Contact]:
    """The first contacts by name that a search finds, with their numbers."""
    query = ListQuery(limit, None, None, with_total=False)
    rows, _, _ = await queries.contacts_page(uow.session, principal, ContactFilter(q=q), query)
    return await service.reads(uow, rows)
