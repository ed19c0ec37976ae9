"""Recordings and voicemail: stored, joined to their calls from either side, transcribed."""

import asyncio
import re
import time
import wave
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import soundfile
import structlog

from controlplane.calls import events, repository
from controlplane.calls.folding import tell_recording
from controlplane.calls.models import Recording, Transcript, Voicemail
from controlplane.calls.reading import clean
from controlplane.calls.schemas import TranscriptState
from controlplane.calls.transcription.process import SpeechCrashed, chosen_model, speech_process
from controlplane.calls.transcription.transcriber import Heard, SpeechUnavailable, UnreadableAudio
from controlplane.kit import clock
from controlplane.kit.ids import new_id
from controlplane.platform.problem import Invalid
from controlplane.platform.services import Services
from controlplane.platform.uow import UnitOfWork
from controlplane.protocol.link import VoicemailEnvelope

log = structlog.get_logger(__name__)

RAW_RATE = 8000
MAIL_WAIT_S = 60
"""A mail waits so long for its transcript at most."""

_COPY_FRAMES = 65536
_CONTEXT = re.compile(r"^vm-([0-9a-f]{32})$")
_CALLER_ID = re.compile(r'^\s*"?(?P<name>.*?)"?\s*<(?P<number>[^<>]*)>\s*$')


@dataclass(frozen=True, slots=True)
class Sound:
    """A stored sound file, a WAV that browsers play."""

    key: str
    size: int
    duration_s: float
    channels: int


async def receive(services: Services, folder: str, name: str, sha256: str, chunks: AsyncIterator[bytes]) -> Sound:
    """Stores an upload as WAV. ``.raw`` is Asterisk's two-channel recording: 16 bit, 8 kHz, caller left.

    Raises:
        Invalid: The checksum differs, or it is no sound.
    """
    incoming = f"incoming/{new_id()}"
    try:
        await services.storage.receive(incoming, chunks, sha256)
        key = f"{folder}/{clock.now():%Y/%m}/{new_id()}.wav"
        target = services.storage.path(key)
        return await asyncio.to_thread(_store, services.storage.path(incoming), target, key, Path(name).suffix)
    except ValueError as err:
        raise Invalid.field("sha256", "the checksum differs from what was sent", hint="Send it again.") from err
    except (soundfile.LibsndfileError, EOFError) as err:
        raise Invalid(f"{name} holds no sound that can be read.") from err
    finally:
        services.storage.delete(incoming)


def _store(source: Path, target: Path, key: str, suffix: str) -> Sound:
    target.parent.mkdir(parents=True, exist_ok=True)
    if suffix == ".raw":
        _wrap_raw(source, target)
    else:
        soundfile.info(source)  # refuses what is no sound
        source.replace(target)
    info = soundfile.info(target)
    return Sound(key, target.stat().st_size, round(info.duration, 3), info.channels)


def _wrap_raw(source: Path, target: Path) -> None:
    """Puts a WAV header before MixMonitor's interleaved samples (option ``D``; see asterisk/README.md)."""
    with source.open("rb") as samples, wave.open(str(target), "wb") as wav:
        wav.setnchannels(2)
        wav.setsampwidth(2)
        wav.setframerate(RAW_RATE)
        while block := samples.read(_COPY_FRAMES * 4):
            wav.writeframes(block[: len(block) // 4 * 4])


async def store_recording(
    services: Services, *, node: str, name: str, linkedid: str, sha256: str, chunks: AsyncIterator[bytes]
) -> None:
    """Keeps a recording; once more is harmless. Its call's record may come earlier or later.

    Raises:
        Invalid: Damaged on the way, or no sound.
    """
    async with services.uow() as uow:
        known = await repository.recording_named(uow.session, node, name)
    if known is not None and known.sha256 == sha256:
        return
    sound = await receive(services, "recordings", name, sha256, chunks)
    async with services.uow() as uow:
        row = await repository.recording_named(uow.session, node, name) or Recording(
            id=new_id(), node=node, name=name, linkedid=linkedid
        )
        row.sha256, row.storage_key, row.size = sha256, sound.key, sound.size
        row.duration_s, row.channels = sound.duration_s, sound.channels
        uow.session.add(row)
        await uow.session.flush()
        for joined in await repository.attach_recordings(uow.session, recording_id=row.id):
            await tell_recording(uow, joined)
        await _ask_for_transcript(uow, recording_id=row.id)


async def store_voicemail(
    services: Services, *, node: str, name: str, envelope: VoicemailEnvelope, sha256: str, chunks: AsyncIterator[bytes]
) -> None:
    """Keeps a message; once more is harmless.

    Raises:
        Invalid: Damaged on the way, no sound, or of no organisation.
    """
    match = _CONTEXT.match(envelope.context)
    if match is None:
        raise Invalid.field("X-Voicemail", "the voicemail context names no organisation")
    org_id = UUID(match[1])
    place = (node, envelope.context, envelope.box, envelope.msg_id)
    async with services.uow() as uow:
        if await repository.voicemail_named(uow.session, *place) is not None:
            return
    sound = await receive(services, "voicemails", name, sha256, chunks)
    async with services.uow() as uow:
        box = await repository.box_numbered(uow.session, org_id, envelope.box)
        caller = _CALLER_ID.match(envelope.caller_id)
        row = Voicemail(
            id=new_id(), org_id=org_id, location_id=box.location_id if box else None, node=node,
            context=envelope.context, box_number=envelope.box, box_id=box.id if box else None, msg_id=envelope.msg_id,
            caller_channel=envelope.channel, caller_number=clean(caller["number"] if caller else envelope.caller_id),
            caller_name=clean(caller["name"]) if caller else None, left_at=envelope.left_at,
            duration_s=sound.duration_s, storage_key=sound.key, sha256=sha256,
        )  # fmt: skip
        uow.session.add(row)
        await uow.session.flush()
        await repository.attach_voicemails(uow.session, voicemail_id=row.id)
        await uow.session.refresh(row)
        await uow.record(
            events.VoicemailLeft(
                org_id=org_id, location_id=row.location_id, subject=str(row.id), box_id=row.box_id,
                call_id=row.call_id, caller_number=row.caller_number, duration_s=row.duration_s,
                extension_ids=await repository.extensions_of_box(uow.session, row.box_id), occurred_at=row.left_at,
            )
        )  # fmt: skip
        await _ask_for_transcript(uow, voicemail_id=row.id)
        await uow.defer(
            "calls.mail_voicemail", lock=f"voicemail:{row.id}", delay_s=MAIL_WAIT_S, voicemail_id=str(row.id)
        )


async def _ask_for_transcript(
    uow: UnitOfWork, *, recording_id: UUID | None = None, voicemail_id: UUID | None = None
) -> None:
    source_id = recording_id or voicemail_id
    assert source_id is not None
    row = (await repository.transcripts_of(uow.session, [source_id])).get(source_id) or Transcript(
        id=new_id(), recording_id=recording_id, voicemail_id=voicemail_id
    )
    row.state, row.text, row.words = TranscriptState.PENDING, "", []
    uow.session.add(row)
    await uow.session.flush()
    await uow.defer("calls.transcribe", transcript_id=str(row.id))


async def transcribe(services: Services, transcript_id: UUID) -> None:
    """Hears what a pending transcript is about and keeps the words, or the reason why there are none."""
    async with services.uow() as uow:
        row = await uow.session.get(Transcript, transcript_id)
        source = await repository.transcript_of_source(uow.session, row) if row else None
        if row is None or source is None or row.state != TranscriptState.PENDING:
            return
    begun = time.perf_counter()
    heard, reason = await _hear(services, services.storage.path(source[0]))
    async with services.uow() as uow:
        row = await uow.session.get_one(Transcript, transcript_id)
        row.text, row.words, row.engine, row.reason = heard.text, heard.words, heard.engine or None, reason
        row.state = TranscriptState.FAILED if reason else TranscriptState.DONE if heard.text else TranscriptState.EMPTY
        row.took_ms = round((time.perf_counter() - begun) * 1000)
        await uow.session.flush()
        await _tell_transcript(uow, row)


async def _hear(services: Services, path: Path) -> tuple[Heard, str | None]:
    try:
        return await speech_process(chosen_model(services.settings)).transcribe(path), None
    except (UnreadableAudio, SpeechUnavailable, SpeechCrashed) as err:
        log.warning("a transcript failed", reason=str(err))
        return Heard(), str(err)


async def _tell_transcript(uow: UnitOfWork, row: Transcript) -> None:
    about: Recording | Voicemail | None
    await repository.join_one_by_one(uow.session)  # its call's record may be folded right now
    if row.recording_id is not None:
        about = await uow.session.get(Recording, row.recording_id)
    else:
        about = await uow.session.get(Voicemail, row.voicemail_id)
    if about is None:
        return
    if about.call_id is not None:
        await repository.note_what_was_said(uow.session, [about.call_id])
    if isinstance(about, Recording):
        extension_ids = await repository.extensions_of_call(uow.session, about.call_id)
    else:
        extension_ids = await repository.extensions_of_box(uow.session, about.box_id)
    await uow.record(
        events.TranscriptReady(
            org_id=about.org_id, location_id=about.location_id, subject=str(row.id), call_id=about.call_id,
            voicemail_id=row.voicemail_id, state=row.state, extension_ids=extension_ids,
        )
    )  # fmt: skip
    if row.voicemail_id is not None:
        await uow.defer(
            "calls.mail_voicemail", lock=f"voicemail:{row.voicemail_id}", voicemail_id=str(row.voicemail_id)
        )
