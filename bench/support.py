"""A throw-away system for a benchmark, and honest figures."""

import contextlib
import math
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from controlplane.entrypoints.demo import PASSWORD, throw_away_settings
from controlplane.entrypoints.up import Running, run_everything
from controlplane.lab.client import ApiClient
from controlplane.node.runtime import ensure_tree
from controlplane.platform.settings import Settings


@dataclass(frozen=True)
class System:
    """A running system and an admin of it."""

    settings: Settings
    running: Running
    api: ApiClient
    folder: Path

    @property
    def sipp(self) -> Path:
        """SIPp's program."""
        return phones_tree() / "bin" / "sipp"


def note(line: str) -> None:
    """Progress, on standard error so that standard output holds only results."""
    print(f"· {line}", file=sys.stderr, flush=True)


def phones_tree() -> Path:
    """Folder of SIPp and baresip."""
    return ensure_tree("phones", progress=note)


@contextlib.asynccontextmanager
async def system() -> AsyncIterator[System]:
    """Everything up in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="call-commander-bench-") as name:
        folder = Path(name)
        settings = throw_away_settings(folder, Settings())
        async with run_everything(settings, note) as running, ApiClient(settings.api_url) as api:
            await api.login(settings.admin_email, PASSWORD)
            yield System(settings, running, api, folder)


def percentile(values: Sequence[float], percent: float) -> float:
    """Nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]
