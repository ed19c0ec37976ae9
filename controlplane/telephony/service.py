"""Sounds: texts are spoken before a call needs them, uploads are converted."""

import asyncio
import shutil
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.identity import door as identity
from controlplane.kit import clock
from controlplane.kit.destination import Spoken
from controlplane.node.runtime import default_cache_dir
from controlplane.objects import door as objects
from controlplane.platform.auth import Principal
from controlplane.platform.crypto import Crypto
from controlplane.platform.problem import Conflict, Invalid, NotFound
from controlplane.platform.services import Services
from controlplane.platform.settings import Settings
from controlplane.platform.storage import Storage
from controlplane.platform.uow import UnitOfWork
from controlplane.telephony import repository
from controlplane.telephony.audio import Audio, BadAudio, convert
from controlplane.telephony.configuration import Sound, sound_key
from controlplane.telephony.holiday_import import holidays_of
from controlplane.telephony.schemas import HolidayCalendarFields, HolidayImport, PromptFields, SoundRead, SoundState
from controlplane.telephony.synthesis import BATCH_CHARACTERS, CannotSpeak, Synthesizer, find_voice

log = structlog.get_logger(__name__)
UPLOAD = "upload"
Progress = Callable[[int, int], None]


async def ensure_sounds(
    services: Services, org_ids: Collection[UUID] | None, progress: Progress | None = None
) -> list[str]:
    """Speaks every text of these organisations (None: of all) that isn't spoken yet.

    Safe to run twice and by two processes at once.

    Args:
        services: The process's ports.
        org_ids: Whose texts.
        progress: Told (done, of how many) after each batch.

    Returns:
        The keys of texts that can't be spoken; `sounds` keeps the reason of each.
    """
    async with services.uow() as uow:
        said = await objects.texts_of(uow.session, org_ids)
    return await ensure_texts(services, said, progress)


async def ensure_texts(services: Services, said: Collection[str], progress: Progress | None = None) -> list[str]:
    """The same for texts that no object may have yet: what an import would bring can be planned with its sounds."""
    texts = {sound_key(Spoken(text=text)): text for text in said}
    async with services.uow() as uow:
        made = {row.key: row for row in await repository.find_sounds(uow.session, texts)}
    voice: Synthesizer | None = None
    try:
        voice = voice_of(services.settings)
    except CannotSpeak as err:
        log.warning("no voice", error=str(err))
        return sorted(key for key in texts if key not in made or made[key].state == "failed")
    missing = {key: text for key, text in texts.items() if key not in made or voice.outdates(made[key].voice)}
    failed = {key for key, row in made.items() if row.state == "failed"} - missing.keys()
    done = 0
    for batch in _batches(missing):
        failed |= await _speak(services, voice, batch)
        done += len(batch)
        if progress:
            progress(done, len(missing))
    return sorted(failed)


def voice_of(settings: Settings) -> Synthesizer:
    """The best voice on this machine.

    Raises:
        CannotSpeak: There is none.
    """
    fetched = (settings.cache_dir or default_cache_dir()) / "speech-tools" / "bin" / "flite"
    on_path = shutil.which("flite")
    return find_voice(Path(on_path) if on_path else fetched)


def _batches(texts: dict[str, str]) -> Iterator[dict[str, str]]:
    """Portions for one process each, so that what is spoken is kept even if a later one fails."""
    batch: dict[str, str] = {}
    size = 0
    for key, text in texts.items():
        if batch and size + len(text) > BATCH_CHARACTERS:
            yield batch
            batch, size = {}, 0
        batch[key] = text
        size += len(text)
    if batch:
        yield batch


async def _speak(services: Services, voice: Synthesizer, batch: dict[str, str]) -> set[str]:
    spoken = await asyncio.to_thread(voice.speak, list(batch.values()))
    failed: set[str] = set()
    async with services.uow() as uow:
        for key, heard in zip(batch, spoken, strict=True):
            if isinstance(heard, Audio):
                values = await asyncio.to_thread(_ready, services.storage, heard)
            else:
                failed.add(key)
                values = {"state": "failed", "files": {}, "duration_ms": 0, "error": str(heard)}
            await repository.save_sound(uow.session, {"key": key, "voice": voice.name, **values})
    return failed


def _ready(storage: Storage, audio: Audio) -> dict[str, Any]:
    files = {name: storage.put_blob(content) for name, content in audio.files.items()}
    return {"state": "ready", "files": files, "duration_ms": audio.duration_ms, "error": None}


async def upload(
    services: Services, uow: UnitOfWork, principal: Principal, prompt_id: UUID, content: bytes, if_match: str | None
) -> int:
    """Gives a prompt without text its audio; returns the prompt's new version.

    Raises:
        Conflict: The prompt is spoken from a text.
        Invalid: Not audio that can be used; the message says why.
        NotFound: Not there, or not for this principal.
        Stale: Changed by somebody else since it was read.
    """
    row = await objects.get(uow, principal, PromptFields, prompt_id, for_change=True)
    await objects.require_match(uow, row, if_match)
    if row.fields.get("text") is not None:
        raise Conflict("This prompt is spoken from its text.", hint="Set its text to null first, then upload.")
    try:
        audio = await asyncio.to_thread(convert, content)
    except BadAudio as err:
        raise Invalid.field("body", str(err), hint="Send a WAV, MP3, Ogg or FLAC file of at most 10 minutes.") from err
    values = await asyncio.to_thread(_ready, services.storage, audio)
    await repository.save_sound(uow.session, {"key": _key(prompt_id), "voice": UPLOAD, **values}, replace=True)
    row.updated_at, row.updated_by = clock.now(), principal.label
    await uow.session.flush()
    await identity.audit(
        uow, principal, action="prompt.upload", kind="prompt", object_id=prompt_id, name=row.name,
        location_id=row.location_id, after={"duration_ms": audio.duration_ms, "sha256": values["files"]["wav16"]},
    )  # fmt: skip
    return row.version


def _key(prompt_id: UUID) -> str:
    return sound_key(Spoken(prompt_id=prompt_id))


async def sound_of(uow: UnitOfWork, principal: Principal, prompt_id: UUID) -> tuple[SoundRead, dict[str, str]]:
    """How far a prompt's sound is, and its files.

    Raises:
        NotFound: Not there, or not for this principal.
    """
    row = await objects.get(uow, principal, PromptFields, prompt_id)
    text = row.fields.get("text")
    key = _key(prompt_id) if text is None else sound_key(Spoken(text=text))
    found = await repository.find_sounds(uow.session, [key])
    if not found:
        source = UPLOAD if text is None else None
        return SoundRead(state=SoundState.PENDING, duration_ms=None, error=None, voice=source), {}
    sound = found[0]
    ready = sound.state == SoundState.READY
    read = SoundRead(
        state=sound.state, duration_ms=sound.duration_ms if ready else None, error=sound.error, voice=sound.voice
    )  # fmt: skip
    return read, sound.files


async def uploaded_sounds(session: AsyncSession, prompt_ids: Collection[UUID]) -> dict[UUID, Sound]:
    """The sounds of prompts that have one of their own."""
    rows = await repository.find_sounds(session, map(_key, prompt_ids))
    found = {row.key: Sound(row.files, row.duration_ms) for row in rows if row.state == SoundState.READY}
    return {id_: found[_key(id_)] for id_ in prompt_ids if _key(id_) in found}


async def put_sound(session: AsyncSession, prompt_id: UUID, sound: Sound) -> None:
    """Gives a prompt without text a sound whose files are stored already, as an import brings it."""
    values = {"state": "ready", "files": dict(sound.files), "duration_ms": sound.duration_ms, "error": None}
    await repository.save_sound(session, {"key": _key(prompt_id), "voice": UPLOAD, **values}, replace=True)


async def audio_path(services: Services, uow: UnitOfWork, principal: Principal, prompt_id: UUID) -> Path:
    """The file to listen to: WAV, 16 kHz.

    Raises:
        NotFound: No such prompt, or no sound yet.
    """
    read, files = await sound_of(uow, principal, prompt_id)
    if read.state is not SoundState.READY:
        hint = read.error or "Upload its audio, or wait a moment until its text is spoken."
        raise NotFound("This prompt has no sound yet.", hint=hint)
    return services.storage.blob_path(files["wav16"])


async def preview_path(services: Services, text: str) -> Path:
    """A text as our voice says it, WAV, 16 kHz. It is kept: an object with this text has its sound already.

    Raises:
        Invalid: It can't be spoken; the message says why.
    """
    await ensure_texts(services, [text])
    async with services.uow() as uow:
        found = await repository.find_sounds(uow.session, [sound_key(Spoken(text=text))])
    if not found or found[0].state != SoundState.READY:
        reason = found[0].error if found else "No voice is installed on this server."
        raise Invalid.field("text", f"can't be spoken: {reason}", hint="Upload a recording instead.")
    return services.storage.blob_path(found[0].files["wav16"])


async def import_holidays(
    uow: UnitOfWork, crypto: Crypto, principal: Principal, calendar_id: UUID, wanted: HolidayImport,
    if_match: str | None,
) -> objects.ConfigObject:  # fmt: skip
    """Adds public holidays to a calendar; days that it has already keep their names.

    Raises:
        Invalid: Unknown country or subdivision, or more than 1000 days.
        NotFound: Not there, or not for this principal.
        Stale: Changed by somebody else since it was read.
    """
    row = await objects.get(uow, principal, HolidayCalendarFields, calendar_id, for_change=True)
    kept = HolidayCalendarFields.model_validate(row.fields).holidays
    taken = {holiday.date for holiday in kept}
    new = [holiday for holiday in holidays_of(wanted) if holiday.date not in taken]
    together = sorted((*kept, *new), key=lambda holiday: holiday.date)
    changes = {"holidays": [holiday.model_dump(mode="json") for holiday in together]}
    return await objects.change(uow, crypto, principal, HolidayCalendarFields, calendar_id, changes, if_match)
