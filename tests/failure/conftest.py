"""One whole system for all these tests: each breaks a part of it, and finds it whole again at the end."""

import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from controlplane.entrypoints.throw_away import ThrowAwaySystem, throw_away_system
from controlplane.node.runtime import ensure_tree
from controlplane.platform.settings import Settings
from tests.failure.house import House, kill

Killed = Callable[[str], AbstractAsyncContextManager[None]]


@pytest.fixture(scope="session")
def phone_tools() -> Path:
    """Where SIPp and baresip are."""
    return ensure_tree("phones", progress=print)


@pytest.fixture(scope="session")
async def system() -> AsyncIterator[ThrowAwaySystem]:
    """PostgreSQL, API, workers, noded and Asterisk; gone after the last test."""
    async with throw_away_system(Settings(_env_file=None), print) as system:
        yield system


@pytest.fixture(scope="session")
async def house(system: ThrowAwaySystem, phone_tools: Path) -> House:
    """The business on it."""
    running = system.running
    house = House(system.api, running.sip_address, running.layout, running.database_url, phone_tools)
    await house.open()
    return house


@pytest.fixture
def killed(system: ThrowAwaySystem) -> Killed:
    """`async with killed("api")`: SIGKILL now, and down until the end of the block."""

    @contextlib.asynccontextmanager
    async def held_down(name: str) -> AsyncIterator[None]:
        child = next(one for one in system.running.children if one.name == name)
        assert child.process is not None
        child.wanted.clear()
        await kill(child.process.pid)
        yield
        child.wanted.set()

    @contextlib.asynccontextmanager
    async def database_down() -> AsyncIterator[None]:
        postgres = system.running.postgres
        assert postgres is not None
        assert postgres.pid is not None
        postgres.wanted = False
        await kill(postgres.pid)
        yield
        postgres.wanted = True

    return lambda name: database_down() if name == "postgresql" else held_down(name)
