"""REST resources of routing templates and the locations that use them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from controlplane.identity.door import requires
from controlplane.objects.door import object_router
from controlplane.platform.auth import Principal
from controlplane.platform.etag import IfMatch
from controlplane.platform.services import Uow
from controlplane.telephony import template_service
from controlplane.telephony.template_schemas import (
    LocationRoutingFields,
    MadeObjectRead,
    RoutingTemplateFields,
    TemplateUseRead,
)

templates = APIRouter(prefix="/routing-templates", tags=["routing-templates"])
routings = APIRouter(prefix="/location-routings", tags=["location-routings"])


@templates.get("/{object_id}/uses", summary="Which locations use a routing template")
async def read_template_uses(
    object_id: UUID, uow: Uow, principal: Annotated[Principal, Depends(requires("routing-templates:read"))]
) -> list[TemplateUseRead]:
    """Each location with what it has otherwise than the template: it can't be deleted before they let go of it."""
    return await template_service.uses_of(uow, principal, object_id)


@routings.get("/{object_id}/objects", summary="What a location routing becomes")
async def read_made_objects(
    object_id: UUID, uow: Uow, principal: Annotated[Principal, Depends(requires("location-routings:read"))]
) -> list[MadeObjectRead]:
    """The objects that releases have for it, as they really are at this location: template, overrides and slots."""
    return await template_service.made_objects(uow, principal, object_id)


@routings.post("/{object_id}/detach", summary="Let a location go its own way")
async def detach(
    object_id: UUID,
    uow: Uow,
    principal: Annotated[Principal, Depends(requires("location-routings:write"))],
    if_match: IfMatch,
) -> list[MadeObjectRead]:
    """Turns its routing into ordinary objects that no template changes any more. Calls run as before."""
    return await template_service.detach(uow, principal, object_id, if_match)


router = APIRouter()
router.include_router(object_router(RoutingTemplateFields, "routing-templates", with_uses=False))
router.include_router(templates)
router.include_router(object_router(LocationRoutingFields, "location-routings"))
router.include_router(routings)
