"""Click to call: a phone of an extension rings, and once it is answered it dials.

It dials in the organisation's own context, on the phone's own channel: routes, caller number and record are those of a
call that was dialled by hand.
"""

from datetime import timedelta
from uuid import UUID

from controlplane.calls import repository
from controlplane.calls.models import Origination
from controlplane.calls.schemas import OriginateRequest, OriginationState
from controlplane.calls.schemas import Origination as OriginationRead
from controlplane.identity.door import audit
from controlplane.kit import clock
from controlplane.kit.ids import new_id
from controlplane.nodes import door as nodes
from controlplane.nodes.door import CommandOutcome, CommandState
from controlplane.objects import door as objects
from controlplane.platform.auth import Principal
from controlplane.platform.problem import Conflict, Forbidden, NotFound
from controlplane.platform.services import Services
from controlplane.platform.uow import UnitOfWork
from controlplane.protocol.link import CommandKind
from controlplane.release import door as release
from controlplane.telephony.schemas import ExtensionFields

LIFE_S = 30
"""The node takes the command within this time or never."""
RING_S = 30
"""How long the phone of who calls rings."""
SETTLED = timedelta(seconds=LIFE_S + RING_S + 10)
"""After this time an answered phone has a call record."""
KEY_LIFE = timedelta(hours=24)


async def originate(
    services: Services, uow: UnitOfWork, principal: Principal, wanted: OriginateRequest, key: str | None
) -> OriginationRead:
    """Asks the node to make a call; the same key within a day asks once.

    Raises:
        NotFound: No such extension.
        Forbidden: Staff, and not their own extension.
        Conflict: The extension isn't live or has no phone that is registered; or the key stands for another call.
        Invalid: The number can't be dialled.
    """
    asked_by = str(principal.user_id or principal.api_key_id)
    if key is not None:
        await repository.lock_idempotency_key(uow.session, asked_by, key)
        since = clock.now() - KEY_LIFE
        earlier = await repository.earlier_origination(uow.session, principal.org_id, asked_by, key, since)
        if earlier is not None:
            return await _answer_again(uow, earlier, wanted)
    extension = await objects.get(uow, principal, ExtensionFields, wanted.extension_id)
    if principal.own_extension_ids is not None and extension.id not in principal.own_extension_ids:
        raise Forbidden("This is not your own extension.", hint="Choose one of your own extensions.")
    way = await release.way_to_dial(services, uow, principal.org_id, extension.id, wanted.number)
    device = await _reachable(uow, way)
    row = Origination(
        id=new_id(), org_id=principal.org_id, location_id=extension.location_id, extension_id=extension.id,
        number=wanted.number, node=way.node, device=device, asked_by=asked_by, idempotency_key=key,
        command_id=await nodes.send_command(uow, way.node, CommandKind.ORIGINATE, _command(way, device), LIFE_S),
        created_at=clock.now(),
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    await audit(
        uow, principal, action="call.originate", kind="extension", object_id=extension.id, name=extension.name,
        after={"number": wanted.number, "device": device}, location_id=extension.location_id,
    )  # fmt: skip
    return await _read(uow, row)


async def get(uow: UnitOfWork, principal: Principal, origination_id: UUID) -> OriginationRead:
    """What became of a call that was asked for.

    Raises:
        NotFound: Not there, or not for this user.
    """
    row = await repository.find_origination(uow.session, principal, origination_id)
    if row is None:
        raise NotFound("There is no such call.")
    return await _read(uow, row)


async def _answer_again(uow: UnitOfWork, earlier: Origination, wanted: OriginateRequest) -> OriginationRead:
    if (earlier.extension_id, earlier.number) != (wanted.extension_id, wanted.number):
        raise Conflict(
            "This Idempotency-Key stands for another call.",
            slug="idempotency-key-reused",
            hint="Make up a new key for each call.",
        )
    return await _read(uow, earlier)


async def _reachable(uow: UnitOfWork, way: release.WayToDial) -> str:
    registered = await nodes.registered_devices(uow.session, [way.node])
    for phone in way.phones:
        if phone in registered:
            return phone
    raise Conflict(
        f"No phone of this extension is registered: {', '.join(way.phones)}.",
        slug="phone-not-registered",
        hint="Switch the phone on and try again.",
    )


def _command(way: release.WayToDial, device: str) -> dict[str, str | int]:
    return {
        "to": f"PJSIP/{device}",
        "context": way.context,
        "exten": way.dialed,
        "caller_number": way.number,
        "caller_name": way.person,
        "timeout_s": RING_S,
    }


async def _read(uow: UnitOfWork, row: Origination) -> OriginationRead:
    call_id = await repository.call_id_of(uow.session, row.node, str(row.command_id))
    outcome = await nodes.command_result(uow.session, row.command_id)
    state, detail = _state(row, outcome, call_id)
    return OriginationRead(
        id=row.id, extension_id=row.extension_id, number=row.number, device=row.device, state=state, detail=detail,
        call_id=call_id, created_at=row.created_at,
    )  # fmt: skip


def _state(row: Origination, outcome: CommandOutcome, call_id: UUID | None) -> tuple[OriginationState, str]:
    if call_id is not None:
        return OriginationState.ANSWERED, ""
    match outcome.state:
        case CommandState.EXPIRED:
            return OriginationState.EXPIRED, f"The node {row.node} did not take it within {LIFE_S} s: it is away."
        case CommandState.FAILED:
            return OriginationState.FAILED, outcome.detail
        case CommandState.DONE if clock.now() - row.created_at > SETTLED:
            return OriginationState.UNANSWERED, f"The phone {row.device} was not answered."
        case CommandState.DONE:
            return OriginationState.RINGING, ""
        case CommandState.SENT:
            return OriginationState.SENT, ""
    return OriginationState.WAITING, ""
