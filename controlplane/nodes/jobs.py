"""What nodes need by the clock."""

from controlplane.nodes import queries, service
from controlplane.platform.jobs import Queue, job
from controlplane.platform.services import Services


@job("nodes.watch", queue=Queue.CONTROL, retry=False, cron="* * * * *")
async def watch(services: Services) -> None:
    """Finds nodes that went silent, and calls whose fold was not asked for because the API died in between."""
    async with services.uow() as uow:
        await service.mark_silent(uow)
        if await queries.anything_to_fold(uow.session):
            await service.wake_fold(uow)
