"""Start the lab's programs so that none outlives the test that needed it."""

import asyncio
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Self

_LOG_TAIL_CHARS = 4000


class LabError(Exception):
    """A test phone or the fake carrier did not do what was asked; the text holds the end of its log."""


class ChildProcess:
    """One running program with its output in a file; use it as an async context manager.

    The kernel kills it when our own process dies (`setpriv --pdeathsig`), so a test run that is killed leaves
    nothing behind. Start it from the main thread: the kernel watches the *thread* that forked.
    """

    def __init__(self, argv: Sequence[str | Path], *, log: Path, cwd: Path, grace_s: float = 2.0) -> None:
        self._argv = [str(arg) for arg in argv]
        self.log = log
        self._cwd = cwd
        self._grace_s = grace_s
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        with self.log.open("wb") as output:
            self._process = await asyncio.create_subprocess_exec(
                "setpriv", "--pdeathsig", "KILL", "--", *self._argv,
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, cwd=self._cwd,
            )  # fmt: skip
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def returncode(self) -> int | None:
        """Exit code, None while it runs, negative for the signal that ended it."""
        return self._running.returncode

    @property
    def _running(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise LabError(f"{self._argv[0]} has not been started")
        return self._process

    async def wait(self, timeout_s: float) -> int:
        """Wait for its own end and give the exit code. Raises: LabError after `timeout_s`."""
        try:
            async with asyncio.timeout(timeout_s):
                return await self._running.wait()
        except TimeoutError:
            raise LabError(f"{self._argv[0]} still runs after {timeout_s:.0f} s\n{self.log_tail()}") from None

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, if it still runs."""
        if self.returncode is None:
            self._running.send_signal(number)

    async def stop(self) -> None:
        """Ask it to end, kill it after the grace time, and collect it in any case."""
        process = self._running
        if process.returncode is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(self._grace_s):
                await process.wait()
        except TimeoutError:
            pass
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    def log_tail(self) -> str:
        """The last lines that it wrote, for the text of an exception."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return f"--- end of {self.log} ---\n{text[-_LOG_TAIL_CHARS:]}"
