"""Calls, their sound and words, and voicemail over HTTP."""

import base64
import binascii
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import AwareDatetime, ValidationError

from controlplane.calls import explaining, media, originate, queries, service
from controlplane.calls.queries import CallFilter
from controlplane.calls.schemas import (
    CallDetail,
    CallPatch,
    CallRecord,
    CallStatus,
    CallSummary,
    Direction,
    Explanation,
    OriginateRequest,
    Origination,
    Transcript,
    Voicemail,
    VoicemailPatch,
)
from controlplane.identity.door import requires
from controlplane.kit import clock
from controlplane.nodes.door import NodeIdentity, signed_upload_node
from controlplane.platform.auth import Principal
from controlplane.platform.etag import IfMatch, etag
from controlplane.platform.listing import FilterText, ListQuery, Page, list_query
from controlplane.platform.problem import Invalid
from controlplane.platform.services import ServicesDep, Uow
from controlplane.protocol.link import VoicemailEnvelope

router = APIRouter(tags=["calls"])
node_router = APIRouter(prefix="/node/v1", tags=["node"], include_in_schema=False)

CallReader = Annotated[Principal, Depends(requires("calls:read"))]
CallWriter = Annotated[Principal, Depends(requires("calls:write"))]
CallController = Annotated[Principal, Depends(requires("calls:control"))]
Listener = Annotated[Principal, Depends(requires("recordings:read"))]
VoicemailReader = Annotated[Principal, Depends(requires("voicemails:read"))]
VoicemailWriter = Annotated[Principal, Depends(requires("voicemails:write"))]
UploadName = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._~-]*\.(raw|wav)$", max_length=200)]
IdempotencyKey = Annotated[
    str | None,
    Header(pattern=r"^[!-~]{1,200}$", description="The same key within 24 hours is the same call: it is dialled once."),
]
Seconds = Annotated[float | None, Query(ge=0)]

WAV = "audio/wav"
_LONGEST_SUMMARY = timedelta(days=92)


def call_filter(  # noqa: PLR0913, PLR0917 - one query parameter each
    since: Annotated[AwareDatetime | None, Query(alias="from", description="Started at or after.")] = None,
    until: Annotated[AwareDatetime | None, Query(alias="to", description="Started before.")] = None,
    direction: Direction | None = None,
    status: CallStatus | None = None,
    number: Annotated[
        str | None, Query(pattern=r"^\+?[0-9*#]{1,20}$", description="Caller or dialled, or the beginning of it.")
    ] = None,
    location_id: UUID | None = None,
    queue_id: UUID | None = None,
    extension_id: UUID | None = None,
    phone_number_id: UUID | None = None,
    min_duration_s: Seconds = None,
    max_duration_s: Seconds = None,
    tag: Annotated[FilterText | None, Query(max_length=40)] = None,
    q: Annotated[str | None, Query(max_length=100, description="Words in caller name and notes.")] = None,
) -> CallFilter:
    """Dependency: what a list of calls is narrowed to."""
    return CallFilter(
        since, until, direction, status, number, location_id, queue_id, extension_id, phone_number_id,
        min_duration_s, max_duration_s, tag, q,
    )  # fmt: skip


@router.get("/calls")
async def list_calls(
    uow: Uow,
    principal: CallReader,
    wanted: Annotated[CallFilter, Depends(call_filter)],
    query: Annotated[ListQuery, Depends(list_query)],
) -> Page[CallRecord]:
    """Calls, newest first. Staff see those of their own extensions."""
    calls, cursor, total = await queries.calls_page(uow.session, principal, wanted, query)
    return Page(items=await service.records(uow, principal, calls), next_cursor=cursor, total=total)


@router.get("/calls/summary")
async def summarize_calls(
    uow: Uow, principal: CallReader, wanted: Annotated[CallFilter, Depends(call_filter)]
) -> CallSummary:
    """Figures of the calls of a range of at most 92 days, narrowed like the list. Staff: those of their own."""
    if wanted.since is None:
        raise Invalid.field("from", "say from when on", hint="Give from, and to if it is not now.")
    if (wanted.until or clock.now()) - wanted.since > _LONGEST_SUMMARY:
        raise Invalid.field("from", "the range is longer than 92 days", hint="Ask for a shorter one.")
    return await queries.summary(uow.session, principal, wanted)


@router.get("/calls/live")
async def list_live_calls(uow: Uow, principal: CallReader) -> Page[CallRecord]:
    """Calls that go on now, oldest first, at most 500."""
    calls = await queries.live_calls(uow.session, principal)
    return Page(items=await service.records(uow, principal, calls), next_cursor=None)


@router.post("/calls/originate", status_code=202)
async def originate_call(
    wanted: OriginateRequest,
    uow: Uow,
    services: ServicesDep,
    principal: CallController,
    idempotency_key: IdempotencyKey = None,
) -> Origination:
    """Click to call: rings a phone of the extension, and once it is answered dials the number as that phone would.

    With several phones the first by name that is registered rings. Staff ring their own extension only. Nothing is
    dialled any more when the node doesn't take it within 30 s; the answer's ``id`` tells what became of it.
    """
    return await originate.originate(services, uow, principal, wanted, idempotency_key)


@router.get("/calls/originate/{origination_id}")
async def get_origination(origination_id: UUID, uow: Uow, principal: CallController) -> Origination:
    """What became of a call that was asked for, for a week."""
    return await originate.get(uow, principal, origination_id)


@router.get("/calls/{call_id}")
async def get_call(call_id: UUID, uow: Uow, principal: CallReader, response: Response) -> CallDetail:
    """One call with its legs and its story."""
    detail, version = await service.detail(uow, principal, call_id)
    response.headers["ETag"] = etag(version)
    return detail


@router.get("/calls/{call_id}/explain")
async def explain_call(call_id: UUID, uow: Uow, services: ServicesDep, principal: CallReader) -> Explanation:
    """What happened to a call, step by step, in words and as data: decisions, waits, legs, keys, causes, recording.

    Names and hours are those of the release that was in force when the call came. Lines of dialplan are shown to those
    who may read the configuration (`config:read`). What is not known is said under `unknown`.
    """
    return (await explaining.explain_call(services, uow, principal, call_id))[1]


@router.patch("/calls/{call_id}")
async def annotate_call(
    call_id: UUID, patch: CallPatch, uow: Uow, principal: CallWriter, if_match: IfMatch, response: Response
) -> CallDetail:
    """Adds notes, tags or an outcome."""
    detail, version = await service.annotate(uow, principal, call_id, patch, if_match)
    response.headers["ETag"] = etag(version)
    return detail


@router.get("/calls/{call_id}/recording", response_class=FileResponse, responses={200: {"content": {WAV: {}}}})
async def hear_recording(call_id: UUID, uow: Uow, services: ServicesDep, principal: Listener) -> FileResponse:
    """The sound: caller left, answering side right. Understands ``Range``."""
    return FileResponse(await service.recording_to_hear(uow, services, principal, call_id), media_type=WAV)


@router.get("/calls/{call_id}/transcript")
async def read_call_transcript(call_id: UUID, uow: Uow, principal: Listener) -> Transcript:
    """What was said, with times and confidence of each word."""
    return await service.call_transcript(uow, principal, call_id)


@router.post("/calls/{call_id}/hangup", status_code=202)
async def hang_up(call_id: UUID, uow: Uow, principal: CallController) -> None:
    """Ends a live call; its record tells when it is done."""
    await service.hang_up(uow, principal, call_id)


@router.get("/voicemails")
async def list_voicemails(
    uow: Uow,
    principal: VoicemailReader,
    query: Annotated[ListQuery, Depends(list_query)],
    box_id: UUID | None = None,
    heard: bool | None = None,
) -> Page[Voicemail]:
    """Messages, newest first. Staff see those of their own boxes."""
    boxes = await service.own_boxes(uow, principal)
    rows, cursor, total = await queries.voicemails_page(
        uow.session, principal, boxes, query, box_id=box_id, heard=heard
    )
    return Page(items=await service.voicemail_reads(uow, rows), next_cursor=cursor, total=total)


@router.get("/voicemails/{voicemail_id}")
async def get_voicemail(voicemail_id: UUID, uow: Uow, principal: VoicemailReader) -> Voicemail:
    """One message."""
    return (await service.voicemail_reads(uow, [await service.get_voicemail(uow, principal, voicemail_id)]))[0]


@router.patch("/voicemails/{voicemail_id}")
async def change_voicemail(
    voicemail_id: UUID, patch: VoicemailPatch, uow: Uow, principal: VoicemailWriter
) -> Voicemail:
    """Marks a message as heard, or as new."""
    return await service.mark_heard(uow, principal, voicemail_id, heard=patch.heard)


@router.delete("/voicemails/{voicemail_id}", status_code=204)
async def delete_voicemail(voicemail_id: UUID, uow: Uow, services: ServicesDep, principal: VoicemailWriter) -> None:
    """Deletes a message here and on its node."""
    await service.delete_voicemail(uow, services, principal, voicemail_id)


@router.get("/voicemails/{voicemail_id}/audio", response_class=FileResponse, responses={200: {"content": {WAV: {}}}})
async def hear_voicemail(
    voicemail_id: UUID, uow: Uow, services: ServicesDep, principal: VoicemailReader
) -> FileResponse:
    """The sound of a message. Understands ``Range``."""
    return FileResponse(await service.voicemail_to_hear(uow, services, principal, voicemail_id), media_type=WAV)


@router.get("/voicemails/{voicemail_id}/transcript")
async def read_voicemail_transcript(voicemail_id: UUID, uow: Uow, principal: VoicemailReader) -> Transcript:
    """What a message says."""
    return await service.voicemail_transcript(uow, principal, voicemail_id)


@node_router.put("/uploads/recording/{name}", status_code=204)
async def upload_recording(
    name: UploadName,
    request: Request,
    services: ServicesDep,
    node: Annotated[NodeIdentity, Depends(signed_upload_node)],
    sha256: str,
    linkedid: Annotated[str, Query(min_length=1, max_length=200)],
) -> None:
    """A finished recording."""
    await media.store_recording(
        services, node=node.name, name=name, linkedid=linkedid, sha256=sha256, chunks=request.stream()
    )


@node_router.put("/uploads/voicemail/{name}", status_code=204)
async def upload_voicemail(
    name: UploadName,
    request: Request,
    services: ServicesDep,
    node: Annotated[NodeIdentity, Depends(signed_upload_node)],
    sha256: str,
    x_voicemail: Annotated[str, Header(max_length=4000)],
) -> None:
    """A new message; its envelope is in the header ``X-Voicemail``, JSON in base64."""
    await media.store_voicemail(
        services, node=node.name, name=name, envelope=_envelope(x_voicemail), sha256=sha256, chunks=request.stream()
    )


def _envelope(header: str) -> VoicemailEnvelope:
    try:
        return VoicemailEnvelope.model_validate_json(base64.b64decode(header, validate=True))
    except (binascii.Error, ValidationError) as err:
        raise Invalid.field("X-Voicemail", "is no voicemail envelope") from err
