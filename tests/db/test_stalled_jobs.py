"""Jobs whose worker was killed are done all the same."""

from typing import Any

import pytest
from sqlalchemy import text

from controlplane.entrypoints import declared_jobs as _declared_jobs  # noqa: F401
from controlplane.platform.jobs import MAX_ATTEMPTS, take_up_stalled
from controlplane.platform.services import Services


@pytest.fixture
async def begun(services: Services) -> int:
    """A job over which its worker died a minute ago; gives its id."""
    async with services.uow() as uow:
        await uow.defer("calls.fold", queueing_lock="calls.fold")
    manager = services.app.job_manager
    job = await manager.fetch_job(queues=["call"], worker_id=await manager.register_worker())
    assert job is not None
    assert job.id is not None
    await _run(services, "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
    return job.id


async def _run(services: Services, statement: str) -> None:
    async with services.uow() as uow:
        await uow.session.execute(text(statement))


async def _jobs(services: Services) -> dict[int, tuple[str, int]]:
    async with services.uow() as uow:
        rows = await uow.session.execute(text("SELECT id, status, attempts FROM procrastinate_jobs"))
        return {id_: (status, attempts) for id_, status, attempts in rows}


async def test_a_job_is_given_back_when_its_worker_is_silent(services: Services, begun: int) -> None:
    await take_up_stalled(services)
    assert await _jobs(services) == {begun: ("todo", 1)}


async def test_a_job_of_a_living_worker_is_left_alone(services: Services, begun: int) -> None:
    await _run(services, "UPDATE procrastinate_workers SET last_heartbeat = now()")
    await take_up_stalled(services)
    assert await _jobs(services) == {begun: ("doing", 0)}


@pytest.mark.parametrize(("attempts", "status"), [(MAX_ATTEMPTS - 1, "todo"), (MAX_ATTEMPTS, "failed")])
async def test_a_job_that_kills_its_workers_is_given_up(
    services: Services, begun: int, attempts: int, status: str
) -> None:
    await _run(services, f"UPDATE procrastinate_jobs SET attempts = {attempts}")
    await take_up_stalled(services)
    found: Any = (await _jobs(services))[begun]
    assert found[0] == status


async def test_a_job_whose_place_was_taken_makes_way(services: Services, begun: int) -> None:
    async with services.uow() as uow:
        assert await uow.defer("calls.fold", queueing_lock="calls.fold")
    await take_up_stalled(services)
    jobs = await _jobs(services)
    assert jobs.pop(begun)[0] == "failed"
    assert [status for status, _ in jobs.values()] == ["todo"]
