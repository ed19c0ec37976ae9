"""Keeps the processes of a one-machine install running: starts them, starts them again, stops them all."""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog

log = structlog.get_logger(__name__)
PR_SET_PDEATHSIG = 1
STOP_S = 5.0
MAX_DELAY_S = 5.0
STEADY_S = 30.0  # up this long: the next start is at once again
_libc = ctypes.CDLL(None, use_errno=True)


def _die_with_parent() -> None:
    """Runs in the child: a supervisor killed hard takes its children along, at once.

    All of them can stand that, and the next `up` finds the ports free and no second noded at the same files.
    Source: prctl(2).
    """
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _set_event() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


@dataclass
class Child:
    """One of our own processes.

    Attributes:
        name: As shown in the log.
        arguments: Of ``controlplane``.
        starts: How often it was started.
        wanted: While this is cleared, it is not started again.
    """

    name: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    process: asyncio.subprocess.Process | None = None
    starts: int = 0
    wanted: asyncio.Event = field(default_factory=_set_event, repr=False)
    _delay_s: float = field(default=0.5, repr=False)

    async def start(self) -> None:
        """Starts it once."""
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "controlplane.entrypoints.cli", *self.arguments,
            stdin=asyncio.subprocess.DEVNULL, env={**os.environ, **self.environment}, preexec_fn=_die_with_parent,
        )  # fmt: skip
        self.starts += 1

    async def keep_running(self) -> None:
        """Starts it again whenever it ends, with growing pauses while it keeps failing."""
        while True:
            await self.wanted.wait()
            begun = time.monotonic()
            await self.start()
            assert self.process is not None
            code = await self.process.wait()
            self._delay_s = 0.5 if time.monotonic() - begun > STEADY_S else min(self._delay_s * 2, MAX_DELAY_S)
            log.warning("process ended, starting it again", process=self.name, code=code, in_s=self._delay_s)
            await asyncio.sleep(self._delay_s)

    async def stop(self) -> None:
        """Asks, waits, then kills."""
        if self.process is None or self.process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            async with asyncio.timeout(STOP_S):
                await self.process.wait()
        except TimeoutError:
            log.warning("process did not stop in time, killing it", process=self.name)
            with contextlib.suppress(ProcessLookupError):
                self.process.kill()
            await self.process.wait()
