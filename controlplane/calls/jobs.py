"""What calls need in the background."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog

from controlplane.calls import inbox, lost, mail, media, repository
from controlplane.calls.folding import fold_calls
from controlplane.kit import clock
from controlplane.nodes import door as nodes
from controlplane.platform.jobs import Queue, job
from controlplane.platform.services import Services

log = structlog.get_logger(__name__)

BATCH = 200
SILENT = timedelta(hours=6)
"""A live call without news for so long is closed as "end unknown"; if its end comes after all, that counts."""
ORIGINATIONS_KEPT = timedelta(days=7)


@job("calls.fold", queue=Queue.CALL)
async def fold(services: Services) -> None:
    """Turns new facts into call records, batch by batch until nothing waits."""
    while await _fold_some(services):
        pass


async def _fold_some(services: Services) -> bool:
    async with services.uow() as uow:
        keys = await nodes.take_calls_to_fold(uow.session, BATCH)
        for node in {node for node, linkedid in keys if not linkedid}:
            keys += await lost.close_calls_of_stopped_asterisk(uow.session, node)
        facts = await nodes.load_facts(uow.session, {key for key in keys if key[1]})
        await fold_calls(uow, facts)
    return bool(keys)


@job("calls.expire", queue=Queue.ROLLUP, retry=False, cron="17 * * * *")
async def expire(services: Services) -> None:
    """Closes calls whose end never came."""
    async with services.uow() as uow:
        keys = await lost.close_silent_calls(uow.session, clock.now() - SILENT)
        await fold_calls(uow, await nodes.load_facts(uow.session, keys))
    if keys:
        log.warning("calls closed without an end of their own", calls=len(keys))


@job("calls.tidy", queue=Queue.ROLLUP, retry=False, cron="29 3 * * *")
async def tidy(services: Services) -> None:
    """Forgets what calls were asked for a week ago; their records stay."""
    async with services.uow() as uow:
        await repository.forget_originations(uow.session, clock.now() - ORIGINATIONS_KEPT)


@job("calls.transcribe", queue=Queue.MEDIA)
async def transcribe(services: Services, *, transcript_id: str) -> None:
    """Hears a recording or a message."""
    await media.transcribe(services, UUID(transcript_id))


@job("calls.mail_voicemail", queue=Queue.WEBHOOK)
async def mail_voicemail(services: Services, *, voicemail_id: str) -> None:
    """Mails a message to its box's owner, once."""
    await mail.mail_voicemail(services, UUID(voicemail_id))


@job("calls.purge_voicemail", queue=Queue.CALL)
async def purge_voicemail(services: Services, *, voicemail_id: str, deleted_at: str) -> None:
    """Ends a message that was deleted then and not brought back."""
    await inbox.purge_voicemail(services, UUID(voicemail_id), datetime.fromisoformat(deleted_at))
