"""`controlplane up` as people run it: killed, stopped at any moment, started twice."""

import asyncio
import contextlib
import os
import re
import signal
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from controlplane.entrypoints.local_node import make_layout
from controlplane.entrypoints.throw_away import PASSWORD, throw_away_settings
from controlplane.lab.client import ApiClient
from controlplane.node.runtime import ensure_tree, running_pid
from controlplane.platform.settings import Settings
from tests.failure.house import House, gone

pytestmark = pytest.mark.asterisk

STOP_S = 10.0


def allowed(seconds: float) -> float:
    """So many seconds on a machine with nothing else to do, more on a busy one."""
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


class Installation:
    """A data folder, and the `up` that runs in it."""

    def __init__(self, folder: Path) -> None:
        self.settings = throw_away_settings(folder, Settings(_env_file=None))
        self.layout = make_layout(self.settings, ensure_tree("asterisk", progress=print))

    async def start(self, **other: str) -> "Up":
        """Starts it; returns at once."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "controlplane.entrypoints.cli", "up",
            env={**os.environ, **self.settings.as_environment(), **other},
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        return Up(process)

    def processes(self) -> list[psutil.Process]:
        """All that belongs to it: the folder is in the command line or the environment of each."""
        mark = str(self.settings.data_dir)
        return [one for one in psutil.process_iter() if one.pid != os.getpid() and mark in _all_words(one)]

    async def clean(self) -> None:
        """Ends whatever a failed test left."""
        for one in self.processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()


def _all_words(process: psutil.Process) -> str:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return ""
        return " ".join([*process.cmdline(), *process.environ().values()])
    except psutil.Error:
        return ""


class Up:
    """A running `up`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.said = ""
        self.complained = ""
        self._readers = [asyncio.create_task(self._read_out()), asyncio.create_task(self._read_err())]

    async def _read_out(self) -> None:
        assert self.process.stdout
        async for line in self.process.stdout:
            self.said += line.decode()

    async def _read_err(self) -> None:
        assert self.process.stderr
        async for line in self.process.stderr:
            self.complained += line.decode()

    async def says(self, words: str, timeout_s: float = 180) -> None:
        """Waits until it has printed that."""
        deadline = time.monotonic() + timeout_s
        while words not in self.said:
            assert self.process.returncode is None, f"ended before: {words}\n{self.said}{self.complained}"
            assert time.monotonic() < deadline, f"not said: {words}\n{self.said}{self.complained}"
            await asyncio.sleep(0.02)

    async def ends(self, timeout_s: float) -> int:
        """Waits for its end; gives the exit code."""
        async with asyncio.timeout(timeout_s):
            code = await self.process.wait()
            await asyncio.gather(*self._readers)
        return code

    async def stop(self, number: signal.Signals) -> float:
        """Asks it to stop; gives the seconds that it took. Fails when it takes too long, or ends badly."""
        began = time.monotonic()
        self.process.send_signal(number)
        assert await self.ends(allowed(STOP_S)) == 0, self.complained
        return time.monotonic() - began


@pytest.fixture
async def installation() -> AsyncIterator[Installation]:
    with tempfile.TemporaryDirectory(prefix="call-commander-") as folder:
        installation = Installation(Path(folder))
        try:
            yield installation
        finally:
            await installation.clean()


async def test_killed_taken_over_and_stopped_with_a_call_up(
    installation: Installation, phone_tools: Path, tmp_path: Path
) -> None:
    first = await installation.start()
    await first.says("Stop with Ctrl-C")
    async with ApiClient(installation.settings.api_url) as api:
        await api.login(installation.settings.admin_email, PASSWORD)
        house = await _house(api, installation, phone_tools)
        await _second_starts_are_refused(installation)
        async with house.crowd(tmp_path), house.talk(tmp_path) as talk:
            asterisk, postmaster = running_pid(installation.layout), _postmaster(installation)
            children = {one.pid for one in psutil.Process(first.process.pid).children(recursive=True)}
            first.process.kill()
            await first.ends(allowed(5))
            await gone(sorted(children - {asterisk, postmaster}), allowed(5))
            await talk.is_heard()
            several = await house.call_crowd(tmp_path, 5, rate=5)

            second = await installation.start()
            await second.says("Stop with Ctrl-C")
            assert (running_pid(installation.layout), _postmaster(installation)) == (asterisk, postmaster)
            await talk.is_heard()
            await talk.hang_up()
            assert talk.longest_silence() < 1
            assert [one["status"] for one in await house.records(several, 5)] == ["answered"] * 5
            assert [one["status"] for one in await house.records(talk.number, 1, recording=True)] == ["answered"]
        async with house.talk(tmp_path) as last:
            await second.stop(signal.SIGTERM)
            await last.caller.wait_closed(last.out, 5)
    assert "Traceback" not in second.complained, second.complained
    assert installation.processes() == []


async def _house(api: ApiClient, installation: Installation, phone_tools: Path) -> House:
    settings = installation.settings
    server = f"{settings.sip_host}:{settings.sip_port}"
    house = House(api, server, installation.layout, _database_url(installation), phone_tools)
    await house.open()
    return house


def _database_url(installation: Installation) -> str:
    api = next(one for one in installation.processes() if one.cmdline()[-1] == "api")
    return str(api.environ()["CP_DATABASE_URL"])


def _postmaster(installation: Installation) -> int:
    return int((installation.settings.data_dir / "postgres" / "postmaster.pid").read_text().split()[0])


async def _second_starts_are_refused(installation: Installation) -> None:
    before = {one.pid for one in installation.processes()}
    same_folder = await installation.start()
    assert await same_folder.ends(allowed(20)) == 1
    assert _one_sentence(same_folder.complained).startswith("Another instance runs in ")
    assert {one.pid for one in installation.processes()} >= before


async def test_a_taken_port_is_said_in_one_sentence(installation: Installation) -> None:
    settings = installation.settings
    for name, host in (("CP_HTTP_PORT", settings.http_host), ("CP_SIP_PORT", settings.sip_host)):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM) if name == "CP_SIP_PORT" else (socket.SOCK_STREAM,):
            with socket.socket(type=kind) as other:
                other.bind((host, 0))
                if kind == socket.SOCK_STREAM:
                    other.listen()
                port = other.getsockname()[1]
                up = await installation.start(**{name: str(port)})
                assert await up.ends(allowed(20)) == 1
            sentence = _one_sentence(up.complained)
            assert re.fullmatch(rf"Port {port} on {host} can't be used \(.+\); choose another {name}\.", sentence)
            assert installation.processes() == []


def _one_sentence(complained: str) -> str:
    """What was printed for people, its lines joined."""
    return " ".join(complained.split())


STEPS = ("Looking for", "Starting PostgreSQL", "Bringing the database", "Starting Asterisk", "Starting the API")


async def test_stopped_at_any_moment_of_its_start(installation: Installation) -> None:
    """Each start finds what the one before has left half done, the first an empty folder; the last gets through."""
    for number, step in enumerate(STEPS):
        up = await installation.start()
        await up.says(step)
        await asyncio.sleep(0.15 * (number % 3))
        await up.stop(signal.SIGTERM if number % 2 else signal.SIGINT)
        assert "Traceback" not in up.complained, f"{step}: {up.complained}"
        assert installation.processes() == [], f"left after {step}"
    up = await installation.start()
    await up.says("Stop with Ctrl-C")
    await up.stop(signal.SIGINT)
    assert installation.processes() == []
