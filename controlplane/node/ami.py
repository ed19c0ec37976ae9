"""The one door to Asterisk's manager interface: panoramisk, made safe.

panoramisk sends line breaks as they are, keeps actions pending for ever when the link drops, and does not keep the
order of events. This wrapper refuses, fails and queues instead; nothing else imports panoramisk.
"""

import asyncio
import contextlib
import functools
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import structlog
from panoramisk import Manager
from panoramisk.actions import Action
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.message import Message

from controlplane.node.backoff import Backoff

log = structlog.get_logger(__name__)

AmiEvent = dict[str, Any]
"""One message by header name in lower case; a header that came more than once has a list."""

_HOST = "127.0.0.1"
_FORBIDDEN = frozenset("\r\n\0")
_CONNECT_TIMEOUT_S = 5.0
_PING_EVERY_S = 15.0
_BULK_S = 120.0
_BULK_PART = 200  # Asterisk's answers must find room while it still reads


class AmiError(Exception):
    """Asterisk refused an action; the text is its own."""


class AmiDown(AmiError):
    """No Asterisk there, or the link dropped before the answer came: it is unknown whether the action was done."""


class AmiUnsafe(ValueError):
    """A key or value would break out of its header line."""


class _Action(Action):  # type: ignore[misc]  # panoramisk ships no types
    """An action that knows from its caller whether a list follows; panoramisk guesses, and waits on after an error."""

    @property
    def multi(self) -> bool:
        return bool(self.as_list) and self.responses[0].response == "Success"

    @property
    def completed(self) -> bool:
        last: Message = self.responses[-1]
        return last.event.endswith("Complete") or not self.multi


class _Protocol(AMIProtocol):  # type: ignore[misc]
    """Bytes are carried as Latin-1 and turned to UTF-8 per value: a character cut by a packet border survives."""

    closed: bool

    def close(self) -> None:
        """Drops the link; whoever waits is told by the owner."""
        if not self.closed:
            self.closed = True
            self.transport.close()

    def handle_message(self, message: Message) -> None:
        try:
            super().handle_message(message)
        except Exception:  # one odd message must not end the link
            log.warning("ami.message_dropped", event=message.get("event"), exc_info=True)


class _Link(Manager):  # type: ignore[misc]
    """One connection's life; a new one is made for each attempt, so nothing of the old one leaks into it."""

    def __init__(self, events: asyncio.Queue[AmiEvent], on_lost: Callable[["_Link"], None], **config: Any) -> None:
        super().__init__(protocol_factory=_Protocol, encoding="latin-1", **config)
        self.lost = asyncio.Event()
        self.booted = asyncio.Event()
        self.pending: set[asyncio.Future[Any]] = set()
        self._events = events
        self._on_lost = on_lost

    def dispatch(self, event: Message) -> list[str]:
        if event.event == "FullyBooted":
            self.booted.set()
        self._events.put_nowait(_plain(event))
        return []

    def connection_lost(self, _exc: BaseException | None) -> None:
        self.lost.set()
        self.close()
        self._on_lost(self)
        for future in list(self.pending):
            if not future.done():
                future.set_exception(AmiDown("the link to Asterisk dropped"))


class Ami:
    """A link to Asterisk that comes back by itself.

    Attributes:
        events: what Asterisk tells, in order. A message with ``event`` = ``LinkUp`` or ``LinkDown`` is ours: all that
            was known before a ``LinkUp`` is to be read anew.
    """

    def __init__(self, port: int, username: str, secret: str, *, timeout_s: float = 5.0) -> None:
        self.events: asyncio.Queue[AmiEvent] = asyncio.Queue()
        self._port, self._username, self._secret = port, username, secret
        self._timeout_s = timeout_s
        self._link: _Link | None = None
        self._up = asyncio.Event()
        self._down = asyncio.Event()
        self._down.set()

    @property
    def is_up(self) -> bool:
        """Whether Asterisk is connected and fully booted."""
        return self._up.is_set()

    async def wait_up(self) -> None:
        """Returns as soon as Asterisk is connected and fully booted."""
        await self._up.wait()

    async def wait_down(self) -> None:
        """Returns as soon as the link is lost."""
        await self._down.wait()

    async def run(self) -> None:
        """Connects, and again after each loss, until cancelled."""
        backoff = Backoff(first_s=0.1, most_s=2.0)
        while True:
            login = {"username": self._username, "secret": self._secret}
            link = _Link(self.events, self._lost, host=_HOST, port=self._port, **login)
            try:
                await self._log_in(link)
                self._link = link
                self._down.clear()
                self._up.set()
                self.events.put_nowait({"event": "LinkUp"})
                backoff.reset()
                await self._ping_until_lost(link)
            except (OSError, TimeoutError, AmiError) as err:
                log.debug("ami.not_connected", reason=str(err) or type(err).__name__)
            finally:
                link.connection_lost(None)
            await backoff.sleep()

    async def action(self, name: str, *, timeout_s: float | None = None, **fields: str | Iterable[str]) -> AmiEvent:
        """Does one action and gives its answer.

        Raises:
            AmiUnsafe: a key or value holds CR, LF or NUL; nothing was sent.
            AmiError: Asterisk refused.
            AmiDown: no link, or it dropped meanwhile, or the time is up.
        """
        answers = await self._send(name, fields, as_list=False, timeout_s=timeout_s)
        return answers[0]

    async def list_action(
        self, name: str, *, timeout_s: float | None = None, **fields: str | Iterable[str]
    ) -> list[AmiEvent]:
        """Does an action that answers with a list, such as ``QueueStatus``; gives its items only.

        Raises:
            AmiUnsafe, AmiError, AmiDown: see :meth:`action`.
        """
        answers = await self._send(name, fields, as_list=True, timeout_s=timeout_s)
        return answers[1:-1]  # the Response comes first, the ...Complete event last

    async def command(self, line: str, *, timeout_s: float | None = None) -> str:
        """Gives the output of one command of Asterisk's command line.

        Raises:
            AmiUnsafe, AmiError, AmiDown: see :meth:`action`.
        """
        answer = await self.action("Command", timeout_s=timeout_s, Command=line)
        output = answer.get("output", "")
        return "\n".join(output) if isinstance(output, list) else str(output)

    async def bulk(self, actions: Iterable[Mapping[str, str]]) -> None:
        """Does thousands of small actions in order, over a connection of their own; 30,000 take two seconds.

        Raises:
            AmiUnsafe: a key or value holds CR, LF or NUL; some may have been done.
            AmiError: Asterisk refused one; those before it are done.
            AmiDown: no link, or it dropped, or the time is up; some may have been done.
        """
        try:
            async with asyncio.timeout(_BULK_S):
                reader, writer = await asyncio.open_connection(_HOST, self._port)
                try:
                    await reader.readline()  # the greeting
                    login = {"Username": self._username, "Secret": self._secret}
                    await _exchange(reader, writer, [{"Action": "Login", "Events": "off", **login}])
                    waiting = iter(actions)
                    while part := list(itertools.islice(waiting, _BULK_PART)):
                        await _exchange(reader, writer, part)
                finally:
                    writer.close()
        except (OSError, EOFError, TimeoutError) as err:
            raise AmiDown("the link to Asterisk dropped") from err

    async def _log_in(self, link: _Link) -> None:
        async with asyncio.timeout(_CONNECT_TIMEOUT_S):
            await link.connect()
            await asyncio.sleep(0)  # panoramisk sends the login from the connect task's callback
            if link.authenticated_future is None:
                raise AmiDown("the connection closed at once")
            answer = await link.authenticated_future
        if not answer.success:
            raise AmiError(f"Asterisk refused noded's login: {answer.message}")
        async with asyncio.timeout(60):  # modules may take their time to load
            await _first(link.booted, link.lost)
        if link.lost.is_set():
            raise AmiDown("the link dropped while Asterisk was booting")

    async def _ping_until_lost(self, link: _Link) -> None:
        while not link.lost.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_PING_EVERY_S):
                    await link.lost.wait()
                return
            if not link.pending:  # Asterisk does a session's actions in turn: behind a reload of seconds a ping waits
                await self.action("Ping")

    def _lost(self, link: _Link) -> None:
        if self._link is link:
            self._link = None
            self._up.clear()
            self._down.set()
            self.events.put_nowait({"event": "LinkDown"})

    async def _send(
        self, name: str, fields: Mapping[str, str | Iterable[str]], *, as_list: bool, timeout_s: float | None
    ) -> list[AmiEvent]:
        message = {"Action": name, **{_safe(key): _header(value) for key, value in fields.items()}}
        link = self._link
        if link is None or link.lost.is_set():
            raise AmiDown("Asterisk is not connected")
        # An Action, not a dict: panoramisk gives dicts with a Command a second id that Asterisk does not send back.
        future = link.send_action(_Action(message), as_list=as_list)
        link.pending.add(future)
        try:
            async with asyncio.timeout(timeout_s or self._timeout_s):
                answer = await future
        except TimeoutError as err:
            raise AmiDown(f"Asterisk did not answer {name} in time") from err
        finally:
            link.pending.discard(future)
        messages = [_plain(item) for item in (answer if isinstance(answer, list) else [answer])]
        if messages[0].get("response") not in {"Success", "Follows", "Goodbye"}:
            raise AmiError(_refusal(name, messages[0]))
        return messages


async def _exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, actions: Sequence[Mapping[str, str]]
) -> None:
    for action in actions:
        lines = "".join(f"{_safe(key)}: {_safe(value)}\r\n" for key, value in action.items())
        writer.write(f"{lines}\r\n".encode("latin-1"))
    await writer.drain()
    left = len(actions)
    while left:
        answer = (await reader.readuntil(b"\r\n\r\n")).decode(errors="replace")
        if not answer.startswith("Response:"):
            continue  # an event that was on its way
        if not answer.startswith("Response: Success"):
            raise AmiError(answer.partition("Message: ")[2].partition("\r\n")[0] or answer.strip())
        left -= 1


async def _first(*events: asyncio.Event) -> None:
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()


def _refusal(name: str, answer: AmiEvent) -> str:
    output = answer.get("output")  # of a Command; its message says only that output follows
    text = "\n".join(output) if isinstance(output, list) else output
    return str(text or answer.get("message") or f"{name} was refused")


def _safe(text: str) -> str:
    if not _FORBIDDEN.isdisjoint(text):
        raise AmiUnsafe(f"a line break or NUL can't be sent to Asterisk: {text[:40]!r}")
    return text.encode().decode("latin-1")


def _header(value: str | Iterable[str]) -> str | list[str]:
    return _safe(value) if isinstance(value, str) else [_safe(item) for item in value]


@functools.lru_cache(maxsize=512)
def _lower(key: str) -> str:
    return key.lower()


def _text(value: str) -> str:
    return value if value.isascii() else value.encode("latin-1").decode("utf-8", "replace")


def _plain(message: Message) -> AmiEvent:
    return {
        _lower(key): [_text(item) for item in value] if isinstance(value, list) else _text(str(value))
        for key, value in message.items()
    }
