"""What nodes need by the clock."""

from datetime import timedelta

from controlplane.kit import clock
from controlplane.nodes import queries, repository, service
from controlplane.nodes.heartbeat import mark_silent
from controlplane.platform.jobs import Queue, job
from controlplane.platform.services import Services

COMMANDS_KEPT = timedelta(days=7)


@job("nodes.watch", queue=Queue.CONTROL, retry=False, cron="* * * * *")
async def watch(services: Services) -> None:
    """Finds nodes that went silent, and calls whose fold was not asked for because the API died in between."""
    async with services.uow() as uow:
        await mark_silent(uow)
        if await queries.anything_to_fold(uow.session):
            await service.wake_fold(uow)


@job("nodes.tidy", queue=Queue.ROLLUP, retry=False, cron="43 3 * * *")
async def tidy(services: Services) -> None:
    """Forgets commands and codes that were over a week ago."""
    async with services.uow() as uow:
        await repository.forget_commands(uow.session, clock.now() - COMMANDS_KEPT)
