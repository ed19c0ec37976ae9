"""Follows the event log once for all listeners of this process."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import SQLAlchemyError

from controlplane.platform import wakeups
from controlplane.platform.event_log import START, Position, newest_position, read_events
from controlplane.platform.problem import Unavailable
from controlplane.platform.services import Services
from controlplane.realtime.audience import LoggedEvent, prepare

log = structlog.get_logger(__name__)

PAGE = 500
LOOK_S = 1.0
"""How often the log is looked at without being woken: an event that was held back by another transaction."""
LOOK_AGAIN_S = 0.1
"""How soon it is looked at again after being woken, for the same reason."""


@dataclass(frozen=True, slots=True)
class Closing:
    """Why a socket is closed. Codes from 4000 are ours; 1012 is "service restart" (RFC 6455, IANA registry)."""

    code: int
    reason: str


TOO_SLOW = Closing(4408, "Too slow: connect again with ?after= and the last id you have.")
STOPPING = Closing(1012, "The server is about to stop: connect again with ?after= and the last id you have.")


@dataclass(slots=True)
class Pace:
    """How the stream is run.

    Attributes:
        backlog: So many events may wait for a listener before it is sent away.
        ping_s: After so many seconds of silence there is a ping.
        login_s: A listener's login is looked at again so often, in seconds.
    """

    backlog: int = 1000
    ping_s: float = 20.0
    login_s: float = 60.0


class Listener:
    """One socket's place: the events that wait for it, and whether it has to go."""

    def __init__(self, may_hear: Callable[[LoggedEvent], bool], backlog: int) -> None:
        self._may_hear = may_hear
        self._waiting: asyncio.Queue[LoggedEvent] = asyncio.Queue(backlog)
        self._closing: asyncio.Future[Closing] = asyncio.get_running_loop().create_future()

    def offer(self, event: LoggedEvent) -> None:
        """Puts an event in its queue if it may hear of it; sends it away if the queue is full."""
        if not self._may_hear(event):
            return
        try:
            self._waiting.put_nowait(event)
        except asyncio.QueueFull:
            self.end(TOO_SLOW)

    def end(self, closing: Closing) -> None:
        """Sends it away."""
        if not self._closing.done():
            self._closing.set_result(closing)

    async def next(self) -> LoggedEvent:
        """The next event."""
        return await self._waiting.get()

    async def ended(self) -> Closing:
        """Returns when it has to go."""
        return await asyncio.shield(self._closing)


class Follower:
    """Reads the event log and hands each event to every listener that may hear of it."""

    def __init__(self, services: Services) -> None:
        self.pace = Pace()
        self._services = services
        self._listeners: set[Listener] = set()
        self._position = START
        self._reading = asyncio.Lock()
        self._stopped = False

    async def run(self) -> None:
        """Follows until the process is about to stop, then sends all listeners away."""
        woken = False
        with self._services.wakeups.subscribe("events") as news:
            while not self._stopped:
                try:
                    woken = await wakeups.wait(news, LOOK_AGAIN_S if woken else LOOK_S)
                    await self._read_on()
                except Unavailable:
                    self._stopped = True
                except (SQLAlchemyError, OSError) as err:
                    log.warning("the event log can't be read now", error=str(err))
        for listener in self._listeners:
            listener.end(STOPPING)

    @asynccontextmanager
    async def listen(self, may_hear: Callable[[LoggedEvent], bool]) -> AsyncIterator[Listener]:
        """A listener that gets every event that is settled from now on, those before not."""
        listener = Listener(may_hear, self.pace.backlog)
        async with self._reading:
            if not self._listeners:
                async with self._services.uow() as uow:
                    self._position = await newest_position(uow.session)
            self._listeners.add(listener)
        if self._stopped:
            listener.end(STOPPING)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    async def page(self, after: Position) -> Sequence[LoggedEvent]:
        """The next events of the log, at most `PAGE`."""
        async with self._services.uow() as uow:
            return await prepare(uow.session, await read_events(uow.session, after=after, limit=PAGE))

    async def _read_on(self) -> None:
        async with self._reading:
            while self._listeners:
                events = await self.page(self._position)
                for event in events:
                    for listener in self._listeners:
                        listener.offer(event)
                    self._position = event.position
                if len(events) < PAGE:
                    return
