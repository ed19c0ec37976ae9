"""Where phones register, and which phones and trunks are up."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from controlplane.identity.door import requires
from controlplane.platform.auth import Principal
from controlplane.platform.services import ServicesDep, Uow
from controlplane.telephony import live_service
from controlplane.telephony.live_schemas import ConnectionRead, StatusRead

router = APIRouter(tags=["devices"])


@router.get("/connection", summary="Where phones register")
async def read_connection(
    request: Request,
    uow: Uow,
    services: ServicesDep,
    principal: Annotated[Principal, Depends(requires("extensions:read"))],
    location_id: Annotated[UUID | None, Query(description="Default: the organisation's first location.")] = None,
) -> ConnectionRead:
    """Server, ports and WebSocket address for the phones of a location. Name and secret are the device's."""
    host = request.url.hostname or services.settings.sip_host
    return await live_service.connection(uow.session, services.settings, principal, location_id, host)


@router.get("/status", summary="Which phones and trunks are up")
async def read_status(
    uow: Uow,
    principal: Annotated[Principal, Depends(requires("devices:read"))],
    with_devices: Annotated[bool, Query(description="Also name each device that is registered.")] = False,
) -> StatusRead:
    """As the nodes told last, of what one may see. Events `device.*` and `trunk.*` tell when to ask again."""
    return await live_service.status(uow.session, principal, with_devices=with_devices)
