"""One whole system for all these tests; each module adds its own configuration to it."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from controlplane.entrypoints.throw_away import ThrowAwaySystem, throw_away_system
from controlplane.kit import clock
from controlplane.lab.baresip import BaresipTools
from controlplane.node.runtime import ensure_tree
from controlplane.platform.settings import Settings
from tests.system.office import Office, Phones, Told


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
async def office(system: ThrowAwaySystem) -> Office:
    """The organisation that the first admin belongs to."""
    office = Office(system.api, system.folder, "main")
    await office.open()
    return office


@pytest.fixture
async def phones(phone_tools: Path, system: ThrowAwaySystem, tmp_path: Path) -> AsyncIterator[Phones]:
    """Phones of one test."""
    async with contextlib.AsyncExitStack() as stack:
        yield Phones(BaresipTools.from_tree(phone_tools), system, tmp_path, stack)


@pytest.fixture
def told(system: ThrowAwaySystem) -> Told:
    """What the API tells since the test began."""
    return Told(system.api, clock.now())
