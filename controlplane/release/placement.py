"""Where an organisation's locations are, as a configuration says it, and what stands in the way of calls between."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.identity import door as identity
from controlplane.nodes import door as nodes
from controlplane.platform.crypto import Crypto
from controlplane.release.parts import Placement
from controlplane.release.schemas import ProblemRead
from controlplane.telephony.configuration import Configuration


def nodes_of(configuration: Configuration) -> list[str]:
    """All nodes of one organisation, its home node first: that of its first location."""
    named = [location.node for location in configuration.locations.values()] or [configuration.node]
    return [named[0], *sorted(set(named) - {named[0]})]


async def home_nodes(session: AsyncSession, default: str) -> Callable[[UUID], str]:
    """Looks up an organisation's home node: that of its first location."""
    homes = await identity.home_nodes(session)
    return lambda org_id: homes.get(org_id, default)


async def place(session: AsyncSession, crypto: Crypto, configuration: Configuration) -> Placement:
    """The placement of one organisation's configuration. Addresses are read only where there are several nodes."""
    wanted = nodes_of(configuration)
    return Placement(
        home=wanted[0],
        homes={one.id: one.node for one in configuration.locations.values()},
        addresses=await _addresses(session) if len(wanted) > 1 else {},
        secret=lambda caller, called: crypto.derived_password(f"node {caller} calls node {called}"),
    )


async def placement_problems(session: AsyncSession, configuration: Configuration) -> list[ProblemRead]:
    """Nodes that the others can't call. On a single node there is nothing to call."""
    wanted = nodes_of(configuration)
    if len(wanted) == 1:
        return []
    known = await _addresses(session)
    return [
        ProblemRead(
            severity="error",
            slug="node_without_address",
            path=f"locations/{location.name}/node",
            kind="location",
            id=location.id,
            message=f"Location {location.name}: other nodes can't call its node {location.node}.",
            hint="Enrol the node, or set its sip_address with PATCH nodes, or give the location another node.",
        )
        for location in configuration.locations.values()
        if location.node not in known
    ]


async def _addresses(session: AsyncSession) -> dict[str, tuple[str, int]]:
    """Host and port of each node that has said them."""
    found = {one.name: one.sip_address for one in await nodes.load_nodes(session)}
    pairs = {name: address.rpartition(":") for name, address in found.items() if address}
    return {name: (host, int(port)) for name, (host, _, port) in pairs.items()}
