"""Talk to one baresip process: its configuration, its control socket and its SIP trace.

Source: baresip 1.1.0, modules/ctrl_tcp (netstrings with JSON inside) and docs/examples/config.
"""

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from controlplane.lab.process import LabError

_CONFIG = """\
sip_listen {address}:{sip_port}
net_interface {address}
audio_source aufile,{source}
audio_player aufile,{heard}
audio_alert aufile,/dev/null
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
rtp_ports {rtp_ports}
call_local_timeout 600
call_max_calls 64
statmode_default off
{tls}module_path {modules}
module g711.so
module g722.so
module aufile.so
module srtp.so
module_app menu.so
module_app mwi.so
module_app ctrl_tcp.so
ctrl_tcp_listen {address}:{control_port}
"""

Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class BaresipTools:
    """Where baresip lies: its program and the folder with its modules."""

    program: Path
    modules: Path

    @classmethod
    def from_tree(cls, tree: Path) -> "BaresipTools":
        """Find both in a runtime tree made by `ensure_tree("phones")`. Raises: LabError if one is missing."""
        program = tree / "bin" / "baresip"
        found = sorted(tree.glob("**/lib/baresip/modules"))
        if not program.exists() or not found:
            raise LabError(f"no baresip with modules in {tree}")
        return cls(program, found[0])


@dataclass(frozen=True, slots=True)
class SipMessage:
    """One SIP message from the trace, as it was on the wire."""

    sent: bool
    text: str

    @property
    def first_line(self) -> str:
        """Request or status line."""
        return self.text.split("\n", 1)[0].strip()

    def header(self, name: str) -> str | None:
        """Value of the first header of that name, or None."""
        match = re.search(rf"^{re.escape(name)}:[ \t]*(.*?)\r?$", self.text, re.MULTILINE | re.IGNORECASE)
        return match.group(1) if match else None


def write_config(folder: Path, *, ca_file: Path | None, **values: object) -> None:
    """Write `config` into a phone's folder; `values` are the names in curly brackets above."""
    tls = f"sip_cafile {ca_file}\n" if ca_file else ""
    (folder / "config").write_text(_CONFIG.format(tls=tls, **values))


def read_trace(text: str, address: str) -> list[SipMessage]:
    """All SIP messages in the output of a baresip that was started with `-s`, oldest first."""
    found = re.finditer(r"\x1b\[36;1m#\n\w+ (\S+) -> \S+\n(.*?)\x1b\[;m", text, re.DOTALL)
    return [SipMessage(match.group(1).startswith(f"{address}:"), match.group(2)) for match in found]


class Control:
    """The control connection: sends commands, hands events to a callback in their order."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, on_event: Callable[[Message], None]
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._on_event = on_event
        self._pending: dict[str, asyncio.Future[Message]] = {}
        self._sent = 0
        self._reading = asyncio.create_task(self._read())

    async def command(self, name: str, params: str = "", *, timeout_s: float = 20.0) -> str:
        """Run a command and give its answer's text. Raises: LabError when refused or unanswered."""
        self._sent += 1
        token = str(self._sent)
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._pending[token] = answer
        message = {"command": name, "token": token} | ({"params": params} if params else {})
        data = json.dumps(message).encode()
        try:
            self._writer.write(b"%d:%b," % (len(data), data))
            async with asyncio.timeout(timeout_s):
                await self._writer.drain()
                reply = await answer
        except (TimeoutError, ConnectionError) as error:
            raise LabError(f"baresip gave no answer to '{name} {params}': {error!r}") from error
        finally:
            self._pending.pop(token, None)
        if not reply.get("ok"):
            raise LabError(f"baresip refused '{name} {params}': {reply.get('data')}")
        return str(reply.get("data", ""))

    async def close(self) -> None:
        """End the connection and its reader."""
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)
        self._writer.close()

    async def _read(self) -> None:
        try:
            while True:
                length = int((await self._reader.readuntil(b":"))[:-1])
                message = json.loads((await self._reader.readexactly(length + 1))[:-1])
                self._dispatch(message)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            for future in self._pending.values():
                if not future.done():
                    future.set_exception(ConnectionError(f"control connection ended: {error}"))

    def _dispatch(self, message: Message) -> None:
        if message.get("event"):
            self._on_event(message)
        elif (future := self._pending.get(str(message.get("token")))) and not future.done():
            future.set_result(message)


async def connect(
    address: str, port: int, on_event: Callable[[Message], None], *, alive: Callable[[], bool], timeout_s: float
) -> Control:
    """Connect as soon as baresip listens. Raises: LabError when it ends first or never listens."""
    deadline = asyncio.get_running_loop().time() + timeout_s
    while True:
        try:
            return Control(*await asyncio.open_connection(address, port), on_event)
        except OSError:
            if not alive() or asyncio.get_running_loop().time() > deadline:
                raise LabError("baresip did not open its control socket") from None
            await asyncio.sleep(0.02)
