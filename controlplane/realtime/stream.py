"""One listener's stream: a snapshot or the events it has missed, then everything as it happens."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, NoReturn
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from controlplane.calls import door as calls
from controlplane.identity.door import principal_from_token
from controlplane.platform.auth import Principal
from controlplane.platform.event_log import START, Position, newest_position, position_of
from controlplane.platform.problem import NotFound, Unauthorized
from controlplane.platform.services import Services
from controlplane.realtime.audience import LoggedEvent
from controlplane.realtime.follower import PAGE, Closing, Follower, Listener
from controlplane.realtime.messages import PingMessage, SnapshotMessage

log = structlog.get_logger(__name__)

LOGGED_OUT = Closing(4401, "Please log in, then connect again with ?after= and the last id you have.")
NO_SUCH_EVENT = Closing(4404, "There is no event with this id: connect without ?after= for a snapshot.")

_PING = PingMessage().model_dump_json()


class Stream:
    """What one listener is told. Its login is looked at again every minute: who is shut out hears nothing more."""

    def __init__(
        self, services: Services, follower: Follower, principal: Principal, send: Callable[[str], Awaitable[None]]
    ) -> None:
        self._services = services
        self._follower = follower
        self._principal = principal
        self._send = send
        self._told = START

    async def run(self, after: int | None) -> Closing:
        """Tells until there is a reason to close.

        Args:
            after: Id of the last event that the listener has; None: it has nothing and wants a snapshot.
        """
        begin = await (self._snapshot() if after is None else self._position_of(after))
        if begin is None:
            return NO_SUCH_EVENT
        self._told = begin
        await self._catch_up()  # before events can wait in the queue: there may be very many
        async with self._follower.listen(self._may_hear) as listener:
            return await first_of(self._forward(listener), listener.ended())

    async def keep_login(self, token: str, ip: str | None, organization: UUID | None) -> Closing:
        """Returns when the login no longer holds, or no longer reaches this organisation."""
        while True:
            await asyncio.sleep(self._follower.pace.login_s)
            try:
                self._principal = await principal_from_token(self._services, token, ip, organization)
            except (Unauthorized, NotFound):
                return LOGGED_OUT
            except (SQLAlchemyError, OSError) as err:
                log.warning("a login can't be checked now", error=str(err))

    async def _snapshot(self) -> Position:
        """Sends the calls of now; the log's position is read first, so that nothing falls between."""
        async with self._services.uow() as uow:
            position = await newest_position(uow.session)
            may = self._principal.may("calls:read")
            live = await calls.live_states(uow.session, self._principal) if may else []
        await self._send(SnapshotMessage(as_of=position.id, live_calls=live).model_dump_json())
        return position

    async def _position_of(self, event_id: int) -> Position | None:
        async with self._services.uow() as uow:
            return await position_of(uow.session, event_id)

    async def _forward(self, listener: Listener) -> NoReturn:
        await self._catch_up()
        while True:
            try:
                async with asyncio.timeout(self._follower.pace.ping_s):
                    event = await listener.next()
            except TimeoutError:
                await self._send(_PING)
            else:
                await self._tell(event)

    async def _catch_up(self) -> None:
        """Tells what the log holds behind the last event told."""
        while True:
            events = await self._follower.page(self._told)
            for event in events:
                await self._tell(event)
            if len(events) < PAGE:
                return

    async def _tell(self, event: LoggedEvent) -> None:
        if event.position > self._told:
            self._told = event.position
            if self._may_hear(event):
                await self._send(event.text)

    def _may_hear(self, event: LoggedEvent) -> bool:
        return event.concerns(self._principal)


async def first_of(*ways: Coroutine[Any, Any, Closing]) -> Closing:
    """What the first of these says; the others are given up."""
    tasks = [asyncio.create_task(way) for way in ways]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return done.pop().result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
