"""What releases need by the clock."""

import structlog

from controlplane.platform.jobs import Queue, job
from controlplane.platform.services import Services
from controlplane.release import repository

log = structlog.get_logger(__name__)


@job("release.tidy", queue=Queue.ROLLUP, retry=False, cron="11 3 * * *")
async def tidy(services: Services) -> None:
    """Forgets what old releases said; their history, changes and node reports stay."""
    async with services.uow() as uow:
        dropped = await repository.forget_snapshots(uow.session, services.settings.releases_kept)
    if dropped:
        log.info("old releases can no longer be rolled back to", releases=dropped)
