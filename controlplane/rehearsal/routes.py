"""REST resources of rehearsals, and the staged bundles that nodes fetch."""

from typing import Annotated

from fastapi import APIRouter, Depends

from controlplane.identity.door import requires
from controlplane.nodes.door import NodeIdentity, signed_node
from controlplane.platform.auth import Principal
from controlplane.platform.services import ServicesDep
from controlplane.protocol.bundle import SignedManifest
from controlplane.rehearsal import service
from controlplane.rehearsal.schemas import SimulationRead, SimulationRequest
from controlplane.release import door as release

router = APIRouter(tags=["simulations"])
node_router = APIRouter(prefix="/node/v1", tags=["node link"], include_in_schema=False)

MayRead = Annotated[Principal, Depends(requires("config:read"))]


@router.post("/simulations", summary="Play a call without making it")
async def simulate(services: ServicesDep, principal: MayRead, wanted: SimulationRequest) -> SimulationRead:
    """Runs a hypothetical call through the rendered dialplan, on a second Asterisk that no phone can reach.

    Says step by step where the call goes, what the caller hears, where it ends, and how long each wait may last.
    Changes nothing. 503 `rehearsal-failed` when the number's node is away.
    """
    return await service.simulate(services, principal, wanted)


@node_router.get("/rehearsals/{digest}")
async def staged_manifest(
    services: ServicesDep, node: Annotated[NodeIdentity, Depends(signed_node)], digest: str
) -> SignedManifest:
    """A staged bundle for this node's shadow."""
    return release.read_staged(services, node.name, digest)
