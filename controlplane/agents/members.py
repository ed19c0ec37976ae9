"""Members of queues: what nodes tell of them, and what they do about their calls.

To be logged out is a pause with a reason of its own: the member stays in the queue's file, so that a release and the
search for drift find what they expect, and Asterisk keeps the state over reloads.
"""

import re
from datetime import datetime, timedelta
from uuid import UUID

from controlplane.agents import repository
from controlplane.agents.events import MemberUpdated
from controlplane.agents.models import QueueMemberState
from controlplane.agents.schemas import LOGGED_OUT, MemberAction, MemberState
from controlplane.identity import door as identity
from controlplane.kit import clock
from controlplane.nodes import door as nodes
from controlplane.nodes.door import CommandState
from controlplane.objects import door as objects
from controlplane.platform.auth import Principal
from controlplane.platform.problem import Conflict, Forbidden, NotFound
from controlplane.platform.services import Services
from controlplane.platform.tenancy import sees_location
from controlplane.platform.uow import UnitOfWork
from controlplane.protocol.link import CommandKind, MemberDevice, QueueMembers, ToldMember
from controlplane.release import door as release

ORDER_S = 8
"""A node that doesn't answer within this time is away."""

_QUEUE = re.compile(r"q-([0-9a-f]{32})")
_DEVICES = {
    MemberDevice.RINGING: MemberState.RINGING,
    MemberDevice.IN_CALL: MemberState.IN_CALL,
    MemberDevice.ON_HOLD: MemberState.ON_HOLD,
    MemberDevice.UNAVAILABLE: MemberState.UNAVAILABLE,
    MemberDevice.UNKNOWN: MemberState.UNKNOWN,
}


def wrap_up_until(row: QueueMemberState, queue_s: int) -> datetime | None:
    """Until when a member rests after its last call; None: it doesn't. ``queue_s``: the queue's own rest, seconds."""
    rest_s = row.wrap_up_s or queue_s
    if not rest_s or row.last_call_at is None:
        return None
    until = row.last_call_at + timedelta(seconds=rest_s)
    return until if until > clock.now() else None


def state_of(row: QueueMemberState, *, rests: bool = False) -> MemberState:
    """What a member does, in one word. A pause comes first, save that who talks is seen to talk."""
    device = MemberDevice(row.device)
    if row.paused and device not in {MemberDevice.IN_CALL, MemberDevice.ON_HOLD}:
        return MemberState.LOGGED_OUT if row.reason == LOGGED_OUT else MemberState.PAUSED
    if device != MemberDevice.IDLE:
        return _DEVICES[device]
    return MemberState.WRAP_UP if rests else MemberState.READY


async def take_told(uow: UnitOfWork, node: str, told: QueueMembers) -> None:
    """Keeps what a node tells of its members, and records what changed. Twice is harmless."""
    now = clock.now()
    ours = {key: one for one in told.members if (key := _key(one)) is not None}
    before = await repository.members_of(uow.session, {queue_id for queue_id, _ in ours})
    rows = [
        {
            "queue_id": key[0], "extension_id": key[1], "node": node, "device": one.device.value,
            "paused": one.paused, "reason": one.reason, "since": _since(before.get(key), one, now),
            "last_call_at": one.last_call_at, "wrap_up_s": one.wrap_up_s,
        }
        for key, one in ours.items()
    ]  # fmt: skip
    changed = {key for key, one in ours.items() if key not in before or _differs(before[key], one)}
    if rows:
        await repository.put_members(uow.session, rows)
    if told.is_whole:
        await repository.forget_others(uow.session, node, ours.keys())
    after = await repository.members_of(uow.session, {queue_id for queue_id, _ in changed})
    await _record(uow, [after[key] for key in sorted(changed)])


def _key(one: ToldMember) -> repository.Key | None:
    """Queue and extension, where both are of our making."""
    queue = _QUEUE.fullmatch(one.queue)
    try:
        return (UUID(queue[1]), UUID(one.member)) if queue else None
    except ValueError:
        return None


def _since(before: QueueMemberState | None, one: ToldMember, now: datetime) -> datetime:
    if before and (before.device, before.paused, before.reason) == (one.device, one.paused, one.reason):
        return before.since
    return now


def _differs(before: QueueMemberState, one: ToldMember) -> bool:
    known = (before.device, before.paused, before.reason, before.last_call_at, before.wrap_up_s)
    return known != (one.device, one.paused, one.reason, one.last_call_at, one.wrap_up_s)


async def _record(uow: UnitOfWork, rows: list[QueueMemberState]) -> None:
    owners = await objects.owners_of(uow.session, ids={row.queue_id for row in rows}, global_keys=())
    events = []
    for row in rows:
        org_id, location_id = owners.get(row.queue_id, (None, None))
        events.append(
            MemberUpdated(
                org_id=org_id, location_id=location_id, subject=str(row.queue_id), extension_id=row.extension_id,
                state=state_of(row), reason=row.reason, since=row.since,
            )
        )  # fmt: skip
    await uow.record_all(events)


async def own_extension(uow: UnitOfWork, principal: Principal, queue: release.Queue) -> UUID:
    """The first of the principal's own extensions that is a member of the queue.

    Raises:
        NotFound: None is.
    """
    own = await identity.own_extensions(uow, principal)
    for member in queue.members:
        if member.extension in own:
            return member.extension
    raise NotFound("You are no member of this queue.", hint="Ask a manager to add your extension to the queue.")


async def live_queue(services: Services, uow: UnitOfWork, principal: Principal, queue_id: UUID) -> release.Queue:
    """A queue that calls can reach now.

    Raises:
        NotFound: Not live, or not for this principal.
    """
    live = await release.live_now(services, uow, principal.org_id)
    for queue in live.model.queues if live else ():
        if queue.id == queue_id and sees_location(principal, queue.location):
            return queue
    raise NotFound("There is no such queue in force.", hint="Apply the configuration first.")


async def order(
    services: Services,
    principal: Principal,
    queue_id: UUID,
    extension_id: UUID | None,
    action: MemberAction,
    reason: str,
) -> None:
    """Lets a member log in or out, or pause, and waits until its node has done it.

    Args:
        services: The process's ports.
        principal: Who asks.
        queue_id: In which queue.
        extension_id: Which member; None: one's own.
        action: What to do.
        reason: Of a pause.

    Raises:
        NotFound: No such queue or member.
        Forbidden: Staff, and not their own extension.
        Conflict: It can't be done now, or the node is away.
    """
    async with services.uow() as uow:
        queue = await live_queue(services, uow, principal, queue_id)
        member = extension_id or await own_extension(uow, principal, queue)
        if principal.own_extension_ids is not None and member not in principal.own_extension_ids:
            raise Forbidden("This is not your own extension.", hint="Ask a manager.")
        row = await repository.find_member(uow.session, queue_id, member)
        if row is None:
            raise NotFound("There is no such member of this queue.")
        _refuse_impossible(row, action)
        wanted = _wanted_reason(action, reason)
        command_id = await nodes.send_command(
            uow, row.node, CommandKind.PAUSE_MEMBER,
            {"queue": queue.queue, "member": str(member), "paused": wanted != "", "reason": wanted}, ORDER_S,
        )  # fmt: skip
        await identity.audit(
            uow, principal, action=f"queue.{action}", kind="queue", object_id=queue_id, name=queue.name,
            after={"extension_id": str(member), **({"reason": wanted} if action is MemberAction.PAUSE else {})},
            location_id=queue.location,
        )  # fmt: skip
    await _wait_until_done(services, command_id)
    await _keep(services, queue_id, member, wanted)


def _refuse_impossible(row: QueueMemberState, action: MemberAction) -> None:
    is_out = row.paused and row.reason == LOGGED_OUT
    if is_out and action in {MemberAction.PAUSE, MemberAction.UNPAUSE}:
        raise Conflict("This member is logged out.", hint="Log in first.")


def _wanted_reason(action: MemberAction, reason: str) -> str:
    """The reason of the pause that the action makes; empty: no pause."""
    match action:
        case MemberAction.LOG_OUT:
            return LOGGED_OUT
        case MemberAction.PAUSE:
            return reason
        case MemberAction.LOG_IN | MemberAction.UNPAUSE:
            return ""


async def _wait_until_done(services: Services, command_id: UUID) -> None:
    outcome = await nodes.wait_for_command(services, command_id, ORDER_S)
    if outcome.state == CommandState.DONE:
        return
    if outcome.state == CommandState.FAILED:
        raise Conflict(outcome.detail, hint="Try again when the queue's node runs.")
    raise Conflict("The queue's node did not answer: nothing was changed.", hint="Try again when its state is up.")


async def _keep(services: Services, queue_id: UUID, extension_id: UUID, reason: str) -> None:
    """Notes at once what the node has done; its own word of it follows and changes nothing."""
    async with services.uow() as uow:
        row = await repository.find_member(uow.session, queue_id, extension_id)
        if row is None or (row.paused, row.reason) == (reason != "", reason):
            return
        row.paused, row.reason, row.since = reason != "", reason, clock.now()
        await uow.session.flush()
        await _record(uow, [row])
