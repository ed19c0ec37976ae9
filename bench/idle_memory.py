"""How much memory does the whole idle system take? Proportional set size, so shared pages count once."""

import asyncio
from pathlib import Path

import psutil

from bench.support import note, system
from controlplane.node.runtime import running_pid

SETTLE_S = 20


def _pss_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


async def run() -> dict[str, object]:
    """Starts it, waits until it is quiet, adds up every process."""
    async with system() as one:
        await asyncio.sleep(SETTLE_S)
        roots = {"supervisor": psutil.Process()}
        roots |= {child.name: psutil.Process(child.process.pid) for child in one.running.children if child.process}
        roots["asterisk"] = psutil.Process(running_pid(one.running.layout))
        if one.running.postgres:
            roots["postgresql"] = psutil.Process(one.running.postgres.pid)
        parts: dict[str, float] = {}
        seen: set[int] = set()
        for name in sorted(roots, key=lambda name: name == "supervisor"):  # its children are counted by their own names
            members = [roots[name]] if name == "supervisor" else [roots[name], *roots[name].children(recursive=True)]
            fresh = [process.pid for process in members if process.pid not in seen]
            seen.update(fresh)
            parts[name] = round(sum(map(_pss_mb, fresh)), 1)
        note(str(parts))
        return {"mb": round(sum(parts.values())), "limit_mb": 700, "parts_mb": parts}
