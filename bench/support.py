"""A throw-away system for a benchmark, and honest figures."""

import asyncio
import math
import sys
import tempfile
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from statistics import median
from uuid import UUID

import httpx2
import psutil

from controlplane.entrypoints.bootstrap import bootstrap
from controlplane.entrypoints.throw_away import ThrowAwaySystem, throw_away_settings, throw_away_system
from controlplane.lab.client import ApiClient
from controlplane.lab.process import ChildProcess
from controlplane.node.runtime import ensure_tree
from controlplane.objects.schemas import ObjectFields
from controlplane.objects.service import create
from controlplane.platform.auth import Principal
from controlplane.platform.logging import configure_logging
from controlplane.platform.postgres import EmbeddedPostgres
from controlplane.platform.services import Services, make_services
from controlplane.platform.settings import Settings

READY_S = 600  # a cold start fetches Asterisk before it is ready


def note(line: str) -> None:
    """Progress, on standard error so that standard output holds only results."""
    print(f"· {line}", file=sys.stderr, flush=True)


def phones_tree() -> Path:
    """Folder of SIPp and baresip."""
    return ensure_tree("phones", progress=note)


def system() -> AbstractAsyncContextManager[ThrowAwaySystem]:
    """Everything up in a folder that is gone afterwards."""
    return throw_away_system(Settings(), note)


@asynccontextmanager
async def control_plane() -> AsyncIterator[Services]:
    """The control plane's services on a real PostgreSQL, without its processes and without a node."""
    with tempfile.TemporaryDirectory(prefix="call-commander-bench-") as name:
        settings = throw_away_settings(Path(name), Settings())
        configure_logging(settings.log_level, as_json=False)  # to standard error: standard output is for the result
        postgres = EmbeddedPostgres(settings.data_dir / "postgres")
        database_url = await postgres.start()
        services = make_services(settings, database_url)
        try:
            await bootstrap(settings, database_url)
            async with services.app.open_async():
                yield services
        finally:
            await services.close()
            postgres.stop()


async def wait_ready(url: str, up: ChildProcess) -> None:
    """Waits until a system that was started as a process of its own takes requests."""
    async with httpx2.AsyncClient(base_url=url, timeout=2) as client, asyncio.timeout(READY_S):
        while up.returncode is None:
            try:
                if (await client.get("/readyz")).status_code == 200:
                    return
            except httpx2.HTTPError:
                pass
            await asyncio.sleep(0.1)
    raise RuntimeError(f"the system ended\n{up.log_tail()}")


def percentile(values: Sequence[float], percent: float) -> float:
    """Nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def spread_percent(values: Sequence[float]) -> float:
    """Half the range between the quartiles, in percent of the median: how far a single turn strays."""
    return round(50 * (percentile(values, 75) - percentile(values, 25)) / median(values), 1)


def cpu_s(pid: int) -> float:
    """CPU seconds that a process has used."""
    used = psutil.Process(pid).cpu_times()
    return float(used.user + used.system)


async def insert(api: ApiClient, settings: Settings, database_url: str, wanted: Iterable[ObjectFields]) -> list[UUID]:
    """Creates objects as REST does, but many in one transaction and without HTTP; gives their ids."""
    org_id = UUID((await api.get("/auth/me"))["org_id"])
    admin = Principal(org_id=org_id, scopes=frozenset({"*"}), label="bench")
    services = make_services(settings, database_url)
    async with services.app.open_async():
        async with services.uow() as uow:
            made = [(await create(uow, services.crypto, admin, fields))[0].id for fields in wanted]
        await services.close()
    return made
