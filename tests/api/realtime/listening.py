"""Listeners over real sockets."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.api.clients import Client

Json = dict[str, Any]


class Ear:
    """A listener that keeps up the list of live calls as docs say one should."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.last_id = 0
        self.live: dict[str, Json] = {}
        self.events: list[Json] = []

    async def hear(self, within_s: float = 5) -> Json:
        """The next message."""
        async with asyncio.timeout(within_s):
            message: Json = json.loads(await self.socket.recv())
        if message["type"] == "snapshot":
            self.last_id = message["as_of"]
            self.live = {call["id"]: call for call in message["live_calls"]}
        elif message["type"] == "event":
            self.last_id = message["id"]
            self.events.append(message)
            if message["name"].startswith("call."):
                self._keep_up(message)
        return message

    def _keep_up(self, message: Json) -> None:
        if message["data"]["status"] != "live":
            self.live.pop(message["subject"], None)
            return
        data = {name: value for name, value in message["data"].items() if name not in {"talk_s", "duration_s"}}
        self.live[message["subject"]] = {"id": message["subject"], "location_id": message["location_id"], **data}

    async def hear_until(self, name: str) -> Json:
        """Hears on until an event of this name."""
        while (message := await self.hear()).get("name") != name:
            pass
        return message

    async def hears_nothing(self, for_s: float = 1.3) -> bool:
        """Whether no event comes; longer than the follower's timer."""
        try:
            await self.hear(for_s)
        except TimeoutError:
            return True
        return False

    async def closed(self, within_s: float = 10) -> tuple[int, str]:
        """Code and reason with which the server closes; what it tells before is heard."""
        with pytest.raises(ConnectionClosed) as end:
            while True:
                await self.hear(within_s)
        assert end.value.rcvd is not None
        return end.value.rcvd.code, end.value.rcvd.reason


class Stage:
    """The API on a real port."""

    def __init__(self, port: int) -> None:
        self._url = f"ws://127.0.0.1:{port}/api/v1/events"

    @asynccontextmanager
    async def ear(
        self,
        client: Client | None,
        *,
        after: int | None = None,
        as_browser: bool = False,
        organization: str | None = None,
    ) -> AsyncIterator[Ear]:
        """Somebody who listens, with the login of a client."""
        token = client.headers["Authorization"].removeprefix("Bearer ") if client else ""
        headers = {"Authorization": f"Bearer {token}"} if client and not as_browser else {}
        subprotocols = [Subprotocol("bearer"), Subprotocol(token)] if as_browser else None
        asked = {"after": after, "organization": organization}
        query = f"?{urlencode({name: value for name, value in asked.items() if value is not None})}"
        async with connect(
            self._url + query,
            additional_headers=headers,
            subprotocols=subprotocols,
            compression=None,
            proxy=None,
            close_timeout=1,
        ) as socket:
            yield Ear(socket)


def ids(events: Sequence[Json]) -> list[int]:
    return [event["id"] for event in events]
