"""How to make a call for somebody: which phones are theirs, and what they would dial. Asked of what is live."""

from dataclasses import dataclass
from uuid import UUID

from controlplane.platform.problem import Conflict, Invalid
from controlplane.platform.services import Services
from controlplane.platform.uow import UnitOfWork
from controlplane.release import names, numbers
from controlplane.release.build import Compiled
from controlplane.release.outbound import dial_outside
from controlplane.release.pbx_objects import Device, Extension, PbxObject, PhoneNumber
from controlplane.release.placement import nodes_of
from controlplane.release.service import live_now

FEATURE_CODES = frozenset({"*43", "*60", "*97", "*98"})


@dataclass(frozen=True, slots=True)
class WayToDial:
    """A call that an extension could make now.

    Attributes:
        node: Where.
        phones: The PJSIP endpoints of the extension, by name.
        context: Where its phones dial.
        dialed: What they would dial there.
        person: The extension's name.
        number: The extension's number.
    """

    node: str
    phones: tuple[str, ...]
    context: str
    dialed: str
    person: str
    number: str


@dataclass(frozen=True, slots=True)
class Callee:
    """Whom phones reach by dialling something.

    Attributes:
        dial: What they dial.
        number: The same as people write it: without a route's prefix.
        inside: Whose number it is, where it is one of ours.
    """

    dial: str
    number: str
    inside: PbxObject | None = None


def callee_dialed(live: Compiled, org_id: UUID, dialed: str) -> Callee | None:
    """Whom a phone reaches by dialling this; None where nothing takes it, and for feature codes."""
    ids = live.index.readers.get((org_id, dialed), frozenset())
    inside = next((live.objects[id_] for id_ in ids if id_ in live.objects), None)
    if inside is not None:
        return None if isinstance(inside, Extension) and not inside.enabled else Callee(dialed, dialed, inside)
    ours = (route for route in live.model.routes if route.org == org_id and route.enabled)
    taking = [route for route in ours if numbers.fits(route.pattern, dialed)]
    if not taking:
        return None
    first = min(taking, key=lambda route: route.position)
    return Callee(dialed, first.prepend + dialed[first.strip :])


def callee_outside(live: Compiled, org_id: UUID, number: str) -> Callee | None:
    """Who has an E.164 number outside; None where it is none, and where no route takes it."""
    dialed = dial_outside(live.index, org_id, number) if number.startswith("+") else None
    return Callee(dialed, number) if dialed else None


async def way_to_dial(services: Services, uow: UnitOfWork, org_id: UUID, extension_id: UUID, number: str) -> WayToDial:
    """How an extension would call a number.

    Args:
        services: Opens the release.
        uow: To read by.
        org_id: Whose extension it is.
        extension_id: Who calls.
        number: As a phone dials it, or +E164: then written as the organisation's routes want it.

    Raises:
        Conflict: The extension isn't live, or has no phone.
        Invalid: Nothing inside has this number, and no outbound route takes it.
    """
    live = await live_now(services, uow, org_id)
    extension = next((one for one in live.model.extensions if one.id == extension_id), None) if live else None
    if live is None or extension is None or not extension.enabled:
        raise Conflict("This extension is not live.", hint="Apply the configuration first, with the extension enabled.")
    devices = [one for one in live.model.devices if one.extension == extension_id and one.enabled]
    if not devices:
        raise Conflict("This extension has no phone.", hint="Add a device to the extension and apply.")
    dialed = _as_dialed(live, org_id, number)
    if dialed is None:
        raise Invalid.field("number", "nothing inside has this number, and no outbound route takes it")
    return WayToDial(
        node=node_of(live, extension),
        phones=tuple(sorted(device.endpoint for device in devices)),
        context=names.internal_context(org_id),
        dialed=dialed,
        person=extension.name,
        number=extension.number,
    )


def node_of(live: Compiled, item: PbxObject) -> str:
    """Where an object of a location or of none is; of an extension, where its phones are registered."""
    location = live.configuration.locations.get(item.location) if item.location else None
    return location.node if location else nodes_of(live.configuration)[0]


def numbers_to_choose(live: Compiled, phone: Device) -> list[PhoneNumber]:
    """What a phone may show instead of its usual number: numbers of its location, then those of none.

    The dialplan lets through the same ones: those with a label of this place in the tables of the phone's node.
    """
    extension = next(one for one in live.model.extensions if one.id == phone.extension)
    place, node = phone.location or extension.location, node_of(live, extension)
    trunks = {one.id for one in live.model.trunks if node_of(live, one) == node}
    found = [
        one
        for one in live.model.phone_numbers
        if one.enabled
        and one.location in {None, place}
        and one.number != phone.caller_number
        and (one.trunk in trunks if one.trunk else trunks)
    ]
    return sorted(found, key=lambda one: (one.location is None, one.number))


def _as_dialed(live: Compiled, org_id: UUID, number: str) -> str | None:
    if live.index.readers.get((org_id, number)) or number in FEATURE_CODES:
        return number
    ours = [route for route in live.model.routes if route.org == org_id and route.enabled]
    if any(numbers.fits(route.pattern, number) for route in ours):
        return number
    return dial_outside(live.index, org_id, number) if number.startswith("+") else None
