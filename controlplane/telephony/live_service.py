"""Where phones register, and which phones and trunks are up."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.identity import door as identity
from controlplane.kit.destination import Kind
from controlplane.nodes import door as nodes
from controlplane.objects import door as objects
from controlplane.platform.auth import Principal
from controlplane.platform.problem import NotFound
from controlplane.platform.settings import Settings
from controlplane.platform.tenancy import require_location
from controlplane.telephony.live_schemas import ConnectionRead, DevicesStatus, StatusRead, TrunkState, TrunkStatus

_ANY_ADDRESS = {"0.0.0.0", "::"}  # noqa: S104 - compared, not bound


async def connection(
    session: AsyncSession, settings: Settings, principal: Principal, location_id: UUID | None, page_host: str
) -> ConnectionRead:
    """How phones of a location reach its node.

    Args:
        session: Where to read.
        settings: Of this installation; they describe the node on this machine.
        principal: Who asks.
        location_id: None: the organisation's first location.
        page_host: Host by which the caller reached us: the page's policy lets browser phones connect there alone.

    Raises:
        NotFound: The location is none of the principal's.
    """
    node = await _node_of(session, settings, principal, location_id)
    others = {one.name: one.sip_address for one in await nodes.load_nodes(session) if one.name != settings.node_name}
    if address := others.get(node):
        host, _, port = address.rpartition(":")
        return ConnectionRead(host=host, udp_port=int(port), tcp_port=int(port), tls_port=None, wss_url=None)
    own = page_host if settings.sip_host in _ANY_ADDRESS else settings.sip_host
    return ConnectionRead(
        host=settings.external_ip or own,
        udp_port=settings.sip_port,
        tcp_port=settings.sip_port,
        tls_port=settings.sip_tls_port or settings.sip_port + 1,
        wss_url=f"wss://{page_host}:{settings.wss_port}/ws",
    )


async def _node_of(session: AsyncSession, settings: Settings, principal: Principal, location_id: UUID | None) -> str:
    own = await identity.load_locations(session, org_ids=[principal.org_id])
    if location_id is None:
        return own[0].node if own else settings.node_name
    require_location(principal, location_id)
    for location in own:
        if location.id == location_id:
            return location.node
    raise NotFound("There is no such location.", hint="Choose one of your own locations.")


async def status(session: AsyncSession, principal: Principal, *, with_devices: bool) -> StatusRead:
    """How the visible phones and trunks are; with the registered devices by id, if asked for."""
    homes = {one.node for one in await identity.load_locations(session, org_ids=[principal.org_id])}
    mine = [one for one in await nodes.load_nodes(session) if one.name in homes]
    ages = [one.age_s for one in mine]
    return StatusRead(
        age_s=None if None in ages or not ages else max(age for age in ages if age is not None),
        devices=await _devices(session, principal, mine, with_ids=with_devices),
        trunks=await _trunks(session, principal, mine) if principal.may("trunks:read") else [],
    )


async def _devices(
    session: AsyncSession, principal: Principal, mine: Sequence[nodes.NodeInfo], *, with_ids: bool
) -> DevicesStatus:
    names = await nodes.registered_devices(session, [one.name for one in mine if one.state == nodes.NodeState.UP])
    found = await objects.switches_of(session, principal, Kind.DEVICE)
    registered = [one.id for one in found if one.name.lower() in names]
    return DevicesStatus(
        enabled=sum(one.enabled for one in found),
        registered=len(registered),
        registered_ids=registered if with_ids else None,
    )


async def _trunks(
    session: AsyncSession, principal: Principal, mine: Sequence[nodes.NodeInfo]
) -> list[TrunkStatus]:  # fmt: skip
    telling = [node.trunks for node in mine if node.state == nodes.NodeState.UP]
    return [
        TrunkStatus(
            id=one.id, name=one.name, enabled=one.enabled,
            state=_together([trunks.get(f"trunk-{one.id.hex}", "unknown") for trunks in telling]),
        )
        for one in await objects.switches_of(session, principal, Kind.TRUNK)
    ]  # fmt: skip


def _together(states: Collection[str]) -> TrunkState:
    """One node with a good link is enough for calls; the others' faults are on the page of nodes."""
    return next((state for state in (TrunkState.UP, TrunkState.DOWN) if state in states), TrunkState.UNKNOWN)
