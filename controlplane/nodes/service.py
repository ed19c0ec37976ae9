"""Use cases on nodes: enrolment, heartbeat, commands."""

import asyncio
import base64
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.identity.door import audit, load_locations, require_match
from controlplane.kit import clock
from controlplane.nodes import queries, repository
from controlplane.nodes.events import (
    DeviceRegistered,
    DeviceUnregistered,
    NodeDown,
    NodeDrifted,
    NodeInLine,
    NodeUp,
    TrunkDown,
    TrunkUp,
)
from controlplane.nodes.models import Node, NodeCommand, NodeEnrolment
from controlplane.nodes.schemas import (
    CommandOutcome,
    CommandState,
    EnrolmentCode,
    NodeIdentity,
    NodePatch,
    NodeRead,
    NodeState,
)
from controlplane.nodes.signed import public_key
from controlplane.platform import wakeups
from controlplane.platform.auth import Principal
from controlplane.platform.crypto import Crypto
from controlplane.platform.etag import content_etag
from controlplane.platform.events import Event
from controlplane.platform.problem import Conflict, Invalid, NotFound, Unauthorized
from controlplane.platform.services import Services
from controlplane.platform.uow import UnitOfWork
from controlplane.protocol import PROTOCOL_VERSION
from controlplane.protocol.facts import FactAck, FactBatch
from controlplane.protocol.link import (
    Command,
    CommandKind,
    CommandResult,
    EnrolAnswer,
    EnrolRequest,
    Heartbeat,
    PollAnswer,
)

CODE_LIFE = timedelta(hours=24)
ORDER_S = 60  # a check of 10,000 phones takes 4 s, putting all of them right 15
SILENT_AFTER = timedelta(seconds=60)


def topic(node: str) -> str:
    """What is woken when there is news for a node."""
    return f"node:{node}"


def _state(node: Node, moment: datetime) -> NodeState:
    if node.disabled_at is not None:
        return NodeState.DISABLED
    if node.public_key is None:
        return NodeState.WAITING
    if node.last_seen_at is None or moment - node.last_seen_at > SILENT_AFTER:
        return NodeState.SILENT
    return NodeState.UP if node.asterisk_up else NodeState.ASTERISK_DOWN


def node_read(node: Node) -> NodeRead:
    """A node as people see it."""
    moment = clock.now()
    return NodeRead(
        id=node.id, name=node.name, sip_address=node.sip_address or node.own_sip_address, state=_state(node, moment),
        age_s=int((moment - node.last_seen_at).total_seconds()) if node.last_seen_at else None,
        last_seen_at=node.last_seen_at, enrolled_at=node.enrolled_at, asterisk_version=node.asterisk_version,
        desired_digest=node.desired_digest, live_digest=node.live_digest,
        drift=node.desired_digest != node.live_digest or bool(node.drift), drift_found=node.drift,
        drift_checked_at=node.drift_checked_at, refused=node.refused, spool_depth=node.spool_depth,
        uploads_waiting=node.uploads_waiting, active_calls=node.active_calls, disk_free_mb=node.disk_free_mb,
        trunks=node.trunks, registered_devices=node.registered_devices,
    )  # fmt: skip


def node_tag(node: Node) -> str:
    """The ETag of what people set on a node; how it is changes by itself."""
    return content_etag(NodePatch.model_construct(**_settable(node)))


async def load_nodes(session: AsyncSession) -> list[NodeRead]:
    """All nodes of the installation, for its operator."""
    return [node_read(node) for node in await repository.all_nodes(session)]


async def get_node(session: AsyncSession, node_id: UUID) -> Node:
    """A node, locked for the transaction.

    Raises:
        NotFound: Not there.
    """
    node = await repository.lock(session, node_id)
    if node is None:
        raise NotFound("There is no such node.")
    return node


CHOSEN_CODE_LIFE = timedelta(days=30)  # a Compose file may be started long after it was written


async def make_code(
    uow: UnitOfWork, crypto: Crypto, name: str, *, life: timedelta = CODE_LIFE, chosen: str | None = None
) -> EnrolmentCode:
    """A one-time code for the node of this name, which is made if there is none. Older codes become worthless."""
    node = await repository.ensure(uow.session, name)
    await repository.drop_open_codes(uow.session, node.id)
    code = chosen or secrets.token_urlsafe(24)
    row = NodeEnrolment(node_id=node.id, code_hash=crypto.keyed_hash(code), expires_at=clock.now() + life)
    uow.session.add(row)
    await uow.session.flush()
    return EnrolmentCode(node=name, code=code, expires_at=row.expires_at)


async def admit(uow: UnitOfWork, crypto: Crypto, name: str, code: str) -> None:
    """Lets a node in by a code that its operator chose, unless it has enrolled before."""
    node = await repository.ensure(uow.session, name)
    if node.public_key is None:
        await make_code(uow, crypto, name, life=CHOSEN_CODE_LIFE, chosen=code)


async def admit_again(uow: UnitOfWork, crypto: Crypto, name: str, code: str) -> None:
    """Lets a node in by its operator's code once more: after a restore it may stand on a new machine.

    A node that still has its key goes on with that.
    """
    node = await repository.ensure(uow.session, name)
    await repository.drop_codes(uow.session, node.id)
    await make_code(uow, crypto, name, life=CHOSEN_CODE_LIFE, chosen=code)


async def create_node(uow: UnitOfWork, crypto: Crypto, principal: Principal, name: str) -> tuple[Node, EnrolmentCode]:
    """Expects a new node.

    Raises:
        Conflict: There is one of this name that has enrolled.
    """
    known = await repository.find_named(uow.session, name)
    if known is not None and known.public_key is not None:
        raise Conflict("There is a node of this name already.", hint="Make a new code for it if its machine is lost.")
    code = await make_code(uow, crypto, name)
    node = await repository.ensure(uow.session, name)
    await audit(uow, principal, action="node.create", kind="node", object_id=node.id, name=name)
    return node, code


async def renew_code(uow: UnitOfWork, crypto: Crypto, principal: Principal, node_id: UUID) -> EnrolmentCode:
    """A new code for a node that lost its key; the old key works until the code is used."""
    node = await get_node(uow.session, node_id)
    await audit(uow, principal, action="node.renew_code", kind="node", object_id=node.id, name=node.name)
    return await make_code(uow, crypto, node.name)


async def change_node(
    uow: UnitOfWork, principal: Principal, node_id: UUID, patch: NodePatch, if_match: str | None
) -> Node:
    """Refuses a node's requests from now on, or no longer; says how other nodes call it.

    Raises:
        Stale: Somebody else changed it since it was read.
    """
    node = await get_node(uow.session, node_id)
    await require_match(uow, if_match, node_tag(node), kind="node", object_id=node_id)
    before = _settable(node)
    if patch.disabled is not None:
        node.disabled_at = (node.disabled_at or clock.now()) if patch.disabled else None
    if "sip_address" in patch.model_fields_set:
        node.sip_address = patch.sip_address
    await audit(uow, principal, action="node.update", kind="node", object_id=node.id, name=node.name,
                before=before, after=_settable(node))  # fmt: skip
    return node


def _settable(node: Node) -> dict[str, Any]:
    return {"disabled": node.disabled_at is not None, "sip_address": node.sip_address}


async def delete_node(uow: UnitOfWork, principal: Principal, node_id: UUID, if_match: str | None) -> None:
    """Forgets a node. What it told about calls stays.

    Raises:
        Conflict: A location has it as its home.
        Stale: Somebody else changed it since it was read.
    """
    node = await get_node(uow.session, node_id)
    await require_match(uow, if_match, node_tag(node), kind="node", object_id=node_id)
    homes = [location.name for location in await load_locations(uow.session) if location.node == node.name]
    if homes:
        raise Conflict(f"The node is home of {', '.join(homes[:3])}.", hint="Give its locations another node first.")
    await uow.session.delete(node)
    await audit(uow, principal, action="node.delete", kind="node", object_id=node_id, name=node.name)


async def enrol(uow: UnitOfWork, crypto: Crypto, request: EnrolRequest) -> EnrolAnswer:
    """Takes a node in. The same machine may ask again, in case our answer was lost on the way.

    Raises:
        Unauthorized: The code is unknown, expired or used by another machine.
        Conflict: Another node has this systemname already, and call ids would clash.
    """
    public_key(request.public_key)
    moment = clock.now()
    code = await repository.take_code(uow.session, crypto.keyed_hash(request.code), moment)
    node = await repository.lock(uow.session, code.node_id) if code else None
    if code is None or node is None or (code.used_at is not None and node.public_key != request.public_key):
        raise Unauthorized("The enrolment code is not valid.", hint="Make a new one with POST nodes.")
    code.used_at = code.used_at or moment
    node.public_key, node.systemname, node.enrolled_at = request.public_key, request.systemname, moment
    if request.asterisk_version:
        node.asterisk_version = request.asterisk_version
    try:
        await uow.session.flush()
    except IntegrityError as err:
        raise Conflict(f"Another node is called {request.systemname} already; their call ids would clash.") from err
    raw = crypto.bundle_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return EnrolAnswer(node=node.name, bundle_key=base64.b64encode(raw).decode())


async def poll(services: Services, node: NodeIdentity, *, have: str | None, wait_s: float) -> PollAnswer:
    """Answers as soon as there is a command or another release than ``have``, at the latest after the wait.

    No database connection is held while waiting.
    """
    deadline = asyncio.get_running_loop().time() + wait_s
    with services.wakeups.subscribe(topic(node.name)) as woken:
        while True:
            answer = await _news(services, node)
            left_s = deadline - asyncio.get_running_loop().time()
            if answer.commands or answer.desired not in {None, have} or left_s <= 0:
                return answer
            await wakeups.wait(woken, left_s)


async def _news(services: Services, identity: NodeIdentity) -> PollAnswer:
    async with services.uow() as uow:
        node = await uow.session.get(Node, identity.id)
        rows = await repository.take_commands(uow.session, identity.id, clock.now())
    commands = [
        Command(id=str(row.id), kind=CommandKind(row.kind), args=row.args, expires_at=row.expires_at) for row in rows
    ]
    return PollAnswer(desired=node.desired_digest if node else None, commands=commands)


async def take_in(services: Services, node: NodeIdentity, batch: FactBatch) -> FactAck:
    """Stores a batch of facts and sees to it that the calls they are about get folded.

    Raises:
        Invalid: An empty batch, or one of a newer protocol.
    """
    if batch.protocol > PROTOCOL_VERSION:
        raise Invalid("This node speaks a newer protocol.", hint="Update the control plane before its nodes.")
    if not batch.facts:
        raise Invalid.field("facts", "there are none")
    async with services.uow() as uow:
        new = await queries.take_in(uow.session, node.name, batch.facts)
    if new:
        async with services.uow() as uow:
            await wake_fold(uow)
    boot = batch.facts[-1].boot
    return FactAck(boot=boot, seq=max(fact.seq for fact in batch.facts if fact.boot == boot))


async def wake_fold(uow: UnitOfWork) -> None:
    """Makes sure that a fold job waits: one is enough for all calls."""
    await uow.defer("calls.fold", queueing_lock="calls.fold")


async def heartbeat(uow: UnitOfWork, identity: NodeIdentity, beat: Heartbeat) -> None:
    """Keeps a node's state and records what changed since the last heartbeat."""
    node = await get_node(uow.session, identity.id)
    events = [
        *_state_events(node, beat), *_device_events(node, beat), *_trunk_events(node, beat), *_drift_events(node, beat)
    ]  # fmt: skip
    node.last_seen_at = clock.now()
    node.refused = ""
    node.up = node.asterisk_up = beat.asterisk_up
    for field in ("live_digest", "spool_depth", "uploads_waiting", "active_calls", "disk_free_mb", "trunks", "drift"):
        setattr(node, field, getattr(beat, field))
    node.drift_checked_at = beat.drift_checked_at or node.drift_checked_at
    node.asterisk_version = beat.asterisk_version or node.asterisk_version
    if beat.registered_devices is not None:
        node.registered_devices = sorted(beat.registered_devices)
    node.own_sip_address = beat.sip_address or node.own_sip_address
    await uow.session.flush()
    for event in events:
        await uow.record(event)


def _state_events(node: Node, beat: Heartbeat) -> Iterable[Event]:
    if beat.asterisk_up and not node.up:
        yield NodeUp(org_id=None, subject=str(node.id), node=node.name)
    if node.up and not beat.asterisk_up:
        yield NodeDown(org_id=None, subject=str(node.id), node=node.name, reason="asterisk")


def _device_events(node: Node, beat: Heartbeat) -> Iterable[Event]:
    if beat.registered_devices is None:
        return
    before, after = set(node.registered_devices), set(beat.registered_devices)
    for device in sorted(after - before):
        yield DeviceRegistered(org_id=None, subject=device, node=node.name, device=device)
    for device in sorted(before - after):
        yield DeviceUnregistered(org_id=None, subject=device, node=node.name, device=device)


def _trunk_events(node: Node, beat: Heartbeat) -> Iterable[Event]:
    for trunk, state in sorted(beat.trunks.items()):
        if state != node.trunks.get(trunk):
            if state == "up":
                yield TrunkUp(org_id=None, subject=trunk, node=node.name, trunk=trunk)
            elif state == "down":
                yield TrunkDown(org_id=None, subject=trunk, node=node.name, trunk=trunk)


def _drift_events(node: Node, beat: Heartbeat) -> Iterable[Event]:
    if beat.drift and beat.drift != node.drift:
        yield NodeDrifted(org_id=None, subject=str(node.id), node=node.name, found=beat.drift)
    if node.drift and not beat.drift:
        yield NodeInLine(org_id=None, subject=str(node.id), node=node.name)


async def mark_silent(uow: UnitOfWork) -> None:
    """Says of nodes that were not heard of for a minute that they are down."""
    for node in await repository.silent_nodes(uow.session, clock.now() - SILENT_AFTER):
        node.up = False
        await uow.record(NodeDown(org_id=None, subject=str(node.id), node=node.name, reason="silent"))
    await uow.session.flush()


async def set_desired(uow: UnitOfWork, node: str, digest: str | None, *, instead_of: str | None = None) -> None:
    """Says which release a node should run, enrolled or not yet, and wakes its poll.

    Args:
        uow: To write by.
        node: Its name.
        digest: Of the bundle; None for no release.
        instead_of: Only if this one is still wanted: a report that comes late must not undo a newer wish.
    """
    row = await repository.ensure(uow.session, node)
    if instead_of is not None and row.desired_digest != instead_of:
        return
    row.desired_digest = digest
    await uow.session.flush()
    await uow.wake(topic(node))


async def record_live(uow: UnitOfWork, node: str, digest: str | None) -> None:
    """Says which release a node runs, as it reported."""
    row = await repository.ensure(uow.session, node)
    row.live_digest = digest
    await uow.session.flush()


async def send_command(uow: UnitOfWork, node: str, kind: CommandKind, args: dict[str, Any], ttl_s: int) -> UUID:
    """Leaves a command for a node and wakes its poll. Returns the id to ask for its outcome with.

    Raises:
        NotFound: There is no such node.
    """
    row = await repository.find_named(uow.session, node)
    if row is None:
        raise NotFound(f"There is no node {node}.")
    expires_at = clock.now() + timedelta(seconds=ttl_s)
    command = NodeCommand(node_id=row.id, kind=kind.value, args=args, expires_at=expires_at)
    uow.session.add(command)
    await uow.session.flush()
    await uow.wake(topic(node))
    return command.id


async def order(
    services: Services, principal: Principal, node_id: UUID, kind: CommandKind, *, action: str
) -> CommandOutcome:
    """Gives an enrolled node a command and waits until it is done, or its time is up.

    Raises:
        NotFound: There is no such node.
        Conflict: The node can't be reached now.
    """
    async with services.uow() as uow:
        node = await get_node(uow.session, node_id)
        if _state(node, clock.now()) not in {NodeState.UP, NodeState.ASTERISK_DOWN}:
            raise Conflict("The node can't be reached now.", hint="Try again when its state is up.")
        await audit(uow, principal, action=action, kind="node", object_id=node.id, name=node.name)
        command_id = await send_command(uow, node.name, kind, {}, ttl_s=ORDER_S)
    return await wait_for_command(services, command_id, ORDER_S)


async def wait_for_command(services: Services, command_id: UUID, wait_s: float) -> CommandOutcome:
    """What became of a command once it is done or expired; after the wait what is known of it by then."""
    deadline = asyncio.get_running_loop().time() + wait_s
    with services.wakeups.subscribe(f"command:{command_id}") as woken:
        while True:
            async with services.uow() as uow:
                outcome = await command_result(uow.session, command_id)
            left_s = deadline - asyncio.get_running_loop().time()
            if outcome.state in {CommandState.DONE, CommandState.FAILED, CommandState.EXPIRED} or left_s <= 0:
                return outcome
            await wakeups.wait(woken, min(left_s, 2.0))


async def finish_command(uow: UnitOfWork, node: NodeIdentity, result: CommandResult) -> None:
    """Keeps how a command went; a second word about it changes nothing.

    Raises:
        NotFound: No command of this node.
    """
    try:
        command = await uow.session.get(NodeCommand, UUID(result.id))
    except ValueError:
        command = None
    if command is None or command.node_id != node.id:
        raise NotFound("There is no such command.")
    if command.finished_at is None:
        command.finished_at, command.ok = clock.now(), result.ok
        command.detail, command.data = result.detail[:1000], result.data
        await uow.session.flush()
        await uow.wake(f"command:{command.id}")


async def command_result(session: AsyncSession, command_id: UUID) -> CommandOutcome:
    """What became of a command; the topic ``command:<id>`` is woken when that changes.

    Raises:
        NotFound: There is no such command.
    """
    command = await session.get(NodeCommand, command_id, populate_existing=True)
    if command is None:
        raise NotFound("There is no such command.")
    if command.finished_at is not None:
        state = CommandState.DONE if command.ok else CommandState.FAILED
    elif command.expires_at <= clock.now():
        state = CommandState.EXPIRED
    else:
        state = CommandState.SENT if command.sent_at else CommandState.WAITING
    return CommandOutcome(state, command.detail, command.data)
