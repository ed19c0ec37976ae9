"""Use cases on calls; `inbox` has those on voicemail."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from controlplane.calls import repository
from controlplane.calls.models import Call, Recording, Transcript, Voicemail
from controlplane.calls.peaks import peaks_of
from controlplane.calls.people import people_of
from controlplane.calls.queries import CallFilter
from controlplane.calls.schemas import (
    MOST_TAGS,
    CallDetail,
    CallPatch,
    CallRecord,
    CallStatus,
    CallTags,
    OtherEnd,
    Peaks,
    RecordingRef,
    TranscriptRef,
    TranscriptState,
)
from controlplane.calls.schemas import Transcript as TranscriptRead
from controlplane.contacts.schemas import ContactRef
from controlplane.identity.door import AuditEntry, audit, audit_many, require_match
from controlplane.nodes import door as nodes
from controlplane.objects import door as objects
from controlplane.platform.auth import Principal
from controlplane.platform.etag import etag
from controlplane.platform.problem import Conflict, Invalid, NotFound
from controlplane.platform.services import Services
from controlplane.platform.uow import UnitOfWork
from controlplane.protocol.link import CommandKind

COMMAND_LIFE_S = 10
"""Hanging up is for now or never."""


async def _get_call(uow: UnitOfWork, principal: Principal, call_id: UUID, *, lock: bool = False) -> Call:
    call = await repository.find_call(uow.session, principal, call_id, lock=lock)
    if call is None:
        raise NotFound("There is no such call.")
    return call


@dataclass(frozen=True, slots=True)
class _Attachments:
    recordings: dict[UUID, Recording]
    voicemails: dict[UUID, Voicemail]
    transcripts: dict[UUID, Transcript]
    """Of what may be heard."""

    def transcript(self, call_id: UUID) -> Transcript | None:
        """Of the recording, else of the message."""
        heard = (self.recordings.get(call_id), self.voicemails.get(call_id))
        return next((found for one in heard if one and (found := self.transcripts.get(one.id))), None)

    def details(self, call_id: UUID, *, with_sound: bool) -> dict[str, Any]:
        recording, voicemail = self.recordings.get(call_id), self.voicemails.get(call_id)
        return {
            "recording": RecordingRef.model_validate(recording) if recording and with_sound else None,
            "voicemail_id": voicemail.id if voicemail else None,
            "transcript": transcript_ref(self.transcript(call_id)),
        }


def transcript_ref(transcript: Transcript | None) -> TranscriptRef | None:
    """A transcript as records tell of it."""
    if transcript is None:
        return None
    return TranscriptRef(state=TranscriptState(transcript.state), text=transcript.text)


async def _attachments(uow: UnitOfWork, principal: Principal, calls: Sequence[Call]) -> _Attachments:
    ids = [call.id for call in calls]
    recordings = await repository.recordings_of(uow.session, ids)
    voicemails = await repository.voicemails_of(uow.session, ids)
    sources = [row.id for row in recordings.values()] if principal.may("recordings:read") else []
    sources += await _audible(uow, principal, [row.id for row in voicemails.values()])
    return _Attachments(recordings, voicemails, await repository.transcripts_of(uow.session, sources))


async def _audible(uow: UnitOfWork, principal: Principal, voicemail_ids: Sequence[UUID]) -> Sequence[UUID]:
    """Those messages that are in an inbox of the principal's: a call may be theirs and its message somebody else's."""
    if not voicemail_ids or not principal.may("voicemails:read"):
        return []
    own = principal.own_extension_ids
    boxes = None if own is None else await repository.boxes_of_extensions(uow.session, own)
    return await repository.visible_among(uow.session, principal, boxes, voicemail_ids)


async def records(uow: UnitOfWork, principal: Principal, calls: Sequence[Call]) -> list[CallRecord]:
    """Call records with what belongs to them: six more queries, however many calls."""
    attached = await _attachments(uow, principal, calls)
    names = await names_of(uow, calls)
    people = await people_of(uow, principal, calls)
    with_sound = principal.may("recordings:read")
    return [
        CallRecord.model_validate(call).model_copy(
            update=attached.details(call.id, with_sound=with_sound)
            | _named(call, names)
            | _with_whom(people.get(call.id))
        )
        for call in calls
    ]


async def names_of(uow: UnitOfWork, calls: Sequence[Call]) -> dict[UUID, str]:
    """Today's names of the queues and extensions of these calls."""
    ids = {id_ for call in calls for id_ in (call.queue_id, call.extension_id) if id_}
    return await objects.names_of(uow.session, ids) if ids else {}


def _named(call: Call, names: dict[UUID, str]) -> dict[str, str | None]:
    return {
        "queue_name": names.get(call.queue_id) if call.queue_id else None,
        "extension_name": names.get(call.extension_id) if call.extension_id else None,
    }


def _with_whom(contact: ContactRef | None) -> dict[str, Any]:
    return {"contact": contact, "contact_id": contact.id if contact else None}


async def detail(uow: UnitOfWork, principal: Principal, call_id: UUID) -> tuple[CallDetail, int]:
    """One call with its story, and its version for the ETag.

    Raises:
        NotFound: Not there, or not for this user.
    """
    call = await _get_call(uow, principal, call_id)
    attached = await _attachments(uow, principal, [call])
    update = attached.details(call.id, with_sound=principal.may("recordings:read"))
    update |= _named(call, await names_of(uow, [call]))
    update |= _with_whom((await people_of(uow, principal, [call])).get(call.id))
    update["other_ends"] = await _other_ends(uow, principal, call)
    return CallDetail.model_validate(call).model_copy(update=update), call.version


async def _other_ends(uow: UnitOfWork, principal: Principal, call: Call) -> list[OtherEnd]:
    """Where else the call has a record. One that stayed on its node needs no query."""
    came_from = [(step["node"], step["call"]) for step in call.timeline if step.get("node") and step.get("call")]
    legs = [leg["channel"] for leg in call.legs if leg["role"] == "node"]
    went_to = {channel.removeprefix("PJSIP/trunk-node-").rpartition("-")[0] for channel in legs}
    if not came_from and not went_to:
        return []
    found = await repository.other_ends(uow.session, principal, call, came_from, went_to)
    return [OtherEnd(id=one.id, node=one.node, linkedid=one.linkedid) for one in found]


async def annotate(
    uow: UnitOfWork, principal: Principal, call_id: UUID, patch: CallPatch, if_match: str | None
) -> tuple[CallDetail, int]:
    """Changes notes, tags or outcome of a call.

    Raises:
        NotFound: Not there, or not for this user.
        Stale: Somebody else changed it first.
    """
    call = await _get_call(uow, principal, call_id, lock=True)
    await require_match(uow, if_match, etag(call.version), kind="call", object_id=call.id)
    changes = patch.model_dump(exclude_unset=True)
    if "tags" in changes:
        changes["tags"] = list(dict.fromkeys(changes["tags"] or []))
    before = {name: getattr(call, name) for name in changes}
    if before != changes:
        for name, value in changes.items():
            setattr(call, name, value)
        call.version += 1
        await uow.session.flush()
        await audit(
            uow, principal, action="call.update", kind="call", object_id=call.id, before=before, after=changes,
            location_id=call.location_id,
        )  # fmt: skip
    return await detail(uow, principal, call_id)


async def tag_calls(uow: UnitOfWork, principal: Principal, wanted: CallTags) -> int:
    """Adds and removes tags of many calls, all or none; returns how many changed.

    Raises:
        NotFound: One of them is not there, or not for this user.
        Invalid: A call would have too many tags.
    """
    calls = await repository.find_calls(uow.session, principal, wanted.call_ids)
    if len(calls) < len(set(wanted.call_ids)):
        raise NotFound("One of these calls is not there.", hint="Read the list again.")
    lines = []
    for call in calls:
        kept = [tag for tag in call.tags if tag not in wanted.remove]
        tags = list(dict.fromkeys([*kept, *wanted.add]))
        if len(tags) > MOST_TAGS:
            raise Invalid.field("add", f"a call has at most {MOST_TAGS} tags")
        if tags == call.tags:
            continue
        before, call.tags, call.version = call.tags, tags, call.version + 1
        lines.append(AuditEntry(
            "call.update", "call", call.id, before={"tags": before}, after={"tags": tags}, location_id=call.location_id
        ))  # fmt: skip
    await audit_many(uow, principal, lines)
    return len(lines)


async def note_export(uow: UnitOfWork, principal: Principal, wanted: CallFilter) -> None:
    """Leaves a line in the audit log that calls were taken away as a table, and which."""
    told = {
        name: [*map(str, value)] if isinstance(value, tuple) else str(value)
        for name, value in asdict(wanted).items()
        if value is not None and name not in {"other", "said", "found"}
    }
    await audit(uow, principal, action="call.export", kind="call", after=told)


async def _recording(uow: UnitOfWork, services: Services, principal: Principal, call_id: UUID) -> tuple[Call, Path]:
    call = await _get_call(uow, principal, call_id)
    recording = (await repository.recordings_of(uow.session, [call.id])).get(call.id)
    path = services.storage.path(recording.storage_key) if recording else None
    if path is None or not path.exists():
        raise NotFound("This call has no recording.")
    return call, path


async def recording_peaks(uow: UnitOfWork, services: Services, principal: Principal, call_id: UUID) -> Peaks:
    """How loud a call's recording is over time.

    Raises:
        NotFound: No such call, or it has no recording.
    """
    _, path = await _recording(uow, services, principal, call_id)
    return await asyncio.to_thread(peaks_of, path)


async def recording_to_hear(uow: UnitOfWork, services: Services, principal: Principal, call_id: UUID) -> Path:
    """The sound of a call; listening leaves a line in the audit log.

    Raises:
        NotFound: No such call, or it has no recording.
    """
    call, path = await _recording(uow, services, principal, call_id)
    await audit(uow, principal, action="recording.listen", kind="call", object_id=call.id, location_id=call.location_id)
    return path


async def call_transcript(uow: UnitOfWork, principal: Principal, call_id: UUID) -> TranscriptRead:
    """What was said in a call, or in the message it left.

    Raises:
        NotFound: No such call, or nothing of it was recorded.
    """
    call = await _get_call(uow, principal, call_id)
    return transcript_read((await _attachments(uow, principal, [call])).transcript(call.id))


def transcript_read(row: Transcript | None) -> TranscriptRead:
    """A transcript with its words.

    Raises:
        NotFound: There is none.
    """
    if row is None:
        raise NotFound("There is no transcript.")
    return TranscriptRead.model_validate(row)


async def hang_up(uow: UnitOfWork, principal: Principal, call_id: UUID) -> None:
    """Asks the node to end a live call.

    Raises:
        NotFound: Not there, or not for this user.
        Conflict: It is over already.
    """
    call = await _get_call(uow, principal, call_id)
    if call.status != CallStatus.LIVE:
        raise Conflict("This call is over.")
    await nodes.send_command(uow, call.node, CommandKind.HANGUP, {"linkedid": call.linkedid}, COMMAND_LIFE_S)
    await audit(uow, principal, action="call.hangup", kind="call", object_id=call.id, location_id=call.location_id)
