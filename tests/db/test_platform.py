"""Events and jobs on a real database."""

import asyncio

import pytest
from sqlalchemy import text

from controlplane.kit.ids import new_id
from controlplane.platform import wakeups
from controlplane.platform.event_log import START, Position, read_events
from controlplane.platform.events import Event
from controlplane.platform.services import Services


class Happened(Event):
    name = "test.happened"
    size: int


def happened(size: int) -> Happened:
    return Happened(org_id=new_id(), subject="x", size=size)


async def test_a_follower_never_steps_over_an_event_that_commits_late(services: Services) -> None:
    async with services.uow() as slow:
        await slow.record(happened(1))
        async with services.uow() as quick:
            await quick.record(happened(2))
        async with services.uow() as reader:
            assert await read_events(reader.session, after=START) == []
    async with services.uow() as reader:
        events = await read_events(reader.session, after=START)
    assert [event.payload["size"] for event in events] == [1, 2]


async def test_nor_over_one_of_a_later_transaction_that_took_its_id_earlier(services: Services) -> None:
    async with services.uow() as early:
        await early.session.execute(text("SELECT pg_current_xact_id()"))
        async with services.uow() as late:
            await late.record(happened(1))
            await early.record(happened(2))
            await early.session.commit()
            async with services.uow() as reader:
                first = await read_events(reader.session, after=START)
    last = Position(first[-1].tx, first[-1].id)
    async with services.uow() as reader:
        then = await read_events(reader.session, after=last)
    assert [event.payload["size"] for event in (*first, *then)] == [2, 1]


async def test_an_error_leaves_neither_event_nor_wakeup(services: Services) -> None:
    with pytest.raises(RuntimeError):
        async with services.uow() as uow:
            await uow.record(happened(1))
            raise RuntimeError
    async with services.uow() as uow:
        assert await uow.session.scalar(text("SELECT count(*) FROM event_log")) == 0


async def test_a_commit_wakes_those_who_wait(services: Services) -> None:
    await services.wakeups.start()
    with services.wakeups.subscribe("events") as woken:
        await wakeups.wait(woken, 0.5)  # the listener's own first look
        waiting = asyncio.create_task(wakeups.wait(woken, 5))
        async with services.uow() as uow:
            await uow.record(happened(1))
        assert await waiting


async def test_a_job_that_waits_already_is_not_added_and_spoils_nothing(services: Services) -> None:
    async with services.uow() as uow:
        assert await uow.defer("nodes.watch", queueing_lock="one")
        assert not await uow.defer("nodes.watch", queueing_lock="one")
        await uow.record(happened(1))
    async with services.uow() as uow:
        assert await uow.session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 1
        assert await uow.session.scalar(text("SELECT count(*) FROM event_log")) == 1
