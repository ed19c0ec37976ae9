"""Start the lab's programs so that none outlives the test that needed it."""

import asyncio
import functools
import os
import pty
import signal
import subprocess
import tty
from collections.abc import Sequence
from io import FileIO
from pathlib import Path
from typing import Self

_LOG_TAIL_CHARS = 4000


class LabError(Exception):
    """A test phone or the fake carrier did not do what was asked; the text holds the end of its log."""


class ChildProcess:
    """One running program with its output in a file; use it as an async context manager.

    The kernel kills it when our own process dies (`setpriv --pdeathsig`), so a test run that is killed leaves
    nothing behind. Start it from the main thread: the kernel watches the *thread* that forked.

    Args:
        argv: program and arguments.
        log: gets all that it prints.
        cwd: its working folder.
        grace_s: how long `stop` waits before it kills, in seconds.
        prompt: start its threads without delay (real-time scheduling, where we may ask for it) and give it a
            terminal, so that each line is in the log as soon as it is printed.
    """

    def __init__(
        self, argv: Sequence[str | Path], *, log: Path, cwd: Path, grace_s: float = 2.0, prompt: bool = False
    ) -> None:
        self._argv = [str(arg) for arg in argv]
        self._log = log
        self._cwd = cwd
        self._grace_s = grace_s
        self._prompt = prompt
        self._process: asyncio.subprocess.Process | None = None
        self._terminal: _Terminal | None = None

    async def __aenter__(self) -> Self:
        scheduling = ["chrt", "--rr", "1"] if self._prompt and _may_schedule() else []
        with self._log.open("wb", buffering=0) as log:
            if self._prompt:
                self._terminal = _Terminal(self._log)
            self._process = await asyncio.create_subprocess_exec(
                "setpriv", "--pdeathsig", "KILL", "--", *scheduling, *self._argv,
                stdin=subprocess.DEVNULL, stdout=self._terminal.slave if self._terminal else log,
                stderr=subprocess.STDOUT, cwd=self._cwd,
            )  # fmt: skip
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def returncode(self) -> int | None:
        """Exit code, None while it runs, negative for the signal that ended it."""
        return self._running.returncode

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._running.pid

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
        try:
            if self._process:
                await self._end(self._process)
        finally:
            if self._terminal:
                self._terminal.close()

    async def _end(self, process: asyncio.subprocess.Process) -> None:
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

    def output(self) -> str:
        """All that it has printed."""
        if self._terminal:
            self._terminal.drain()
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def log_tail(self) -> str:
        """The last lines that it printed, for the text of an exception."""
        return f"--- end of {self._log} ---\n{self.output()[-_LOG_TAIL_CHARS:]}"


class _Terminal:
    """A pseudo terminal whose output goes to a file: programs buffer by lines on a terminal, by 4 KB on a file."""

    def __init__(self, log: Path) -> None:
        self._log: FileIO = log.open("ab", buffering=0)
        self._master, self.slave = pty.openpty()
        tty.setraw(self.slave)  # no carriage returns added
        os.set_blocking(self._master, False)
        asyncio.get_running_loop().add_reader(self._master, self.drain)

    def drain(self) -> None:
        """Move what has been printed to the file."""
        try:
            while not self._log.closed and (data := os.read(self._master, 65536)):
                self._log.write(data)
        except BlockingIOError:
            return

    def close(self) -> None:
        """Take the rest, and close both ends."""
        if self._log.closed:
            return
        asyncio.get_running_loop().remove_reader(self._master)
        self.drain()
        self._log.close()
        os.close(self._master)
        os.close(self.slave)


@functools.cache
def _may_schedule() -> bool:
    """Whether this user may ask for real-time scheduling (root may, mostly)."""
    return subprocess.run(["chrt", "--rr", "1", "true"], capture_output=True, check=False).returncode == 0  # noqa: S607
