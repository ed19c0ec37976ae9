"""The shadow: a second Asterisk of the node that loads what might become its next release, far from every phone."""

import asyncio
import contextlib
import shutil
import socket
import sqlite3
import subprocess
from dataclasses import dataclass, field

import structlog

from controlplane.node.ami import Ami
from controlplane.node.apply import Applier, Journal
from controlplane.node.ari import Ari
from controlplane.node.base_config import write_base_config
from controlplane.node.bundle import Releases
from controlplane.node.devices import devices_of
from controlplane.node.layout import AsteriskLayout, AsteriskPorts
from controlplane.node.link import Link
from controlplane.node.rehearsal.stand_ins import StandIns
from controlplane.node.runtime import start_asterisk, stop_asterisk, wait_booted
from controlplane.node.spool import Spool
from controlplane.node.store import open_store
from controlplane.node.tailer import Tailer
from controlplane.node.verify import Verifier
from controlplane.protocol.bundle import ApplyState
from controlplane.protocol.rehearsal import silence

log = structlog.get_logger(__name__)

HOST = "127.0.0.1"
SOURCE = "rehearsals"
"""Where the control plane hands out staged bundles."""

_VOLATILE = ("etc", "run", "log", "spool", "var", "data", "current")
_RTP = (40_000, 48_000)
# Which sound is played to whom, and when a menu listens: on a node noded needs none of it (asterisk/etc/cel.conf).
_CEL = """
events = APP_START
apps = playback,background,waitexten,voicemail,queue
"""


class ShadowFailed(Exception):
    """The shadow can't be used; the text is a sentence for who asked."""


def shadow_layout(node: AsteriskLayout) -> AsteriskLayout:
    """Its folder inside the node's, and ports that are free now.

    Raises:
        AsteriskRuntimeError: The folder's path is too long.
    """
    sip, sip_tls, wss, ari, ami = _free_ports(5)
    ports = AsteriskPorts(sip, sip_tls, wss, ari, ami, *_RTP)
    return AsteriskLayout(
        root=node.root / "shadow", tree=node.tree, systemname="rehearsal", bind_address=HOST, ports=ports
    )


@dataclass
class Shadow:
    """A running shadow.

    Attributes:
        layout: Its folders and ports.
        ami: To give it orders.
        stand_ins: Everybody around it.
        spool: What it wrote down, as on a node.
        tailer: Reads what it writes.
        passwords: Of the phones of the bundle that is loaded.
    """

    layout: AsteriskLayout
    process: subprocess.Popen[bytes]
    store: sqlite3.Connection
    ami: Ami
    ari: Ari
    stand_ins: StandIns
    spool: Spool
    tailer: Tailer
    applier: Applier
    releases: Releases
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    passwords: dict[str, str] = field(default_factory=dict)

    async def load(self, link: Link, digest: str, carriers: tuple[str, ...]) -> None:
        """Puts a staged bundle in force, reloading what differs from the one before.

        Raises:
            ShadowFailed: It is not in force.
            LinkDown: The control plane went away.
        """
        try:
            await self.stand_ins.open_carriers(carriers)
        except OSError as err:
            raise ShadowFailed(f"The stand-in for a carrier can't listen: {err}.") from err
        if self.releases.live_digest() == digest:
            return
        report = await self.applier.apply(link, digest)
        if report.state != ApplyState.LIVE:
            raise ShadowFailed(" ".join(report.problems) or "The shadow did not take the configuration.")
        await asyncio.to_thread(self.releases.tidy)
        self.passwords = {
            key[1]: phone.fields.get("password", "")
            for key, phone in devices_of(self.releases, digest).items()
            if key[0] == "auth"
        }
        self.stand_ins.keep_registered(self.passwords)

    async def stop(self) -> None:
        """Ends it and all that goes on in it."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self.stand_ins.close()
        self.tailer.close()
        self.store.close()
        await asyncio.to_thread(stop_asterisk, self.layout, self.process, timeout_s=4.0)

    @property
    def is_up(self) -> bool:
        """Whether its Asterisk runs and is connected."""
        return self.process.poll() is None and self.ami.is_up


async def start_shadow(node: AsteriskLayout) -> Shadow:
    """Boots a shadow that holds nothing yet; about a second.

    Raises:
        AsteriskRuntimeError: Asterisk doesn't start.
    """
    layout = shadow_layout(node)
    await asyncio.to_thread(_make_folder, layout)
    process = start_asterisk(layout)
    try:
        await asyncio.to_thread(wait_booted, layout, process)
    except BaseException:
        process.kill()
        raise
    store = open_store(layout.root / "shadow.db")
    store.execute("PRAGMA synchronous = OFF")  # nothing in it outlives the shadow
    ami = Ami(layout.ports.ami, "noded", layout.ami_secret)
    ari = Ari(layout.ports.ari, "noded", layout.ari_secret)
    spool, releases = Spool(store), Releases(layout, SOURCE)
    stand_ins = StandIns(HOST, layout.ports.sip)
    applier = Applier(releases, Journal(store), ami, ari, Verifier(layout, ami))
    shadow = Shadow(
        layout, process, store, ami, ari, stand_ins, spool, Tailer(layout, spool, _keep_logs), applier, releases
    )
    shadow.tasks = [asyncio.create_task(part()) for part in (ami.run, ari.run, lambda: _forget_events(ami))]
    try:
        await stand_ins.open()
        async with asyncio.timeout(20):
            await asyncio.gather(ami.wait_up(), ari.wait_up())
    except BaseException:
        await shadow.stop()
        raise
    log.info("shadow.started", root=str(layout.root))
    return shadow


def end_old_shadow(node: AsteriskLayout) -> None:
    """Ends the shadow of a noded that was killed."""
    root = node.root / "shadow"
    if (root / "run" / "asterisk.pid").exists():
        stop_asterisk(AsteriskLayout(root=root, tree=node.tree, systemname="rehearsal"), timeout_s=4.0)


async def _keep_logs() -> None:
    """A shadow's files never grow so large that they are moved aside."""


async def _forget_events(ami: Ami) -> None:
    while True:
        await ami.events.get()  # what matters is read from the record files, as on a node


def _make_folder(layout: AsteriskLayout) -> None:
    """A clean start: only the releases' files stay, which are found by content."""
    for name in _VOLATILE:
        path = layout.root / name
        if path.is_symlink():
            path.unlink()
        elif path.exists():
            shutil.rmtree(path)
    for path in layout.root.glob("shadow.db*"):
        path.unlink()
    write_base_config(layout)
    cel = layout.etc / "cel.conf"
    cel.write_text(cel.read_text() + _CEL)
    _silence_sounds(layout)


def _silence_sounds(layout: AsteriskLayout) -> None:
    """Asterisk's own prompts, each under its name and over at once."""
    source, own = layout.data / "sounds" / "en", layout.data / "sounds" / "silent"
    names = [path.relative_to(source.resolve()).with_suffix(".wav") for path in source.resolve().rglob("*.*")]
    sound = layout.data / "silence.wav"
    sound.write_bytes(silence())
    for name in names:
        target = own / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            target.symlink_to(sound)
    source.unlink()
    own.rename(source)


def _free_ports(count: int) -> list[int]:
    """Free by UDP and TCP at this moment."""
    found: dict[int, None] = {}
    while len(found) < count:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp:
            tcp.bind((HOST, 0))
            port = tcp.getsockname()[1]
            with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
                udp.bind((HOST, port))
                found[port] = None
    return list(found)
