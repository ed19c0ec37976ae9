"""Use cases on contacts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from controlplane.contacts import repository, words
from controlplane.contacts.errors import NumberTaken
from controlplane.contacts.models import Contact
from controlplane.contacts.models import ContactNumber as NumberRow
from controlplane.contacts.schemas import Contact as ContactRead
from controlplane.contacts.schemas import ContactNumber, ContactPatch, ContactWrite
from controlplane.identity.door import audit, require_match
from controlplane.kit import clock
from controlplane.kit.e164 import parse
from controlplane.kit.ids import new_id
from controlplane.platform.auth import Principal
from controlplane.platform.etag import etag
from controlplane.platform.problem import Conflict, NotFound
from controlplane.platform.uow import UnitOfWork

FIELDS = tuple(ContactWrite.model_fields)
Document = dict[str, Any]
"""A contact's fields as JSON values."""


async def reads(uow: UnitOfWork, rows: Sequence[Contact]) -> list[ContactRead]:
    """Contacts with their numbers: one more query, however many they are."""
    numbers = await repository.numbers_of(uow.session, [row.id for row in rows])
    return [_read(row, numbers.get(row.id, ())) for row in rows]


def _read(row: Contact, numbers: Iterable[NumberRow]) -> ContactRead:
    return ContactRead(
        id=row.id, name=row.name, company=row.company, email=row.email, notes=row.notes, tags=row.tags,
        numbers=[ContactNumber.model_validate(one) for one in numbers], version=row.version,
        created_at=row.created_at, updated_at=row.updated_at,
    )  # fmt: skip


def document_of(contact: ContactRead | ContactWrite) -> Document:
    """What people have written of a contact."""
    return contact.model_dump(mode="json", include=set(FIELDS))


def columns_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """The same as columns of the table."""
    texts = (document["name"], document["company"], document["email"])
    found = words.searched(texts, [one["number"] for one in document["numbers"]])
    return {**{name: document[name] for name in FIELDS if name != "numbers"}, "searched": found}


def number_or_none(text: str) -> str | None:
    """A number as we write it; None if it is none."""
    try:
        return parse(text)
    except ValueError:
        return None


async def get(uow: UnitOfWork, principal: Principal, contact_id: UUID, *, for_change: bool = False) -> Contact:
    """One contact of the organisation.

    Raises:
        NotFound: Not there.
    """
    row = await repository.find(uow.session, principal, contact_id, for_change=for_change)
    if row is None:
        raise NotFound("There is no such contact.")
    return row


async def create(uow: UnitOfWork, principal: Principal, wanted: ContactWrite) -> ContactRead:
    """Makes a contact: from now on its numbers' calls, old ones too, say who it was.

    Raises:
        NumberTaken: One of the numbers is somebody else's.
    """
    row = Contact(id=new_id(), org_id=principal.org_id)
    return await _store(uow, principal, row, before=None, after=document_of(wanted))


async def change(
    uow: UnitOfWork, principal: Principal, contact_id: UUID, patch: ContactPatch, if_match: str | None
) -> ContactRead:
    """Changes what the patch names.

    Raises:
        NotFound: Not there.
        NumberTaken: A new number is somebody else's.
        Stale: Somebody else changed the contact first.
    """
    row = await get(uow, principal, contact_id, for_change=True)
    await require_match(uow, if_match, etag(row.version), kind="contact", object_id=row.id)
    (now,) = await reads(uow, [row])
    before = document_of(now)
    after = {**before, **patch.model_dump(mode="json", include=set(patch.changes()))}
    return now if after == before else await _store(uow, principal, row, before=before, after=after)


async def remove(uow: UnitOfWork, principal: Principal, contact_id: UUID, if_match: str | None) -> None:
    """Forgets a contact; calls with its numbers stay, without a name.

    Raises:
        NotFound: Not there.
        Stale: Somebody else changed it first.
    """
    row = await get(uow, principal, contact_id, for_change=True)
    await require_match(uow, if_match, etag(row.version), kind="contact", object_id=row.id)
    (now,) = await reads(uow, [row])
    await uow.session.delete(row)
    await _audit(uow, principal, row, "delete", before=document_of(now), after=None)


async def _store(
    uow: UnitOfWork, principal: Principal, row: Contact, *, before: Document | None, after: Document
) -> ContactRead:
    await _refuse_taken(uow, principal, row.id, after)
    try:
        async with uow.session.begin_nested():
            for name, value in columns_of(after).items():
                setattr(row, name, value)
            row.updated_at = clock.now()
            uow.session.add(row)
            await uow.session.flush()
            if before is None or before["numbers"] != after["numbers"]:
                await repository.put_numbers(uow.session, row.org_id, {row.id: after["numbers"]})
    except IntegrityError as err:  # somebody else was given a number in this very moment
        raise Conflict("Another contact was given one of these numbers just now.", hint="Try again.") from err
    await uow.session.refresh(row)
    await _audit(uow, principal, row, "create" if before is None else "update", before=before, after=after)
    return (await reads(uow, [row]))[0]


async def _refuse_taken(uow: UnitOfWork, principal: Principal, contact_id: UUID, document: Document) -> None:
    numbers = [one["number"] for one in document["numbers"]]
    owners = await repository.owners_of(uow.session, principal, numbers)
    for place, number in enumerate(numbers):
        owner = owners.get(number)
        if owner is not None and owner.id != contact_id:
            raise NumberTaken(f"numbers.{place}.number", number, owner.id, owner.name)


async def _audit(
    uow: UnitOfWork, principal: Principal, row: Contact, verb: str, *, before: Document | None, after: Document | None
) -> None:
    await audit(
        uow, principal, action=f"contact.{verb}", kind="contact", object_id=row.id, name=row.name, before=before,
        after=after,
    )  # fmt: skip
