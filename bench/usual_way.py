"""The same change as the field makes it: all files written anew, `module reload res_pjsip.so`, `dialplan reload`."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path

from controlplane.lab.addresses import free_port, own_address
from controlplane.node.base_config import write_base_config
from controlplane.node.layout import AsteriskLayout, AsteriskPorts
from controlplane.node.runtime import run_cli, start_asterisk, stop_asterisk, wait_booted

_RELOADS = ("module reload res_pjsip.so", "dialplan reload", "queue reload all")
_PATIENCE_S = 120.0


class UsualWay:
    """An Asterisk of its own with a release's files, its phones among them, as pjsip.conf has them."""

    def __init__(self, folder: Path, tree: Path, release: Path) -> None:
        address = own_address()
        sip, sip_tls, wss = (free_port(address) for _ in range(3))
        ari, ami = (free_port("127.0.0.1") for _ in range(2))
        ports = AsteriskPorts(sip, sip_tls, wss, ari, ami, 30_000, 31_000)
        self._layout = AsteriskLayout(root=folder, tree=tree, bind_address=address, ports=ports)
        self.server = f"{address}:{sip}"
        files = {path.relative_to(release): path.read_text() for path in release.rglob("*.conf")}
        # Beside the trunks, where res_pjsip reads them itself.
        self._files = {
            Path("pjsip", path.name) if path.parts[0] == "devices" else path: text for path, text in files.items()
        }

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Booted, with all of it loaded."""
        write_base_config(self._layout)
        self._layout.current.mkdir()
        self._write("")
        asterisk = start_asterisk(self._layout)
        try:
            await asyncio.to_thread(wait_booted, self._layout, asterisk)
            yield
        finally:
            await asyncio.to_thread(stop_asterisk, self._layout, asterisk)

    async def change(self, kind: str, turn: int) -> float:
        """Milliseconds until one changed object of a kind is in force and seen to be."""
        begun = time.monotonic()
        await asyncio.to_thread(self._write, f"; change {turn} of a {kind}\n")
        for command in _RELOADS:
            if command.startswith("queue") and kind != "queue":
                continue
            await self._cli(command)
        if "bench-turn" not in await self._cli("dialplan show bench-turn"):
            raise RuntimeError("the change is not in force")
        return 1000 * (time.monotonic() - begun)

    async def _cli(self, command: str) -> str:
        return await asyncio.to_thread(run_cli, self._layout, command, timeout_s=_PATIENCE_S)

    def _write(self, mark: str) -> None:
        for path, text in self._files.items():
            file = self._layout.current / path
            file.parent.mkdir(exist_ok=True)
            file.write_text(text + mark)
        marked = f"[bench-turn]\nexten => s,1,NoOp({len(mark)})\n"
        (self._layout.current / "extensions" / "99-turn.conf").write_text(marked)
