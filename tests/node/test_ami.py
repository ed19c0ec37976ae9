"""The AMI wrapper against a small fake Asterisk: what happens when the link breaks, and what must never be sent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from controlplane.node.ami import Ami, AmiDown, AmiError, AmiEvent, AmiUnsafe

EOL = "\r\n"


class FakeAsterisk:
    """Speaks just enough AMI. Its behaviour is set by attributes."""

    def __init__(self) -> None:
        self.received: list[dict[str, str]] = []
        self.boots = True
        self.takes_login = True
        self.connections: list[asyncio.StreamWriter] = []
        self.port = 0
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server
        self._server.close()
        self.cut()

    def cut(self) -> None:
        """Drops all connections."""
        for connection in self.connections:
            connection.transport.abort()
        self.connections.clear()

    def send(self, raw: bytes) -> None:
        self.connections[-1].write(raw)

    def event(self, name: str, **fields: str) -> None:
        lines = [f"Event: {name}", *(f"{key}: {value}" for key, value in fields.items())]
        self.send((EOL.join(lines) + EOL * 2).encode())

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections.append(writer)
        writer.write(b"Asterisk Call Manager/11.0.0\r\n")
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                raw = await reader.readuntil((EOL * 2).encode())
                action = dict(line.split(": ", 1) for line in raw.decode().strip().split(EOL))
                self.received.append(action)
                self._answer(writer, action)

    def _answer(self, writer: asyncio.StreamWriter, action: dict[str, str]) -> None:
        name, number = action["Action"], action["ActionID"]

        def say(*lines: str) -> None:
            writer.write((EOL.join((*lines, f"ActionID: {number}")) + EOL * 2).encode())

        if name == "Login":
            say("Response: Success" if self.takes_login else "Response: Error", "Message: Authentication")
            if self.boots:
                writer.write(b"Event: FullyBooted\r\nStatus: Fully Booted\r\n\r\n")
        elif name == "List":
            say("Response: Success", "EventList: start")
            for item in "ab":
                say("Event: Item", f"Name: {item}")
            say("Event: ListComplete", "EventList: Complete", "ListItems: 2")
        elif name == "EmptyList":
            say("Response: Error", "Message: No Contacts found")
        elif name == "Command":
            say("Response: Success", "Message: Command output follows", "Output: one", "Output: two: 2")
        elif name == "Ping":
            say("Response: Success", "Ping: Pong")


@pytest.fixture
async def asterisk() -> AsyncIterator[FakeAsterisk]:
    asterisk = FakeAsterisk()
    await asterisk.start()
    yield asterisk
    await asterisk.stop()


@pytest.fixture
async def ami(asterisk: FakeAsterisk) -> AsyncIterator[Ami]:
    ami = Ami(asterisk.port, "noded", "secret", timeout_s=30)
    running = asyncio.ensure_future(ami.run())
    yield ami
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def up(ami: Ami) -> None:
    async with asyncio.timeout(30):
        await ami.wait_up()


async def test_lists_commands_and_refusals(ami: Ami) -> None:
    await up(ami)
    assert [item["name"] for item in await ami.list_action("List")] == ["a", "b"]
    assert await ami.command("x") == "one\ntwo: 2"
    with pytest.raises(AmiError, match="No Contacts found"):
        await ami.list_action("EmptyList")


@pytest.mark.parametrize("bad", ["a\r\nAction: Originate", "a\nb", "a\rb", "a\0b"])
async def test_nothing_breaks_out_of_its_line(asterisk: FakeAsterisk, ami: Ami, bad: str) -> None:
    await up(ami)
    for fields in ({"Value": bad}, {bad: "x"}, {"Variable": ["ok", bad]}):
        with pytest.raises(AmiUnsafe):
            await ami.action("Ping", **fields)
    assert [action["Action"] for action in asterisk.received] == ["Login"]


async def test_what_is_pending_fails_when_the_link_drops_and_the_link_comes_back(
    asterisk: FakeAsterisk, ami: Ami
) -> None:
    await up(ami)
    pending = asyncio.ensure_future(ami.action("NeverAnswered"))
    await asyncio.sleep(0.05)
    asterisk.cut()
    with pytest.raises(AmiDown, match="dropped"):
        async with asyncio.timeout(30):
            await pending
    await up(ami)
    assert await ami.command("x")
    assert [action["Action"] for action in asterisk.received].count("NeverAnswered") == 1, "it is not sent again"


async def test_a_silent_asterisk_is_not_waited_for_for_ever(ami: Ami) -> None:
    await up(ami)
    ami._timeout_s = 0.1
    with pytest.raises(AmiDown, match="in time"):
        await ami.action("NeverAnswered")


async def test_a_connection_is_not_up_before_asterisk_has_booted(asterisk: FakeAsterisk, ami: Ami) -> None:
    asterisk.boots = False
    asterisk.cut()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await ami.wait_down()
            await ami.wait_up()
    with pytest.raises(AmiDown, match="not connected"):
        await ami.action("Ping")
    asterisk.event("FullyBooted")
    await up(ami)


async def test_a_refused_login_is_tried_again(asterisk: FakeAsterisk, ami: Ami) -> None:
    asterisk.takes_login = False
    asterisk.cut()
    await asyncio.sleep(0.5)
    assert not ami.is_up
    asterisk.takes_login = True
    await up(ami)


async def test_an_asterisk_that_is_away_comes_back(asterisk: FakeAsterisk, ami: Ami) -> None:
    await up(ami)
    await asterisk.stop()
    async with asyncio.timeout(30):
        await ami.wait_down()
    with pytest.raises(AmiDown):
        await ami.action("Ping")
    await asterisk.start()
    await up(ami)


async def test_events_keep_their_order_and_their_letters(asterisk: FakeAsterisk, ami: Ami) -> None:
    await up(ami)
    for number in range(50):
        asterisk.event("Numbered", Number=str(number))
    raw = "Event: Named\r\nName: Zoë 世界\r\n\r\n".encode()
    asterisk.send(raw[:23])  # in the middle of the ë
    await asyncio.sleep(0.05)
    asterisk.send(raw[23:])
    seen: list[AmiEvent] = []
    async with asyncio.timeout(30):
        while not seen or seen[-1]["event"] != "Named":
            seen.append(await ami.events.get())
    assert [event["number"] for event in seen if event["event"] == "Numbered"] == [str(n) for n in range(50)]
    assert seen[-1]["name"] == "Zoë 世界"
    assert [event["event"] for event in seen][:2] == ["FullyBooted", "LinkUp"]
