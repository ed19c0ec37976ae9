"""A thin ARI client: one websocket carries Asterisk's events and our REST requests.

Why not a library: docs/adr/0004-own-ari-client.md.
Source: https://docs.asterisk.org/Configuration/Interfaces/Asterisk-REST-Interface-ARI/ARI-REST-over-WebSockets/
"""

import asyncio
import base64
import contextlib
import itertools
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, WebSocketException

from controlplane.node.backoff import Backoff

log = structlog.get_logger(__name__)

JsonObject = dict[str, Any]

APPLICATION = "noded"
_TIMEOUT_S = 5.0
_MAX_MESSAGE = 64 * 1024 * 1024  # a list of 10,000 endpoints is about 2 MB


class AriError(Exception):
    """Asterisk refused a request."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{text} ({status})")
        self.status = status


class AriDown(AriError):
    """No Asterisk there, or the link dropped before the answer came: it is unknown whether the request was done."""

    def __init__(self, text: str) -> None:
        super().__init__(503, text)


class Ari:
    """A link to Asterisk's REST interface that comes back by itself.

    Attributes:
        events: what Asterisk tells of our Stasis application, in order; the oldest go first if nobody reads them.
    """

    def __init__(self, port: int, username: str, password: str) -> None:
        self.events: asyncio.Queue[JsonObject] = asyncio.Queue(maxsize=1000)
        self._uri = f"ws://127.0.0.1:{port}/ari/events?app={APPLICATION}&subscribeAll=false"
        token = base64.b64encode(f"{username}:{password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {token}"}  # in a URL it would reach Asterisk's log
        self._socket: ClientConnection | None = None
        self._up = asyncio.Event()
        self._numbers = itertools.count(1)
        self._pending: dict[str, asyncio.Future[JsonObject]] = {}

    @property
    def is_up(self) -> bool:
        """Whether the websocket stands."""
        return self._up.is_set()

    async def wait_up(self) -> None:
        """Returns as soon as the websocket stands."""
        await self._up.wait()

    async def run(self) -> None:
        """Connects, and again after each loss, until cancelled."""
        backoff = Backoff(first_s=0.1, most_s=2.0)
        while True:
            try:
                async with connect(
                    self._uri,
                    additional_headers=self._headers,
                    subprotocols=None,
                    compression=None,
                    open_timeout=_TIMEOUT_S,
                    ping_interval=15,
                    ping_timeout=15,
                    close_timeout=1,
                    max_size=_MAX_MESSAGE,
                    proxy=None,
                ) as socket:
                    self._socket = socket
                    self._up.set()
                    backoff.reset()
                    async for text in socket:
                        self._take(json.loads(text))
            except (OSError, TimeoutError, InvalidHandshake, WebSocketException, EOFError) as err:
                log.debug("ari.not_connected", reason=str(err) or type(err).__name__)
            finally:
                self._drop()
            await backoff.sleep()

    async def get(self, path: str, **query: str) -> Any:
        """Reads something, such as ``endpoints``.

        Raises:
            AriError: refused; ``status`` 404 means that there is none.
            AriDown: no link, it dropped, or the time is up.
        """
        return await self.request("GET", path, query)

    async def delete_object(self, kind: str, name: str) -> bool:
        """Removes one PJSIP object, such as a ``contact``, and tells all who watch it; False if there was none.

        Raises:
            AriError, AriDown: see :meth:`get`.
        """
        try:
            await self.request("DELETE", _object_path(kind, name))
        except AriError as err:
            if err.status == 404:
                return False
            raise
        return True

    async def originate(self, channel_id: str, parameters: JsonObject) -> None:
        """Dials; with the same ``channel_id`` once more it is refused with 409, so a repeat can't dial twice.

        Raises:
            AriError, AriDown: see :meth:`get`.
        """
        await self.request("POST", f"channels/{quote(channel_id, safe='')}", body=parameters)

    async def request(
        self, method: str, path: str, query: Mapping[str, str] | None = None, *, body: JsonObject | None = None
    ) -> Any:
        """One REST request over the socket; gives the decoded answer, None if it has no body.

        Raises:
            AriError, AriDown: see :meth:`get`.
        """
        if self._socket is None:
            raise AriDown("Asterisk is not connected")
        number = str(next(self._numbers))
        message: JsonObject = {
            "type": "RESTRequest",
            "transaction_id": number,
            "request_id": number,
            "method": method,
            "uri": path,
        }
        if query:
            message["query_strings"] = [{"name": key, "value": value} for key, value in query.items()]
        if body is not None:
            message |= {"content_type": "application/json", "message_body": json.dumps(body)}
        future: asyncio.Future[JsonObject] = asyncio.get_running_loop().create_future()
        self._pending[number] = future
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                await self._socket.send(json.dumps(message))
                answer = await future
        except TimeoutError as err:
            raise AriDown(f"Asterisk did not answer {method} {path} in time") from err
        except WebSocketException as err:
            raise AriDown("the link to Asterisk dropped") from err
        finally:
            self._pending.pop(number, None)
        return _content(answer)

    def _take(self, message: JsonObject) -> None:
        if message.get("type") != "RESTResponse":
            if self.events.full():
                self.events.get_nowait()
            self.events.put_nowait(message)
            return
        future = self._pending.get(str(message.get("request_id")))
        if future is not None and not future.done():
            future.set_result(message)

    def _drop(self) -> None:
        self._socket = None
        self._up.clear()
        for future in self._pending.values():
            if not future.done():
                future.set_exception(AriDown("the link to Asterisk dropped"))


def _object_path(kind: str, name: str) -> str:
    return f"asterisk/config/dynamic/res_pjsip/{kind}/{quote(name, safe='')}"


def _content(answer: JsonObject) -> Any:
    status = int(answer.get("status_code", 500))
    text = answer.get("message_body") or ""
    content: Any = None
    with contextlib.suppress(ValueError):
        content = json.loads(text) if text else None
    if status >= 400:
        said = content.get("message") or content.get("error") if isinstance(content, dict) else None
        raise AriError(status, str(said or answer.get("reason_phrase") or "Asterisk refused the request"))
    return content
