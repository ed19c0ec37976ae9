"""A throw-away system for a benchmark, and honest figures."""

import math
import sys
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from controlplane.entrypoints.throw_away import ThrowAwaySystem, throw_away_system
from controlplane.node.runtime import ensure_tree
from controlplane.platform.settings import Settings


def note(line: str) -> None:
    """Progress, on standard error so that standard output holds only results."""
    print(f"· {line}", file=sys.stderr, flush=True)


def phones_tree() -> Path:
    """Folder of SIPp and baresip."""
    return ensure_tree("phones", progress=note)


def system() -> AbstractAsyncContextManager[ThrowAwaySystem]:
    """Everything up in a folder that is gone afterwards."""
    return throw_away_system(Settings(), note)


def percentile(values: Sequence[float], percent: float) -> float:
    """Nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]
