"""REST resources of telephony."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel

from controlplane.identity.door import requires
from controlplane.objects.door import object_router, shapes_of
from controlplane.platform.auth import Principal
from controlplane.platform.etag import IfMatch, etag
from controlplane.platform.problem import TooLarge
from controlplane.platform.services import ServicesDep, Uow
from controlplane.telephony import live_routes, schemas, service, template_routes

MAX_UPLOAD = 20_000_000
CALENDAR = shapes_of(schemas.HolidayCalendarFields)
_AUDIO_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"audio/*": {"schema": {"type": "string", "format": "binary"}}},
    }
}

PREVIEW_LIMIT = "30/minute"
"""Texts that one user may have spoken: each takes a core for a second, and its sound is kept."""

prompts = APIRouter(prefix="/prompts", tags=["prompts"])
calendars = APIRouter(prefix="/holiday-calendars", tags=["holiday-calendars"])


@prompts.post("/preview", summary="Listen to a text before it is saved", response_class=FileResponse)
async def preview(
    services: ServicesDep,
    wanted: schemas.PreviewRequest,
    principal: Annotated[Principal, Depends(requires("prompts:write"))],
) -> FileResponse:
    """WAV, 16 kHz mono, as callers would hear it. Changes no configuration; takes a second or two the first time."""
    await services.limiter.hit(PREVIEW_LIMIT, "preview", str(principal.user_id))
    return FileResponse(await service.preview_path(services, wanted.text), media_type="audio/wav")


@prompts.put("/{object_id}/audio", summary="Upload a prompt's audio", openapi_extra=_AUDIO_BODY)
async def put_audio(
    object_id: UUID,
    request: Request,
    uow: Uow,
    services: ServicesDep,
    principal: Annotated[Principal, Depends(requires("prompts:write"))],
    if_match: IfMatch,
    response: Response,
) -> schemas.SoundRead:
    """WAV, MP3, Ogg or FLAC as the body, at most 20 MB and 10 minutes. The prompt must have no text."""
    version = await service.upload(services, uow, principal, object_id, await _body(request), if_match)
    response.headers["ETag"] = etag(version)
    read, _ = await service.sound_of(uow, principal, object_id)
    return read


@prompts.get("/{object_id}/audio", summary="Listen to a prompt", response_class=FileResponse)
async def get_audio(
    object_id: UUID,
    uow: Uow,
    services: ServicesDep,
    principal: Annotated[Principal, Depends(requires("prompts:read"))],
) -> FileResponse:
    """WAV, 16 kHz mono, as callers hear it."""
    path = await service.audio_path(services, uow, principal, object_id)
    return FileResponse(path, media_type="audio/wav", filename=f"{object_id}.wav")


@prompts.get("/{object_id}/sound", summary="How far a prompt's sound is")
async def get_sound(
    object_id: UUID, uow: Uow, principal: Annotated[Principal, Depends(requires("prompts:read"))]
) -> schemas.SoundRead:
    """Pending, ready or failed."""
    read, _ = await service.sound_of(uow, principal, object_id)
    return read


@calendars.post("/{object_id}/import", summary="Add public holidays to a calendar", response_model=CALENDAR.read)
async def import_holidays(
    object_id: UUID,
    wanted: schemas.HolidayImport,
    uow: Uow,
    services: ServicesDep,
    principal: Annotated[Principal, Depends(requires("holiday-calendars:write"))],
    if_match: IfMatch,
    response: Response,
) -> BaseModel:
    """Adds the public holidays of these years; days that are in the calendar keep their names."""
    row = await service.import_holidays(uow, services.crypto, principal, object_id, wanted, if_match)
    response.headers["ETag"] = etag(row.version)
    return CALENDAR.show(row)


async def _body(request: Request) -> bytes:
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > MAX_UPLOAD:
            raise TooLarge("The upload is larger than 20 MB.", hint="Send a compressed file, or a shorter one.")
    return bytes(content)


router = APIRouter()
for kind, path in (
    (schemas.ExtensionFields, "extensions"),
    (schemas.DeviceFields, "devices"),
    (schemas.RingGroupFields, "ring-groups"),
    (schemas.QueueFields, "queues"),
    (schemas.IvrMenuFields, "ivr-menus"),
    (schemas.TimeConditionFields, "time-conditions"),
    (schemas.HolidayCalendarFields, "holiday-calendars"),
    (schemas.VoicemailBoxFields, "voicemail-boxes"),
    (schemas.PromptFields, "prompts"),
    (schemas.OutboundRouteFields, "outbound-routes"),
):
    router.include_router(object_router(kind, path))
router.include_router(template_routes.router)
router.include_router(live_routes.router)
router.include_router(prompts)
router.include_router(calendars)
