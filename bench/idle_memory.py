"""How much memory does the whole idle system take? Proportional set size, so shared pages count once."""

import asyncio
import sys
import tempfile
from pathlib import Path

import psutil

from bench.support import note, wait_ready
from controlplane.entrypoints.throw_away import throw_away_settings
from controlplane.lab.process import ChildProcess
from controlplane.platform.settings import Settings

SETTLE_S = 20


async def run() -> dict[str, object]:
    """Starts ``controlplane up`` as a user does, waits until it is quiet, adds up every process."""
    with tempfile.TemporaryDirectory(prefix="call-commander-bench-") as name:
        folder = Path(name)
        settings = throw_away_settings(folder, Settings())
        program = ["env", *(f"{key}={value}" for key, value in settings.as_environment().items())]
        up = ChildProcess(
            [*program, sys.executable, "-m", "controlplane.entrypoints.cli", "up"],
            log=folder / "up.log", cwd=folder, grace_s=15,
        )  # fmt: skip
        async with up:
            await wait_ready(settings.api_url, up)
            note(f"up; measuring in {SETTLE_S} s")
            await asyncio.sleep(SETTLE_S)
            parts = _parts(up.pid, settings.data_dir)
    return {"mb": round(sum(parts.values())), "limit_mb": 700, "parts_mb": parts}


def _parts(up_pid: int, data_dir: Path) -> dict[str, float]:
    """Megabytes of each part. PostgreSQL detaches itself and is found by its pid file; the rest are up's children."""
    up = psutil.Process(up_pid)
    postgres = psutil.Process(int((data_dir / "postgres" / "postmaster.pid").read_text().split()[0]))
    server = [postgres, *postgres.children(recursive=True)]
    parts = {"supervisor": _pss_mb(up_pid), "postgresql": sum(_pss_mb(process.pid) for process in server)}
    for child in up.children():
        if child.pid != postgres.pid:
            family = [child, *child.children(recursive=True)]
            parts[_name(child)] = sum(_pss_mb(process.pid) for process in family)
    return {name: round(mb, 1) for name, mb in parts.items()}


def _name(process: psutil.Process) -> str:
    line = process.cmdline()
    return " ".join(line[line.index("controlplane.entrypoints.cli") + 1 :]) if line[1] == "-m" else "asterisk"


def _pss_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0
