"""What identity needs by the clock."""

from controlplane.identity import repository
from controlplane.identity.access import REFRESH_LIFE
from controlplane.kit import clock
from controlplane.platform.jobs import Queue, job
from controlplane.platform.services import Services


@job("identity.tidy", queue=Queue.ROLLUP, retry=False, cron="41 3 * * *")
async def tidy(services: Services) -> None:
    """Forgets logins that ended a month ago or more; the audit log keeps that they were."""
    async with services.uow() as uow:
        await repository.forget_sessions(uow.session, clock.now() - REFRESH_LIFE)
