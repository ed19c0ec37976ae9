"""How long from `git clone` to the first registration of a phone, with everything cached and with nothing?"""

import asyncio
import tempfile
import time
from pathlib import Path

from bench.support import note, phones_tree, wait_ready
from controlplane.entrypoints.throw_away import PASSWORD, throw_away_settings
from controlplane.lab.client import ApiClient
from controlplane.lab.process import ChildProcess
from controlplane.lab.sipp import registering
from controlplane.platform.settings import REPOSITORY, Settings

START_S = 900
CACHES = ("CP_CACHE_DIR", "UV_CACHE_DIR", "PIP_CACHE_DIR")


async def run() -> dict[str, object]:
    """Warm first: what it lacks in a cache is then there, and the second does without."""
    warm = await _start(empty_caches=False)
    cold = await _start(empty_caches=True)
    return {
        "warm_s": round(sum(warm.values()), 1),
        "cold_s": round(sum(cold.values()), 1),
        "warm_parts_s": warm,
        "cold_parts_s": cold,
    }


async def _start(*, empty_caches: bool) -> dict[str, float]:
    """One newcomer's start: seconds by part."""
    with tempfile.TemporaryDirectory(prefix="call-commander-bench-") as name:
        folder = Path(name)
        clock = _Laps("cold" if empty_caches else "warm")
        clone = ChildProcess(
            ["git", "clone", "--quiet", f"file://{REPOSITORY}", folder / "clone"], log=folder / "clone.log", cwd=folder
        )
        async with clone:
            if await clone.wait(60):
                raise RuntimeError(clone.log_tail())
        clock.lap("clone")
        settings = throw_away_settings(folder, Settings())
        environment = {key: value for key, value in settings.as_environment().items() if value}
        if empty_caches:
            environment |= {variable: str(folder / "caches" / variable) for variable in CACHES}
        program = ["env", *(f"{key}={value}" for key, value in environment.items()), "make", "run"]
        async with ChildProcess(program, log=folder / "run.log", cwd=folder / "clone", grace_s=20) as up:
            await _wait_for(folder / "clone" / ".venv" / ".ready", up)
            clock.lap("packages")
            await wait_ready(settings.api_url, up)
            clock.lap("up")
            await _register(settings, folder)
            clock.lap("first_phone")
        return clock.parts


class _Laps:
    """Seconds between moments."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._at = time.monotonic()
        self.parts: dict[str, float] = {}

    def lap(self, name: str) -> None:
        """Ends a part."""
        now = time.monotonic()
        self.parts[name] = round(now - self._at, 1)
        self._at = now
        note(f"{self._title}: {name} took {self.parts[name]} s")


async def _wait_for(file: Path, up: ChildProcess) -> None:
    async with asyncio.timeout(START_S):
        while not await asyncio.to_thread(file.exists):
            if up.returncode is not None:
                raise RuntimeError(up.log_tail())
            await asyncio.sleep(0.1)


async def _register(settings: Settings, folder: Path) -> None:
    """What the README's first five minutes ask of a person."""
    async with ApiClient(settings.api_url) as api:
        await api.login(settings.admin_email, PASSWORD)
        extension = await api.post("/extensions", {"name": "Desk", "number": "201"})
        phone = await api.post("/devices", {"name": "desk-201", "extension_id": extension["id"]})
        await api.apply("First phone")
    sipp = phones_tree() / "bin" / "sipp"
    server = f"{settings.sip_host}:{settings.sip_port}"
    async with registering(sipp, folder / "phone", server, [("desk-201", phone["secret"])]) as registration:
        result = await registration.finished(20)
    if result.failed:
        raise RuntimeError(f"the phone could not register: {result.errors}")
