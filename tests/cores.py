"""How much of this machine's cores its host gives to others."""

import time
from collections.abc import Awaitable, Callable
from pathlib import Path

PATIENCE_MS = 30_000
STAT = Path("/proc/stat")


def cores() -> tuple[int, int]:
    """Time so far, of all cores: taken away, and all of it (proc(5), "steal")."""
    ticks = [int(word) for word in STAT.read_text().splitlines()[0].split()[1:9]]
    return ticks[7], sum(ticks)


def taken_away(before: tuple[int, int], after: tuple[int, int]) -> float:
    """Share of the time in between that was taken away, 0 to 1."""
    passed = after[1] - before[1]
    return (after[0] - before[0]) / passed if passed else 0.0


async def soon(happens: Callable[[float], Awaitable[None]], limit_s: float) -> None:
    """Expects something, given its patience in ms, within that time of a machine of our own.

    What the host gave to others meanwhile doesn't count: nothing of ours could run then.
    """
    before, begun = cores(), time.monotonic()
    await happens(PATIENCE_MS)
    passed = time.monotonic() - begun
    ours = passed * (1 - taken_away(before, cores()))
    assert ours <= limit_s, f"it took {passed:.1f} s, {ours:.1f} of them ours; the limit is {limit_s}"
