"""Which sounds can be played now."""

from collections.abc import Collection, Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.kit.destination import Spoken
from controlplane.objects.schemas import ObjectFields, Stored
from controlplane.telephony import repository
from controlplane.telephony.configuration import Sound, sound_key
from controlplane.telephony.schemas import PromptFields, SoundState


async def ready_sounds(
    session: AsyncSession, stored: Collection[Stored[ObjectFields]], texts: Collection[str]
) -> Mapping[str, Sound]:
    """Sounds by key. A prompt with a text has the sound of its text."""
    prompts = {one.id: one.fields.text for one in stored if type(one.fields) is PromptFields}  # 27,000 may be looked at
    keys = {sound_key(Spoken(text=text)) for text in texts}
    uploads = {sound_key(Spoken(prompt_id=prompt_id)) for prompt_id, text in prompts.items() if text is None}
    found = {
        row.key: Sound(row.files, row.duration_ms)
        for row in await repository.find_sounds(session, keys | uploads)
        if row.state == SoundState.READY
    }
    for prompt_id, text in prompts.items():
        if text is not None and (sound := found.get(sound_key(Spoken(text=text)))):
            found[sound_key(Spoken(prompt_id=prompt_id))] = sound
    return found


async def failed_sounds(
    session: AsyncSession, prompts: Collection[Stored[PromptFields]], missing: Collection[str]
) -> int:
    """How many of the missing sounds could not be made. A prompt with a text has the sound of its text."""
    texts = {sound_key(Spoken(prompt_id=one.id)): one.fields.text for one in prompts}
    keys = {sound_key(Spoken(text=text)) if (text := texts.get(key)) else key for key in missing}
    return sum(row.state == SoundState.FAILED for row in await repository.find_sounds(session, keys))
