"""Wake-ups between processes by PostgreSQL's LISTEN/NOTIFY: only a hint "look again", never data.

A lost connection loses hints; every waiter therefore also looks again after its own timeout.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Iterator

import psycopg
import structlog

from controlplane.platform.db import plain_url
from controlplane.platform.problem import Unavailable

log = structlog.get_logger(__name__)
RECONNECT_S = 1.0


class Waiting(asyncio.Event):
    """Set when a topic is woken. ``ending``: the process is about to stop and nobody should wait on."""

    ending = False


class Wakeups:
    """Lets coroutines of this process wait for a topic that any process may wake."""

    def __init__(self, database_url: str) -> None:
        self._url = plain_url(database_url)
        self._waiting: dict[str, set[Waiting]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None
        self._ending = False

    async def start(self) -> None:
        """Begins to listen."""
        self._task = asyncio.create_task(self._listen(), name="wakeups")

    async def stop(self) -> None:
        """Ends listening."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def send_away(self) -> None:
        """Ends all waiting, now and later: long polls must not hold up a stop."""
        self._ending = True
        for events in list(self._waiting.values()):
            for event in events:
                event.ending = True
                event.set()

    @contextlib.contextmanager
    def subscribe(self, *topics: str) -> Iterator[Waiting]:
        """An event that is set when one of the topics is woken. Subscribe first, then look, then wait."""
        event = Waiting()
        event.ending = self._ending
        for topic in topics:
            self._waiting[topic].add(event)
        try:
            yield event
        finally:
            for topic in topics:
                self._waiting[topic].discard(event)
                if not self._waiting[topic]:
                    del self._waiting[topic]

    def _wake(self, topic: str) -> None:
        for event in self._waiting.get(topic, ()):
            event.set()

    async def _listen(self) -> None:
        told = False
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
                    await connection.execute("LISTEN cp_wakeups")
                    told = False
                    for topic in list(self._waiting):
                        self._wake(topic)  # whatever was missed while away
                    async for note in connection.notifies():
                        self._wake(note.payload)
            except (psycopg.Error, OSError) as err:
                if not told:
                    log.warning("wake-ups lost the database", error=str(err))
                told = True
            await asyncio.sleep(RECONNECT_S)


async def wait(event: Waiting, timeout_s: float) -> bool:
    """Waits for a wake-up; False when the time ran out.

    Raises:
        Unavailable: The process is about to stop.
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0 if event.ending else timeout_s):
            await event.wait()
    if event.ending:
        raise Unavailable("The server is about to stop.", hint="Ask again in a moment.")
    woken = event.is_set()
    event.clear()
    return woken
