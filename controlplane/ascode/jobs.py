"""Background work of configuration as code."""

from uuid import UUID

from controlplane.ascode import background
from controlplane.platform.jobs import Queue, job
from controlplane.platform.services import Services


@job(background.JOB, queue=Queue.ROLLUP)
async def import_(services: Services, *, import_id: str) -> None:
    """Does a long import; `GET config/imports/{id}` tells how far it is."""
    await background.run(services, UUID(import_id), background.import_configuration)


@job("ascode.tidy", queue=Queue.ROLLUP, retry=False, cron="23 3 * * *")
async def tidy(services: Services) -> None:
    """Forgets imports after 30 days."""
    await background.forget(services)
