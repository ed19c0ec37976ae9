"""A private Asterisk with hand-written configuration: none of it is rendered by our own code.

For what must not depend on the control plane: proof of the test phones themselves.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from controlplane.lab.addresses import free_port, own_address
from controlplane.lab.process import ChildProcess, LabError
from controlplane.node.base_config import self_signed

_ASTERISK_CONF = """\
[directories]
astetcdir => {home}/etc
astmoddir => {root}/usr/lib/x86_64-linux-gnu/asterisk/modules
astvarlibdir => {home}/lib
astdbdir => {home}/lib
astkeydir => {home}/lib
astdatadir => {home}/data
astspooldir => {home}/spool
astrundir => {home}/run
astlogdir => {home}/log
[options]
systemname = lab
"""


class BareAsterisk:
    """One Asterisk on a loopback address of its own; use it as an async context manager.

    Args:
        tree: its program, from `ensure_tree("asterisk")`.
        home: folder for everything it keeps.
        etc: folder with the hand-written files; `<<name>>` in them is replaced by `values[name]`, and by our own
            `address`, `port`, `tls_port` and `home`.
        values: further replacements.
    """

    def __init__(self, tree: Path, home: Path, etc: Path, values: Mapping[str, str]) -> None:
        self.home = home.resolve()
        self.sounds = self.home / "data/sounds/custom"
        self.address = own_address()
        self.port = free_port(self.address)
        self.tls_port = free_port(self.address)
        self._tree = tree
        self._program = tree / "bin" / "asterisk"
        self._etc = etc
        own = {"address": self.address, "port": self.port, "tls_port": self.tls_port, "home": self.home}
        self._values = {key: str(value) for key, value in {**own, **values}.items()}
        self._child: ChildProcess | None = None
        for name in ("etc", "lib/keys", "spool", "run", "log", "data/sounds/custom"):
            (self.home / name).mkdir(parents=True, exist_ok=True)

    @property
    def server(self) -> str:
        """Where phones and carriers reach it, "host:port"."""
        return f"{self.address}:{self.port}"

    @property
    def tls_server(self) -> str:
        """Where phones on TLS reach it, "host:port"."""
        return f"{self.address}:{self.tls_port}"

    async def __aenter__(self) -> Self:
        self._write_etc()
        child = ChildProcess(
            [self._program, "-C", self.home / "etc/asterisk.conf", "-f", "-n"],
            log=self.home / "console.log", cwd=self.home, grace_s=5,
        )  # fmt: skip
        self._child = await child.__aenter__()
        try:
            await self._wait_booted(child)
        except BaseException:
            await child.stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._child:
            await self._child.stop()

    @property
    def child(self) -> ChildProcess:
        """The running process. Raises: LabError before the start."""
        if self._child is None:
            raise LabError("Asterisk has not been started")
        return self._child

    async def cli(self, command: str) -> str:
        """Run a console command and give its answer."""
        process = await asyncio.create_subprocess_exec(
            self._program, "-C", self.home / "etc/asterisk.conf", "-rx", command,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        output, _ = await asyncio.wait_for(process.communicate(), 10)
        return output.decode(errors="replace")

    async def wait_cli(self, command: str, expected: str, timeout_s: float = 60.0) -> None:
        """Wait until a console command's answer holds a text. Raises: LabError with the last answer."""
        deadline = asyncio.get_running_loop().time() + timeout_s
        while expected not in (answer := await self.cli(command)):
            if asyncio.get_running_loop().time() > deadline:
                raise LabError(f"'{command}' did not show '{expected}' within {timeout_s:.0f} s:\n{answer}")
            await asyncio.sleep(0.1)

    async def variable(self, name: str) -> str:
        """Value of a global dialplan variable, "" if unset."""
        for line in (await self.cli("dialplan show globals")).splitlines():
            key, _, value = line.strip().partition("=")
            if key == name:
                return value
        return ""

    def make_certificate(self) -> Path:
        """A self-signed `tls.crt` with `tls.key` in `home`, for a TLS transport on this address."""
        certificate, key = self_signed("lab", [self.address])
        (self.home / "tls.key").write_bytes(key)
        path = self.home / "tls.crt"
        path.write_bytes(certificate)
        return path

    def _write_etc(self) -> None:
        share = self._tree / "root/usr/share/asterisk"
        for name in ("sounds/en", "moh", "documentation"):
            link = self.home / "data" / name
            if not link.exists():
                link.symlink_to(share / name)
        asterisk_conf = _ASTERISK_CONF.format(home=self.home, root=self._tree / "root")
        (self.home / "etc/asterisk.conf").write_text(asterisk_conf)
        for file in self._etc.glob("*.conf"):
            text = file.read_text()
            for name, value in self._values.items():
                text = text.replace(f"<<{name}>>", value)
            (self.home / "etc" / file.name).write_text(text)

    async def _wait_booted(self, child: ChildProcess, timeout_s: float = 60.0) -> None:
        deadline = asyncio.get_running_loop().time() + timeout_s
        while "fully booted" not in await self.cli("core waitfullybooted"):
            if child.returncode is not None or asyncio.get_running_loop().time() > deadline:
                raise LabError(f"Asterisk did not start\n{child.log_tail()}")
            await asyncio.sleep(0.05)
