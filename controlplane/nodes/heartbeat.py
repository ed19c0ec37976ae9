"""How a node is: what its heartbeat tells, and what changed since the one before."""

from collections.abc import Iterable

from controlplane.kit import clock
from controlplane.nodes import repository
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
from controlplane.nodes.models import Node
from controlplane.nodes.schemas import NodeIdentity
from controlplane.nodes.service import SILENT_AFTER, get_node
from controlplane.platform.events import Event
from controlplane.platform.uow import UnitOfWork
from controlplane.protocol.link import Heartbeat


async def take_heartbeat(uow: UnitOfWork, identity: NodeIdentity, beat: Heartbeat) -> None:
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
    await uow.record_all(events)


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
