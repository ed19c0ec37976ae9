"""Calls, their sound and words over HTTP; `voicemail_routes` has voicemail."""

import base64
import binascii
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.responses import FileResponse, StreamingResponse
from pydantic import AwareDatetime, ValidationError

from controlplane.calls import (
    explaining,
    export,
    inbox,
    media,
    originate,
    people,
    queries,
    service,
    voicemail_routes,
)
from controlplane.calls.queries import CallFilter
from controlplane.calls.schemas import (
    CallChoice,
    CallDetail,
    CallPatch,
    CallRecord,
    CallStatus,
    CallSummary,
    CallTags,
    Direction,
    Explanation,
    OriginateRequest,
    Origination,
    Peaks,
    Tagged,
    Transcript,
)
from controlplane.identity.door import requires
from controlplane.kit import clock
from controlplane.nodes.door import NodeIdentity, read_message, signed_node, signed_upload_node
from controlplane.platform.auth import Principal
from controlplane.platform.etag import IfMatch, etag
from controlplane.platform.listing import FilterText, ListQuery, Page, list_query
from controlplane.platform.problem import Invalid
from controlplane.platform.services import Services, ServicesDep, Uow
from controlplane.platform.uow import UnitOfWork
from controlplane.protocol.link import HeardVoicemail, VoicemailEnvelope

router = APIRouter(tags=["calls"])
node_router = APIRouter(prefix="/node/v1", tags=["node"], include_in_schema=False)

CallReader = Annotated[Principal, Depends(requires("calls:read"))]
CallWriter = Annotated[Principal, Depends(requires("calls:write"))]
CallController = Annotated[Principal, Depends(requires("calls:control"))]
Listener = Annotated[Principal, Depends(requires("recordings:read"))]
UploadName = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._~-]*\.(raw|wav)$", max_length=200)]
IdempotencyKey = Annotated[
    str | None,
    Header(pattern=r"^[!-~]{1,200}$", description="The same key within 24 hours is the same call: it is dialled once."),
]
Seconds = Annotated[float | None, Query(ge=0)]

WAV = "audio/wav"
_LONGEST_SUMMARY = timedelta(days=92)


async def call_filter(  # noqa: PLR0913, PLR0917 - one query parameter each
    uow: Uow,
    principal: CallReader,
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
    q: Annotated[
        str | None,
        Query(
            max_length=100,
            description="Words in caller name, notes and, with the right to hear them, recordings and messages.",
        ),
    ] = None,
    contact_id: Annotated[
        UUID | None, Query(description="With one of this contact's numbers; needs the right `contacts:read`.")
    ] = None,
    ids: Annotated[
        list[UUID] | None, Query(max_length=200, description="Only these, such as to see which of them match.")
    ] = None,
) -> CallFilter:
    """Dependency: what a list of calls is narrowed to."""
    wanted = CallFilter(
        since, until, direction, status, number, location_id, queue_id, extension_id, phone_number_id,
        min_duration_s, max_duration_s, tag, q, contact_id,
        said=queries.may_look_for(principal), ids=None if ids is None else tuple(ids),
    )  # fmt: skip
    return await people.with_contact(uow, principal, await wanted.with_words(uow.session, principal))


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


_TABLE: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {}}, "description": "The table."}}


@router.get("/calls/export.csv", response_class=StreamingResponse, responses=_TABLE)
async def export_calls(
    uow: Uow, services: ServicesDep, principal: CallReader, wanted: Annotated[CallFilter, Depends(call_filter)]
) -> StreamingResponse:
    """The calls of a filter as CSV, all of them, newest first; it comes page by page. Times are UTC.

    Cells that a spreadsheet would take for a formula begin with an apostrophe.
    """
    return await _table(uow, services, principal, wanted)


@router.post("/calls/export.csv", response_class=StreamingResponse, responses=_TABLE)
async def export_chosen_calls(
    uow: Uow, services: ServicesDep, principal: CallReader, chosen: CallChoice
) -> StreamingResponse:
    """The same of up to 500 calls that were picked out. What the caller of this may not see is left out."""
    return await _table(uow, services, principal, CallFilter(ids=tuple(chosen.call_ids)))


async def _table(uow: UnitOfWork, services: Services, principal: Principal, wanted: CallFilter) -> StreamingResponse:
    await service.note_export(uow, principal, wanted)
    disposition = 'attachment; filename="calls.csv"'
    return StreamingResponse(
        export.rows(services, principal, wanted), media_type="text/csv", headers={"Content-Disposition": disposition}
    )


@router.post("/calls/tags")
async def tag_calls(wanted: CallTags, uow: Uow, principal: CallWriter) -> Tagged:
    """Adds and removes tags of up to 500 calls, all or none of them."""
    return Tagged(changed=await service.tag_calls(uow, principal, wanted))


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


@router.get("/calls/{call_id}/recording/peaks")
async def draw_recording(call_id: UUID, uow: Uow, services: ServicesDep, principal: Listener) -> Peaks:
    """How loud the recording is over time: to draw it, and to pass over silence, without fetching it first."""
    return await service.recording_peaks(uow, services, principal, call_id)


@router.get("/calls/{call_id}/transcript")
async def read_call_transcript(call_id: UUID, uow: Uow, principal: Listener) -> Transcript:
    """What was said, with times and confidence of each word."""
    return await service.call_transcript(uow, principal, call_id)


@router.post("/calls/{call_id}/hangup", status_code=202)
async def hang_up(call_id: UUID, uow: Uow, principal: CallController) -> None:
    """Ends a live call; its record tells when it is done."""
    await service.hang_up(uow, principal, call_id)


router.include_router(voicemail_routes.router)


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


@node_router.post("/voicemail/heard", status_code=204)
async def take_heard_voicemail(request: Request, uow: Uow, node: Annotated[NodeIdentity, Depends(signed_node)]) -> None:
    """Which messages of a box were heard by phone, or made new again."""
    await inbox.take_heard(uow, node.name, await read_message(request, HeardVoicemail))


def _envelope(header: str) -> VoicemailEnvelope:
    try:
        return VoicemailEnvelope.model_validate_json(base64.b64decode(header, validate=True))
    except (binascii.Error, ValidationError) as err:
        raise Invalid.field("X-Voicemail", "is no voicemail envelope") from err
