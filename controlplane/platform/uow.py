"""Unit of work: one change, one transaction, committed here and nowhere else."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from procrastinate import App
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from controlplane.platform import jobs
from controlplane.platform.event_log import EventRow
from controlplane.platform.events import Event


class UnitOfWork:
    """A transaction with what belongs to it: rows, events and jobs."""

    def __init__(self, session: AsyncSession, app: App) -> None:
        self.session = session
        self._app = app

    async def record(self, event: Event) -> None:
        """Writes an event beside the change and wakes whoever follows the log, at commit."""
        await self.record_all([event])

    async def record_all(self, events: Sequence[Event]) -> None:
        """The same for several, in their order; thousands cost hardly more than one."""
        if not events:
            return
        rows = [
            {
                "name": event.name,
                "version": event.version,
                "org_id": event.org_id,
                "location_id": event.location_id,
                "subject": event.subject,
                "occurred_at": event.occurred_at,
                "payload": event.payload(),
            }
            for event in events
        ]
        await self.session.execute(insert(EventRow), rows)
        await self.wake("events")

    async def defer(self, name: str, *, lock: str | None = None, queueing_lock: str | None = None,
                    delay_s: int = 0, **arguments: Any) -> bool:  # fmt: skip
        """Adds a job to this transaction; see `jobs.defer`."""
        return await jobs.defer(
            self._app,
            self.session,
            name,
            lock=lock,
            queueing_lock=queueing_lock,
            delay_s=delay_s,
            **arguments,
        )

    async def wake(self, topic: str) -> None:
        """At commit, wakes everyone who waits on the topic (see `wakeups`)."""
        await self.session.execute(text("SELECT pg_notify('cp_wakeups', :topic)"), {"topic": topic})


class UnitOfWorkFactory:
    """Makes units of work for one process."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession], app: App) -> None:
        self._sessions = sessions
        self._app = app

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[UnitOfWork]:
        """Commits when the block ends well, rolls everything back when it raises."""
        async with self._sessions() as session:
            yield UnitOfWork(session, self._app)
            await session.commit()
