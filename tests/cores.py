"""How much of this machine's cores its host gives to others."""

from pathlib import Path

STAT = Path("/proc/stat")


def cores() -> tuple[int, int]:
    """Time so far, of all cores: taken away, and all of it (proc(5), "steal")."""
    ticks = [int(word) for word in STAT.read_text().splitlines()[0].split()[1:9]]
    return ticks[7], sum(ticks)


def taken_away(before: tuple[int, int], after: tuple[int, int]) -> float:
    """Share of the time in between that was taken away, 0 to 1."""
    passed = after[1] - before[1]
    return (after[0] - before[0]) / passed if passed else 0.0
