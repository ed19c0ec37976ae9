"""Use cases on calls and voicemail."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from controlplane.calls import repository
from controlplane.calls.models import Call, Recording, Transcript, Voicemail
from controlplane.calls.schemas import (
    CallDetail,
    CallPatch,
    CallRecord,
    CallStatus,
    OtherEnd,
    RecordingRef,
    TranscriptRef,
    TranscriptState,
)
from controlplane.calls.schemas import Transcript as TranscriptRead
from controlplane.calls.schemas import Voicemail as VoicemailRead
from controlplane.identity.door import audit, require_match
from controlplane.kit import clock
from controlplane.nodes import door as nodes
from controlplane.platform.auth import Principal
from controlplane.platform.etag import etag
from controlplane.platform.problem import Conflict, NotFound
from controlplane.platform.services import Services
from controlplane.platform.uow import UnitOfWork
from controlplane.protocol.link import CommandKind

COMMAND_LIFE_S = 10
"""Hanging up is for now or never."""

DELETE_LIFE_S = 7 * 24 * 3600
"""A node may be away for days and still has to forget a deleted message."""


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

    def details(self, call_id: UUID, *, with_sound: bool) -> dict[str, Any]:
        recording, voicemail = self.recordings.get(call_id), self.voicemails.get(call_id)
        source = recording or voicemail
        transcript = self.transcripts.get(source.id) if source else None
        return {
            "recording": RecordingRef.model_validate(recording) if recording and with_sound else None,
            "voicemail_id": voicemail.id if voicemail else None,
            "transcript": _ref(transcript) if with_sound else None,
        }


def _ref(transcript: Transcript | None) -> TranscriptRef | None:
    if transcript is None:
        return None
    return TranscriptRef(state=TranscriptState(transcript.state), text=transcript.text)


async def _attachments(uow: UnitOfWork, calls: Sequence[Call]) -> _Attachments:
    ids = [call.id for call in calls]
    recordings = await repository.recordings_of(uow.session, ids)
    voicemails = await repository.voicemails_of(uow.session, ids)
    sources = [*(row.id for row in recordings.values()), *(row.id for row in voicemails.values())]
    return _Attachments(recordings, voicemails, await repository.transcripts_of(uow.session, sources))


async def records(uow: UnitOfWork, principal: Principal, calls: Sequence[Call]) -> list[CallRecord]:
    """Call records with what belongs to them: three more queries, however many calls."""
    attached = await _attachments(uow, calls)
    with_sound = principal.may("recordings:read")
    return [
        CallRecord.model_validate(call).model_copy(update=attached.details(call.id, with_sound=with_sound))
        for call in calls
    ]


async def detail(uow: UnitOfWork, principal: Principal, call_id: UUID) -> tuple[CallDetail, int]:
    """One call with its story, and its version for the ETag.

    Raises:
        NotFound: Not there, or not for this user.
    """
    call = await _get_call(uow, principal, call_id)
    attached = await _attachments(uow, [call])
    update = attached.details(call.id, with_sound=principal.may("recordings:read"))
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


async def recording_to_hear(uow: UnitOfWork, services: Services, principal: Principal, call_id: UUID) -> Path:
    """The sound of a call; listening leaves a line in the audit log.

    Raises:
        NotFound: No such call, or it has no recording.
    """
    call = await _get_call(uow, principal, call_id)
    recording = (await repository.recordings_of(uow.session, [call.id])).get(call.id)
    path = services.storage.path(recording.storage_key) if recording else None
    if path is None or not path.exists():
        raise NotFound("This call has no recording.")
    await audit(uow, principal, action="recording.listen", kind="call", object_id=call.id, location_id=call.location_id)
    return path


async def call_transcript(uow: UnitOfWork, principal: Principal, call_id: UUID) -> TranscriptRead:
    """What was said in a call, or in the message it left.

    Raises:
        NotFound: No such call, or nothing of it was recorded.
    """
    call = await _get_call(uow, principal, call_id)
    attached = await _attachments(uow, [call])
    source = attached.recordings.get(call.id) or attached.voicemails.get(call.id)
    return _transcript(attached.transcripts.get(source.id) if source else None)


def _transcript(row: Transcript | None) -> TranscriptRead:
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


async def own_boxes(uow: UnitOfWork, principal: Principal) -> set[UUID] | None:
    """The boxes to which staff are limited; None for everybody else."""
    if principal.own_extension_ids is None:
        return None
    return await repository.boxes_of_extensions(uow.session, principal.own_extension_ids)


async def get_voicemail(uow: UnitOfWork, principal: Principal, voicemail_id: UUID) -> Voicemail:
    """One message.

    Raises:
        NotFound: Not there, or not for this user.
    """
    boxes = await own_boxes(uow, principal)
    voicemail = await repository.find_voicemail(uow.session, principal, boxes, voicemail_id)
    if voicemail is None:
        raise NotFound("There is no such message.")
    return voicemail


async def voicemail_reads(uow: UnitOfWork, voicemails: Sequence[Voicemail]) -> list[VoicemailRead]:
    """Messages with their transcripts."""
    transcripts = await repository.transcripts_of(uow.session, [row.id for row in voicemails])
    return [
        VoicemailRead(
            id=row.id, box_id=row.box_id, location_id=row.location_id, call_id=row.call_id,
            caller_number=row.caller_number, caller_name=row.caller_name, left_at=row.left_at,
            duration_s=row.duration_s, heard_at=row.heard_at, transcript=_ref(transcripts.get(row.id)),
        )
        for row in voicemails
    ]  # fmt: skip


async def voicemail_to_hear(uow: UnitOfWork, services: Services, principal: Principal, voicemail_id: UUID) -> Path:
    """The sound of a message; listening leaves a line in the audit log.

    Raises:
        NotFound: Not there, or not for this user.
    """
    voicemail = await get_voicemail(uow, principal, voicemail_id)
    path = services.storage.path(voicemail.storage_key)
    if not path.exists():
        raise NotFound("The sound of this message is gone.")
    await audit(
        uow, principal, action="voicemail.listen", kind="voicemail", object_id=voicemail.id,
        location_id=voicemail.location_id,
    )  # fmt: skip
    return path


async def voicemail_transcript(uow: UnitOfWork, principal: Principal, voicemail_id: UUID) -> TranscriptRead:
    """What a message says.

    Raises:
        NotFound: Not there, or not for this user.
    """
    voicemail = await get_voicemail(uow, principal, voicemail_id)
    return _transcript((await repository.transcripts_of(uow.session, [voicemail.id])).get(voicemail.id))


async def mark_heard(uow: UnitOfWork, principal: Principal, voicemail_id: UUID, *, heard: bool) -> VoicemailRead:
    """Notes in the control plane that a message was heard, or is new again. The phone's own lamp doesn't change.

    Raises:
        NotFound: Not there, or not for this user.
    """
    voicemail = await get_voicemail(uow, principal, voicemail_id)
    if heard != (voicemail.heard_at is not None):
        voicemail.heard_at = clock.now() if heard else None
        await uow.session.flush()
        await audit(
            uow, principal, action="voicemail.update", kind="voicemail", object_id=voicemail.id,
            before={"heard": not heard}, after={"heard": heard}, location_id=voicemail.location_id,
        )  # fmt: skip
    return (await voicemail_reads(uow, [voicemail]))[0]


async def delete_voicemail(uow: UnitOfWork, services: Services, principal: Principal, voicemail_id: UUID) -> None:
    """Deletes a message here and on its node; the lamp of the phone follows.

    Raises:
        NotFound: Not there, or not for this user.
    """
    voicemail = await get_voicemail(uow, principal, voicemail_id)
    voicemail.deleted_at = clock.now()
    await uow.session.flush()
    args = {"context": voicemail.context, "box": voicemail.box_number, "msg_id": voicemail.msg_id}
    await nodes.send_command(uow, voicemail.node, CommandKind.DELETE_VOICEMAIL, args, DELETE_LIFE_S)
    await audit(
        uow, principal, action="voicemail.delete", kind="voicemail", object_id=voicemail.id,
        before={"box": voicemail.box_number, "left_at": voicemail.left_at.isoformat()},
        location_id=voicemail.location_id,
    )  # fmt: skip
    services.storage.delete(voicemail.storage_key)
