"""Use cases on nodes: how they are let in, what people set on them, which release they run, what they tell."""

import base64
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.identity.door import audit, load_locations, require_match
from controlplane.kit import clock
from controlplane.nodes import queries, repository
from controlplane.nodes.models import Node, NodeEnrolment
from controlplane.nodes.schemas import (
    EnrolmentCode,
    NodeIdentity,
    NodeInfo,
    NodePatch,
    NodeRead,
    NodeState,
)
from controlplane.nodes.signed import public_key
from controlplane.platform.auth import Principal
from controlplane.platform.crypto import Crypto
from controlplane.platform.etag import content_etag
from controlplane.platform.problem import Conflict, Invalid, NotFound, Unauthorized
from controlplane.platform.services import Services
from controlplane.platform.uow import UnitOfWork
from controlplane.protocol import PROTOCOL_VERSION
from controlplane.protocol.facts import FactAck, FactBatch
from controlplane.protocol.link import (
    EnrolAnswer,
    EnrolRequest,
)

CODE_LIFE = timedelta(hours=24)
SILENT_AFTER = timedelta(seconds=60)


def topic(node: str) -> str:
    """What is woken when there is news for a node."""
    return f"node:{node}"


def state_of(node: Node, moment: datetime) -> NodeState:
    """Whether a node is let in, heard of, and has its Asterisk."""
    if node.disabled_at is not None:
        return NodeState.DISABLED
    if node.public_key is None:
        return NodeState.WAITING
    if node.last_seen_at is None or moment - node.last_seen_at > SILENT_AFTER:
        return NodeState.SILENT
    return NodeState.UP if node.asterisk_up else NodeState.ASTERISK_DOWN


def node_read(node: Node) -> NodeRead:
    """A node as people see it."""
    return NodeRead(**dict(_info(node)), registered_devices=node.registered_devices)


def _info(node: Node) -> NodeInfo:
    moment = clock.now()
    return NodeInfo(
        id=node.id, name=node.name, sip_address=node.sip_address or node.own_sip_address, state=state_of(node, moment),
        age_s=int((moment - node.last_seen_at).total_seconds()) if node.last_seen_at else None,
        last_seen_at=node.last_seen_at, enrolled_at=node.enrolled_at, asterisk_version=node.asterisk_version,
        desired_digest=node.desired_digest, live_digest=node.live_digest,
        drift=node.desired_digest != node.live_digest or bool(node.drift), drift_found=node.drift,
        drift_checked_at=node.drift_checked_at, refused=node.refused, spool_depth=node.spool_depth,
        uploads_waiting=node.uploads_waiting, active_calls=node.active_calls, disk_free_mb=node.disk_free_mb,
        trunks=node.trunks,
    )  # fmt: skip


def node_tag(node: Node) -> str:
    """The ETag of what people set on a node; how it is changes by itself."""
    return content_etag(NodePatch.model_construct(**_settable(node)))


async def load_nodes(session: AsyncSession) -> list[NodeInfo]:
    """All nodes of the installation, for its operator."""
    return [_info(node) for node in await repository.all_nodes(session)]


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
    node = await get_node(uow.session, (await repository.ensure(uow.session, name)).id)
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
