"""Voicemail over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import FileResponse

from controlplane.calls import inbox, queries
from controlplane.calls.schemas import (
    ForwardedVoicemail,
    Mailbox,
    Peaks,
    Transcript,
    Voicemail,
    VoicemailForward,
    VoicemailPatch,
)
from controlplane.identity.door import requires
from controlplane.platform.auth import Principal
from controlplane.platform.listing import FilterText, ListQuery, Page, list_query
from controlplane.platform.services import ServicesDep, Uow

router = APIRouter()

VoicemailReader = Annotated[Principal, Depends(requires("voicemails:read"))]
VoicemailWriter = Annotated[Principal, Depends(requires("voicemails:write"))]
List = Annotated[ListQuery, Depends(list_query)]
Search = Annotated[FilterText | None, Query(max_length=100)]

WAV = "audio/wav"


@router.get("/voicemails")
async def list_voicemails(
    uow: Uow,
    principal: VoicemailReader,
    query: List,
    box_id: UUID | None = None,
    location_id: UUID | None = None,
    heard: bool | None = None,
    q: Search = None,
) -> Page[Voicemail]:
    """Messages, newest first; `q` is a part of the caller's name or number. Staff see those of their own boxes."""
    boxes = await inbox.own_boxes(uow, principal)
    rows, cursor, total = await queries.voicemails_page(
        uow.session, principal, boxes, query, box_id=box_id, location_id=location_id, heard=heard, q=q
    )
    return Page(items=await inbox.voicemail_reads(uow, principal, rows), next_cursor=cursor, total=total)


@router.get("/voicemails/boxes")
async def list_mailboxes(
    uow: Uow,
    principal: VoicemailReader,
    query: List,
    q: Search = None,
    own: Annotated[bool, Query(description="Those only whose messages one may read.")] = False,
    ids: Annotated[list[UUID] | None, Query(max_length=200, description="Only these, such as for their names.")] = None,
) -> Page[Mailbox]:
    """Boxes that messages can be forwarded to, and how many new ones are in those that one may read."""
    boxes, cursor, total = await inbox.mailboxes(uow, principal, query, q=q, ids=ids, only_own=own)
    return Page(items=boxes, next_cursor=cursor, total=total)


@router.get("/voicemails/{voicemail_id}")
async def get_voicemail(voicemail_id: UUID, uow: Uow, principal: VoicemailReader) -> Voicemail:
    """One message."""
    return (await inbox.voicemail_reads(uow, principal, [await inbox.get_voicemail(uow, principal, voicemail_id)]))[0]


@router.patch("/voicemails/{voicemail_id}")
async def change_voicemail(
    voicemail_id: UUID, patch: VoicemailPatch, uow: Uow, principal: VoicemailWriter
) -> Voicemail:
    """Marks a message as heard, or as new; the phone's lamp follows."""
    return await inbox.mark_heard(uow, principal, voicemail_id, heard=patch.heard)


@router.delete("/voicemails/{voicemail_id}", status_code=204)
async def delete_voicemail(voicemail_id: UUID, uow: Uow, principal: VoicemailWriter) -> None:
    """Deletes a message. For two minutes it can be brought back; then it goes from its node too."""
    await inbox.delete_voicemail(uow, principal, voicemail_id)


@router.post("/voicemails/{voicemail_id}/restore")
async def restore_voicemail(voicemail_id: UUID, uow: Uow, principal: VoicemailWriter) -> Voicemail:
    """Brings back a message that was deleted within the last two minutes."""
    return await inbox.restore_voicemail(uow, principal, voicemail_id)


@router.post("/voicemails/{voicemail_id}/forward", status_code=201)
async def forward_voicemail(
    voicemail_id: UUID, wanted: VoicemailForward, uow: Uow, services: ServicesDep, principal: VoicemailWriter
) -> list[ForwardedVoicemail]:
    """Sends a message on to other boxes: a copy in each inbox at once, and soon on the phones of boxes on its node."""
    return await inbox.forward(uow, services, principal, voicemail_id, wanted)


@router.get("/voicemails/{voicemail_id}/audio", response_class=FileResponse, responses={200: {"content": {WAV: {}}}})
async def hear_voicemail(
    voicemail_id: UUID, uow: Uow, services: ServicesDep, principal: VoicemailReader
) -> FileResponse:
    """The sound of a message. Understands ``Range``."""
    return FileResponse(await inbox.voicemail_to_hear(uow, services, principal, voicemail_id), media_type=WAV)


@router.get("/voicemails/{voicemail_id}/peaks")
async def draw_voicemail(voicemail_id: UUID, uow: Uow, services: ServicesDep, principal: VoicemailReader) -> Peaks:
    """How loud the message is over time."""
    return await inbox.voicemail_peaks(uow, services, principal, voicemail_id)


@router.get("/voicemails/{voicemail_id}/transcript")
async def read_voicemail_transcript(voicemail_id: UUID, uow: Uow, principal: VoicemailReader) -> Transcript:
    """What a message says."""
    return await inbox.voicemail_transcript(uow, principal, voicemail_id)
