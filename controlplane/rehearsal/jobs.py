"""Jobs of rehearsals, and what is asked before an apply."""

import asyncio
from uuid import UUID

from controlplane.identity.door import system_principal
from controlplane.kit import clock
from controlplane.platform.jobs import Queue, job
from controlplane.platform.services import Services
from controlplane.rehearsal import flow_tests, repository
from controlplane.release import door as release

release.before_apply(flow_tests.before_apply)


@job("rehearsal.run", queue=Queue.CONTROL, retry=False)
async def run(services: Services, *, run_id: str, org_id: str) -> None:
    """Plays a run of flow tests."""
    await flow_tests.do_run(services, system_principal(UUID(org_id)), UUID(run_id))


@job("rehearsal.tidy", queue=Queue.ROLLUP, retry=False, cron="47 3 * * *")
async def tidy(services: Services) -> None:
    """Forgets staged bundles of yesterday and runs of the last quarter."""
    async with services.uow() as uow:
        await repository.forget_runs(uow.session, clock.now() - flow_tests.RUNS_KEPT)
    await asyncio.to_thread(release.forget_staged, services)
