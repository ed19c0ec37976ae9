"""What releases need by the clock, and on several nodes beside the nodes' reports."""

from uuid import UUID

import structlog

from controlplane.nodes import door as nodes
from controlplane.platform.jobs import Queue, job
from controlplane.platform.services import Services
from controlplane.release import repository, waves
from controlplane.release.offering import begin_wave
from controlplane.release.progress import now_live

log = structlog.get_logger(__name__)


@job("release.tidy", queue=Queue.ROLLUP, retry=False, cron="11 3 * * *")
async def tidy(services: Services) -> None:
    """Forgets what old releases said; their history, changes and node reports stay."""
    async with services.uow() as uow:
        dropped = await repository.forget_snapshots(uow.session, services.settings.releases_kept)
        known = await nodes.load_nodes(uow.session)
        in_use = {digest for one in known for digest in (one.desired_digest, one.live_digest) if digest}
        await repository.forget_manifests(uow.session, in_use)
    if dropped:
        log.info("old releases can no longer be rolled back to", releases=dropped)


@job("release.begin_wave", queue=Queue.CONTROL)
async def begin_next_wave(services: Services, release_id: str, wave: int) -> None:
    """Offers a release to the nodes of its next wave."""
    async with services.uow() as uow:
        release = await begin_wave(services, uow, UUID(release_id), wave)
        if release is not None:
            await now_live(uow, release)


@job("release.watch_waves", queue=Queue.CONTROL, retry=False, cron="* * * * *")
async def watch_waves(services: Services) -> None:
    """Passes over nodes that went away in the middle, and stops at those that say nothing."""
    async with services.uow() as uow:
        under_way = await repository.releases_under_way(uow.session)
    for release_id in under_way:
        async with services.uow() as uow:
            release = await waves.look_after(uow, release_id)
            if release is not None:
                await now_live(uow, release)
