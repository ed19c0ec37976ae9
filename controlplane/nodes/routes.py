"""HTTP: nodes for people, and the nodes' own side of the wire (see `protocol.link`)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from controlplane.identity.door import requires
from controlplane.nodes import commands, repository, service
from controlplane.nodes.door import NodeIdentity, signed_node
from controlplane.nodes.heartbeat import take_heartbeat
from controlplane.nodes.models import Node
from controlplane.nodes.schemas import (
    CommandOutcome,
    CommandState,
    DriftRead,
    EnrolmentCode,
    NodeCreated,
    NodePatch,
    NodeRead,
    NodeWrite,
)
from controlplane.nodes.signed import read_message
from controlplane.platform.auth import Principal
from controlplane.platform.etag import IfMatch
from controlplane.platform.listing import ListQuery, Page, list_query
from controlplane.platform.services import ServicesDep, Uow
from controlplane.protocol.facts import FactAck, FactBatch
from controlplane.protocol.link import CommandKind, CommandResult, EnrolAnswer, EnrolRequest, Heartbeat, PollAnswer

router = APIRouter(tags=["nodes"])
node_router = APIRouter(prefix="/node/v1", tags=["node link"], include_in_schema=False)
SignedNode = Annotated[NodeIdentity, Depends(signed_node)]
Writer = Annotated[Principal, Depends(requires("nodes:write"))]
ENROL_LIMIT = "20/minute"


@router.get("/nodes", dependencies=[Depends(requires("nodes:read"))])
async def list_nodes(uow: Uow, query: Annotated[ListQuery, Depends(list_query)]) -> Page[NodeRead]:
    """All nodes: how they are, and whether they run what they should."""
    rows, cursor, total = await repository.nodes_page(uow.session, query)
    return Page(items=[service.node_read(row) for row in rows], next_cursor=cursor, total=total)


@router.post("/nodes", status_code=201)
async def create_node(wanted: NodeWrite, uow: Uow, services: ServicesDep, principal: Writer) -> NodeCreated:
    """Expects a new node; start `controlplane node` there with the code, within 24 hours."""
    node, code = await service.create_node(uow, services.crypto, principal, wanted.name)
    return NodeCreated(node=service.node_read(node), enrolment=code)


@router.get("/nodes/{node_id}", dependencies=[Depends(requires("nodes:read"))])
async def get_node(node_id: UUID, uow: Uow, response: Response) -> NodeRead:
    """A node. Its `ETag` is of what people set on it, not of how it is."""
    return _tagged(response, await service.get_node(uow.session, node_id))


@router.patch("/nodes/{node_id}")
async def change_node(
    node_id: UUID, patch: NodePatch, uow: Uow, principal: Writer, if_match: IfMatch, response: Response
) -> NodeRead:
    """Refuses a node's requests from now on, or no longer."""
    return _tagged(response, await service.change_node(uow, principal, node_id, patch, if_match))


def _tagged(response: Response, node: Node) -> NodeRead:
    response.headers["ETag"] = service.node_tag(node)
    return service.node_read(node)


@router.post("/nodes/{node_id}/enrolment-code", status_code=201)
async def renew_code(node_id: UUID, uow: Uow, services: ServicesDep, principal: Writer) -> EnrolmentCode:
    """A new code for a node whose machine or key was lost."""
    return await service.renew_code(uow, services.crypto, principal, node_id)


@router.post("/nodes/{node_id}/drift-check")
async def check_drift(node_id: UUID, services: ServicesDep, principal: Writer) -> DriftRead:
    """Looks now for what was changed on the node outside of a release: files, dialplan, queues, phones."""
    return _drift(
        await commands.order(services, principal, node_id, CommandKind.CHECK_DRIFT, action="node.check_drift")
    )


@router.post("/nodes/{node_id}/reconcile")
async def reconcile(node_id: UUID, services: ServicesDep, principal: Writer) -> DriftRead:
    """Undoes what was changed on the node outside of a release, then looks again. Calls and registrations go on."""
    return _drift(await commands.order(services, principal, node_id, CommandKind.RECONCILE, action="node.reconcile"))


def _drift(outcome: CommandOutcome) -> DriftRead:
    done = outcome.state == CommandState.DONE
    detail = outcome.detail or ("" if done else "The node has not said anything yet; look at it again in a moment.")
    return DriftRead(checked=done, detail=detail, found=outcome.data.get("drift", []))


@router.delete("/nodes/{node_id}", status_code=204)
async def delete_node(node_id: UUID, uow: Uow, principal: Writer, if_match: IfMatch) -> None:
    """Forgets a node that is nobody's home any more."""
    await service.delete_node(uow, principal, node_id, if_match)


@node_router.post("/enrol")
async def enrol(wanted: EnrolRequest, request: Request, uow: Uow, services: ServicesDep) -> EnrolAnswer:
    """A new node presents its one-time code and its public key."""
    await services.limiter.hit(ENROL_LIMIT, "enrol", request.client.host if request.client else "")
    return await service.enrol(uow, services.crypto, wanted)


@node_router.get("/poll")
async def poll(
    node: SignedNode,
    services: ServicesDep,
    have: Annotated[str | None, Query(max_length=64)] = None,
    wait_s: Annotated[float, Query(ge=0, le=60)] = 25,
) -> PollAnswer:
    """News for the node: at once, or as soon as there is some."""
    return await commands.poll(services, node, have=have, wait_s=wait_s)


@node_router.post("/facts")
async def take_facts(request: Request, node: SignedNode, services: ServicesDep) -> FactAck:
    """Takes facts in; once more is harmless."""
    return await service.take_in(services, node, await read_message(request, FactBatch))


@node_router.post("/heartbeat", status_code=204)
async def heartbeat(request: Request, node: SignedNode, uow: Uow) -> None:
    """How the node is."""
    await take_heartbeat(uow, node, await read_message(request, Heartbeat))


@node_router.post("/command-results", status_code=204)
async def finish_command(request: Request, node: SignedNode, uow: Uow) -> None:
    """How a command went."""
    await commands.finish_command(uow, node, await read_message(request, CommandResult))
