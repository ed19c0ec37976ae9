"""Use cases on voicemail: whose boxes, hearing, marking, sending on, deleting and bringing back."""

import asyncio
import contextlib
import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from controlplane.calls import events, queries, repository
from controlplane.calls.models import Transcript, Voicemail
from controlplane.calls.peaks import peaks_of
from controlplane.calls.people import people_who_left
from controlplane.calls.schemas import ForwardedVoicemail, Mailbox, Peaks, VoicemailForward
from controlplane.calls.schemas import Transcript as TranscriptRead
from controlplane.calls.schemas import Voicemail as VoicemailRead
from controlplane.calls.service import transcript_read, transcript_ref
from controlplane.identity.door import audit, load_locations
from controlplane.kit import clock
from controlplane.kit.ids import new_id
from controlplane.nodes import door as nodes
from controlplane.objects import door as objects
from controlplane.platform.auth import Principal
from controlplane.platform.listing import ListQuery
from controlplane.platform.problem import NotFound
from controlplane.platform.services import Services
from controlplane.platform.uow import UnitOfWork
from controlplane.protocol.link import CommandKind, HeardVoicemail
from controlplane.telephony.schemas import VoicemailBoxFields

UNDO_S = 120
"""So long a deleted message can be brought back."""
PURGE_AFTER_S = UNDO_S + 30
"""Then it goes for good, here and on the phone; later than the last moment to bring it back."""
COMMAND_LIFE_S = 7 * 24 * 3600
"""A node may be away for days and still has to forget a deleted message."""


async def own_boxes(uow: UnitOfWork, principal: Principal) -> set[UUID] | None:
    """The boxes to which staff are limited; None for everybody else."""
    if principal.own_extension_ids is None:
        return None
    return await repository.boxes_of_extensions(uow.session, principal.own_extension_ids)


async def mailboxes(
    uow: UnitOfWork, principal: Principal, query: ListQuery, *, q: str | None, ids: list[UUID] | None, only_own: bool
) -> tuple[list[Mailbox], str | None, int | None]:
    """Boxes with their new messages; those that may not be read are there to forward to."""
    own = await own_boxes(uow, principal)
    limits = [set(limit) for limit in (ids, own if only_own else None) if limit is not None]
    among = set.intersection(*limits) if limits else None
    rows, cursor, total = await queries.boxes_page(uow.session, principal, query, among=among, q=q)
    unheard = await queries.unheard_in(uow.session, principal, own, [row.id for row in rows])
    boxes = [
        Mailbox(
            id=row.id, name=row.name, number=str(row.number), location_id=row.location_id,
            own=own is None or row.id in own, unheard=unheard.get(row.id, 0),
        )
        for row in rows
    ]  # fmt: skip
    return boxes, cursor, total


async def get_voicemail(
    uow: UnitOfWork, principal: Principal, voicemail_id: UUID, *, deleted: bool = False
) -> Voicemail:
    """One message.

    Args:
        uow: Its transaction.
        principal: Who asks.
        voicemail_id: Which one.
        deleted: Among those that were deleted, and locked: to bring it back.

    Raises:
        NotFound: Not there, or not for this user.
    """
    boxes = await own_boxes(uow, principal)
    voicemail = await repository.find_voicemail(uow.session, principal, boxes, voicemail_id, deleted=deleted)
    if voicemail is None:
        raise NotFound("There is no such message.")
    return voicemail


async def voicemail_reads(
    uow: UnitOfWork, principal: Principal, voicemails: Sequence[Voicemail]
) -> list[VoicemailRead]:
    """Messages with their transcripts and who left them."""
    people = await people_who_left(uow, principal, voicemails)
    transcripts = await repository.transcripts_of(uow.session, [row.id for row in voicemails])
    return [
        VoicemailRead(
            id=row.id, box_id=row.box_id, location_id=row.location_id, call_id=row.call_id,
            caller_number=row.caller_number, caller_name=row.caller_name,
            contact=people.get(row.caller_number or ""), left_at=row.left_at,
            duration_s=row.duration_s, heard_at=row.heard_at, forwarded_from=row.forwarded_from,
            forwarded_by=row.forwarded_by, note=row.note, transcript=transcript_ref(transcripts.get(row.id)),
        )
        for row in voicemails
    ]  # fmt: skip


async def voicemail_to_hear(uow: UnitOfWork, services: Services, principal: Principal, voicemail_id: UUID) -> Path:
    """The sound of a message; listening leaves a line in the audit log.

    Raises:
        NotFound: Not there, or not for this user.
    """
    voicemail = await get_voicemail(uow, principal, voicemail_id)
    path = _sound(services, voicemail)
    await _audit(uow, principal, voicemail, "listen")
    return path


async def voicemail_peaks(uow: UnitOfWork, services: Services, principal: Principal, voicemail_id: UUID) -> Peaks:
    """How loud a message is over time.

    Raises:
        NotFound: Not there, or not for this user.
    """
    voicemail = await get_voicemail(uow, principal, voicemail_id)
    return await asyncio.to_thread(peaks_of, _sound(services, voicemail))


def _sound(services: Services, voicemail: Voicemail) -> Path:
    path = services.storage.path(voicemail.storage_key)
    if not path.exists():
        raise NotFound("The sound of this message is gone.")
    return path


async def voicemail_transcript(uow: UnitOfWork, principal: Principal, voicemail_id: UUID) -> TranscriptRead:
    """What a message says.

    Raises:
        NotFound: Not there, or not for this user.
    """
    voicemail = await get_voicemail(uow, principal, voicemail_id)
    return transcript_read((await repository.transcripts_of(uow.session, [voicemail.id])).get(voicemail.id))


async def mark_heard(uow: UnitOfWork, principal: Principal, voicemail_id: UUID, *, heard: bool) -> VoicemailRead:
    """Marks a message as heard or as new, here and on its node: the phone's lamp follows.

    Raises:
        NotFound: Not there, or not for this user.
    """
    voicemail = await get_voicemail(uow, principal, voicemail_id)
    if heard != (voicemail.heard_at is not None):
        voicemail.heard_at = clock.now() if heard else None
        await _tell_node(uow, voicemail, CommandKind.MARK_VOICEMAIL, heard=heard)
        await _audit(uow, principal, voicemail, "update", before={"heard": not heard}, after={"heard": heard})
        await _changed(uow, voicemail)
    return (await voicemail_reads(uow, principal, [voicemail]))[0]


async def take_heard(uow: UnitOfWork, node: str, told: HeardVoicemail) -> None:
    """What a box's owner did by phone: heard messages, deleted them there, or made them new again.

    What was deleted by phone stays here as heard, since a page has an undo and a phone has none.
    """
    for voicemail in await repository.voicemails_heard_otherwise(uow.session, node, told):
        voicemail.heard_at = clock.now() if voicemail.heard_at is None else None
        await _changed(uow, voicemail)


async def delete_voicemail(uow: UnitOfWork, principal: Principal, voicemail_id: UUID) -> None:
    """Deletes a message. It is hidden at once, and gone here and on the phone when it can't be brought back any more.

    Raises:
        NotFound: Not there, or not for this user.
    """
    voicemail = await get_voicemail(uow, principal, voicemail_id)
    voicemail.deleted_at = clock.now()
    await uow.defer(
        "calls.purge_voicemail", delay_s=PURGE_AFTER_S, voicemail_id=str(voicemail.id),
        deleted_at=voicemail.deleted_at.isoformat(),
    )  # fmt: skip
    told = {"box": voicemail.box_number, "left_at": voicemail.left_at.isoformat()}
    await _audit(uow, principal, voicemail, "delete", before=told)
    await _changed(uow, voicemail)


async def restore_voicemail(uow: UnitOfWork, principal: Principal, voicemail_id: UUID) -> VoicemailRead:
    """Brings back a message that was deleted within the last two minutes.

    Raises:
        NotFound: It was not deleted, or is gone for good, or is not for this user.
    """
    voicemail = await get_voicemail(uow, principal, voicemail_id, deleted=True)
    if voicemail.deleted_at is None or voicemail.deleted_at < clock.now() - timedelta(seconds=UNDO_S):
        raise NotFound("This message can't be brought back any more.")
    voicemail.deleted_at = None
    await _audit(uow, principal, voicemail, "restore")
    await _changed(uow, voicemail)
    return (await voicemail_reads(uow, principal, [voicemail]))[0]


async def purge_voicemail(services: Services, voicemail_id: UUID, deleted_at: datetime) -> None:
    """Ends a deleted message: its sound here, and its place on the node. A later deletion has its own end."""
    async with services.uow() as uow:
        voicemail = await uow.session.get(Voicemail, voicemail_id, with_for_update=True)
        if voicemail is None or voicemail.deleted_at != deleted_at:
            return
        await _tell_node(uow, voicemail, CommandKind.DELETE_VOICEMAIL)
        services.storage.delete(voicemail.storage_key)
        if voicemail.call_id is not None:
            await repository.note_what_was_said(uow.session, [voicemail.call_id])


async def forward(
    uow: UnitOfWork, services: Services, principal: Principal, voicemail_id: UUID, wanted: VoicemailForward
) -> list[ForwardedVoicemail]:
    """Sends a message on to other boxes: into their inbox at once, and onto their phones where both share a node.

    A box that has the message already keeps it as it is.

    Raises:
        NotFound: The message or a box is not there, or not for this user.
    """
    original = await get_voicemail(uow, principal, voicemail_id)
    sound = _sound(services, original)
    boxes = [await objects.get(uow, principal, VoicemailBoxFields, box_id) for box_id in dict.fromkeys(wanted.box_ids)]
    homes = await load_locations(uow.session, org_ids=[principal.org_id])
    node_of = {one.id: one.node for one in homes}
    done = []
    for box in boxes:
        node = node_of.get(box.location_id, original.node) if box.location_id else homes[0].node
        copy = await _copy(uow, services, principal, original, sound, box, node, wanted.note)
        on_phone = node == original.node
        done.append(ForwardedVoicemail(box_id=box.id, voicemail_id=copy.id, on_phone=on_phone))
    return done


async def _copy(
    uow: UnitOfWork, services: Services, principal: Principal, original: Voicemail, sound: Path,
    box: objects.ConfigObject, node: str, note: str | None,
) -> Voicemail:  # fmt: skip
    place = (node, original.context, str(box.number), original.msg_id)
    there = await repository.voicemail_named(uow.session, *place)
    if there is not None and there.deleted_at is None:
        return there
    copy = there or Voicemail(id=new_id())
    copy.org_id, copy.location_id, copy.box_id, copy.call_id = (
        original.org_id,
        box.location_id,
        box.id,
        original.call_id,
    )
    copy.node, copy.context, copy.box_number, copy.msg_id = place
    copy.caller_channel, copy.caller_number = original.caller_channel, original.caller_number
    copy.caller_name, copy.left_at, copy.duration_s = original.caller_name, original.left_at, original.duration_s
    copy.sha256, copy.heard_at, copy.deleted_at = original.sha256, None, None
    copy.forwarded_from, copy.forwarded_by, copy.note = original.id, principal.label, note
    copy.storage_key = f"voicemails/{clock.now():%Y/%m}/{new_id()}.wav"
    await asyncio.to_thread(_copy_sound, sound, services.storage.path(copy.storage_key))
    uow.session.add(copy)
    await uow.session.flush()
    await _copy_transcript(uow, original, copy)
    if node == original.node:
        await _tell_node(uow, original, CommandKind.FORWARD_VOICEMAIL, to_box=str(box.number))
    await _audit(uow, principal, original, "forward", after={"to_box": box.number, "voicemail_id": str(copy.id)})
    await uow.record(
        events.VoicemailLeft(
            org_id=copy.org_id, location_id=copy.location_id, subject=str(copy.id), box_id=copy.box_id,
            call_id=copy.call_id, caller_number=copy.caller_number, duration_s=copy.duration_s,
            extension_ids=await repository.extensions_of_box(uow.session, copy.box_id), occurred_at=clock.now(),
        )
    )  # fmt: skip
    await uow.defer("calls.mail_voicemail", lock=f"voicemail:{copy.id}", voicemail_id=str(copy.id))
    return copy


def _copy_sound(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


async def _copy_transcript(uow: UnitOfWork, original: Voicemail, copy: Voicemail) -> None:
    found = await repository.transcripts_of(uow.session, [original.id, copy.id])
    heard = found.get(original.id)
    if copy.id in found:
        return
    row = Transcript(
        id=new_id(), voicemail_id=copy.id, state=heard.state if heard else "pending", text=heard.text if heard else "",
        words=heard.words if heard else [], engine=heard.engine if heard else None,
        reason=heard.reason if heard else None, took_ms=heard.took_ms if heard else None,
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    if row.state == "pending":
        await uow.defer("calls.transcribe", transcript_id=str(row.id))


async def _tell_node(uow: UnitOfWork, voicemail: Voicemail, kind: CommandKind, **args: Any) -> None:
    """The phone's own box follows; a node that was removed has nothing to follow with."""
    place = {"context": voicemail.context, "box": voicemail.box_number, "msg_id": voicemail.msg_id}
    with contextlib.suppress(NotFound):
        await nodes.send_command(uow, voicemail.node, kind, {**place, **args}, COMMAND_LIFE_S)


async def _audit(uow: UnitOfWork, principal: Principal, voicemail: Voicemail, verb: str, **told: Any) -> None:
    await audit(
        uow, principal, action=f"voicemail.{verb}", kind="voicemail", object_id=voicemail.id,
        location_id=voicemail.location_id, **told,
    )  # fmt: skip


async def _changed(uow: UnitOfWork, voicemail: Voicemail) -> None:
    await uow.record(
        events.VoicemailChanged(
            org_id=voicemail.org_id, location_id=voicemail.location_id, subject=str(voicemail.id),
            box_id=voicemail.box_id, heard=voicemail.heard_at is not None, deleted=voicemail.deleted_at is not None,
            extension_ids=await repository.extensions_of_box(uow.session, voicemail.box_id),
        )
    )  # fmt: skip
