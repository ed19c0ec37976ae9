"""Who calls are with: contacts, found by the number of the other side whenever a call is read."""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from controlplane.calls.models import Call, Voicemail
from controlplane.calls.queries import CallFilter, OtherNumbers
from controlplane.calls.schemas import Direction
from controlplane.contacts import door as contacts
from controlplane.contacts.door import ContactRef
from controlplane.identity.door import read_locations
from controlplane.kit.e164 import parse
from controlplane.platform.auth import Principal
from controlplane.platform.uow import UnitOfWork
from controlplane.release import door as release

Countries = Mapping[UUID, str]
"""The country of each location that says it."""


async def people_of(uow: UnitOfWork, principal: Principal, calls: Sequence[Call]) -> dict[UUID, ContactRef]:
    """The contact that each call is with, by the call's id, in one query.

    One more where a carrier was sent a number as it is written inside a country: it is read by the location's.
    """
    numbers = {call.id: number for call in calls if (number := _other_number(call))}
    national = not all(number.startswith("+") for number in numbers.values())
    countries = await _countries(uow, principal) if national else {}
    readings = {
        call.id: _readings(numbers[call.id], countries.get(call.location_id) if call.location_id else None)
        for call in calls
        if call.id in numbers
    }
    owners = await contacts.people_at(uow, principal, {one for found in readings.values() for one in found})
    named = {id_: next((owners[one] for one in found if one in owners), None) for id_, found in readings.items()}
    return {id_: owner for id_, owner in named.items() if owner is not None}


async def people_who_left(
    uow: UnitOfWork, principal: Principal, voicemails: Iterable[Voicemail]
) -> dict[str, ContactRef]:
    """The contacts behind the callers of messages, by number, in one query."""
    return await contacts.people_at(uow, principal, {row.caller_number for row in voicemails if row.caller_number})


async def with_contact(uow: UnitOfWork, principal: Principal, wanted: CallFilter) -> CallFilter:
    """The filter with the numbers of the contact that it names; a contact that is not there has no calls.

    Raises:
        Forbidden: The principal may not read contacts.
    """
    if wanted.contact_id is None:
        return wanted
    numbers = await contacts.numbers_of(uow, principal, wanted.contact_id)
    countries = set((await _countries(uow, principal)).values()) if numbers else set()
    dialed = {*numbers, *(number[1:] for number in numbers)}
    dialed |= {way for number in numbers for country in countries for way in _ways_to_dial(number, country)}
    return replace(wanted, other=OtherNumbers(tuple(numbers), tuple(sorted(dialed))))


def _other_number(call: Call) -> str | None:
    match call.direction:
        case Direction.INBOUND:
            return call.caller_number
        case Direction.OUTBOUND:
            return call.dialed_number
    return None


def _readings(number: str, country: str | None) -> list[str]:
    """What a number may be in E.164, the likeliest first: carriers are sent it in the form that they want."""
    if number.startswith("+"):
        return [number]
    found = [f"+{number}"]
    if country:
        with contextlib.suppress(ValueError):  # an emergency number, for one
            found.insert(0, parse(number, country))
    return found


def _ways_to_dial(number: str, country: str) -> list[str]:
    try:
        return release.ways_to_dial(number, country)
    except ValueError:  # an address may name a country without phones
        return []


async def _countries(uow: UnitOfWork, principal: Principal) -> Countries:
    places = await read_locations(uow.session, principal.org_id)
    return {place.id: place.address.country for place in places if place.address.country}
