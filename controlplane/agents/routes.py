"""Live queues, their members, and the phone in the browser over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from controlplane.agents import directory, live, members, softphone
from controlplane.agents.schemas import (
    CallableContact,
    Colleague,
    LiveQueue,
    MemberAction,
    MemberOrder,
    RecentContact,
    Softphone,
    SoftphoneRequest,
)
from controlplane.identity.door import requires
from controlplane.nodes.door import NodeIdentity, read_message, signed_node
from controlplane.platform.auth import Principal
from controlplane.platform.listing import FilterText, ListQuery, Page, list_query
from controlplane.platform.services import ServicesDep, Uow
from controlplane.protocol.link import QueueMembers

router = APIRouter()
node_router = APIRouter(prefix="/node/v1", tags=["node"], include_in_schema=False)

QueueReader = Annotated[Principal, Depends(requires("queues:read"))]
MemberController = Annotated[Principal, Depends(requires("queues:control"))]
Caller = Annotated[Principal, Depends(requires("calls:control"))]
DeviceWriter = Annotated[Principal, Depends(requires("devices:write"))]


@router.get("/queues/live", tags=["queues"])
async def list_live_queues(
    uow: Uow, services: ServicesDep, principal: QueueReader, location_id: UUID | None = None, mine: bool = False
) -> Page[LiveQueue]:
    """The queues in force with who waits, what their members do, and how the day goes; all of them on one page.

    Staff see the queues that their own extension is in, and not who the callers are.
    """
    found = await live.live_queues(services, uow, principal, location_id=location_id, mine=mine)
    return Page(items=found, next_cursor=None)


@router.post("/queues/{queue_id}/members/me/{action}", status_code=204, tags=["queues"])
async def act_as_member(
    queue_id: UUID,
    action: MemberAction,
    services: ServicesDep,
    principal: MemberController,
    wanted: MemberOrder | None = None,
) -> None:
    """Logs one's own extension in or out, or pauses it; answers when the queue's node has done it."""
    reason = (wanted or MemberOrder.model_validate({})).reason
    await members.order(services, principal, queue_id, None, action, reason)


@router.post("/queues/{queue_id}/members/{extension_id}/{action}", status_code=204, tags=["queues"])
async def act_for_member(
    queue_id: UUID,
    extension_id: UUID,
    action: MemberAction,
    services: ServicesDep,
    principal: MemberController,
    wanted: MemberOrder | None = None,
) -> None:
    """The same for any member; staff only for their own extension."""
    reason = (wanted or MemberOrder.model_validate({})).reason
    await members.order(services, principal, queue_id, extension_id, action, reason)


@router.get("/softphone", tags=["softphone"])
async def get_softphone(
    request: Request, response: Response, uow: Uow, services: ServicesDep, principal: Caller
) -> Softphone:
    """How the page itself registers as the phone of one's own extension. The password is for its owner alone."""
    response.headers["Cache-Control"] = "no-store"
    return await softphone.softphone(services, uow, principal, request.url.hostname or "localhost")


@router.post("/softphone", status_code=201, tags=["softphone"])
async def prepare_softphone(
    request: Request,
    response: Response,
    wanted: SoftphoneRequest,
    uow: Uow,
    services: ServicesDep,
    principal: DeviceWriter,
) -> Softphone:
    """Makes the browser phone of an extension, by default one's own, as a draft. It works once that is applied."""
    await softphone.prepare(services, uow, principal, wanted.extension_id)
    response.headers["Cache-Control"] = "no-store"
    return await softphone.softphone(services, uow, principal, request.url.hostname or "localhost")


@router.get("/directory", tags=["softphone"])
async def list_colleagues(
    uow: Uow,
    services: ServicesDep,
    principal: Caller,
    query: Annotated[ListQuery, Depends(list_query)],
    q: Annotated[FilterText, Query(description="Part of name or number.")] = "",
) -> Page[Colleague]:
    """Whom one can call inside: names and numbers of the live extensions of one's own locations and of none."""
    return await directory.colleagues(services, uow, principal, query, q)


@router.get("/directory/recent", dependencies=[Depends(requires("calls:read"))], tags=["softphone"])
async def list_recent_contacts(uow: Uow, services: ServicesDep, principal: Caller) -> Page[RecentContact]:
    """The last 20 people with whom one's own extensions had calls, missed ones too, newest first; all on one page.

    Who can't be called back is left out.
    """
    return Page(items=await directory.recent(services, uow, principal), next_cursor=None)


@router.get("/directory/contacts", dependencies=[Depends(requires("contacts:read"))], tags=["softphone"])
async def list_callable_contacts(
    uow: Uow,
    services: ServicesDep,
    principal: Caller,
    q: Annotated[FilterText, Query(max_length=100, description="Parts of name, company, e-mail or number.")],
) -> Page[CallableContact]:
    """Whom one can call outside: the first 20 numbers of contacts that a search finds, by name; all on one page.

    Numbers that no live route takes are left out.
    """
    return Page(items=await directory.people_outside(services, uow, principal, q), next_cursor=None)


@node_router.post("/queue-members", status_code=204)
async def take_queue_members(request: Request, uow: Uow, node: Annotated[NodeIdentity, Depends(signed_node)]) -> None:
    """What the members of a node's queues do."""
    await members.take_told(uow, node.name, await read_message(request, QueueMembers))
