"""One whole system for all these tests; each module has an organisation of its own on it."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from controlplane.entrypoints.throw_away import ThrowAwaySystem, throw_away_system
from controlplane.kit import clock
from controlplane.lab.baresip import BaresipTools
from controlplane.node.runtime import ensure_tree
from controlplane.platform.settings import Settings
from tests.system.office import Office, Phones, Told, another_office


@pytest.fixture(scope="session")
def phone_tools() -> Path:
    """Where SIPp and baresip are."""
    return ensure_tree("phones", progress=print)


@pytest.fixture(scope="session")
async def system() -> AsyncIterator[ThrowAwaySystem]:
    """PostgreSQL, API, workers, noded and Asterisk; gone after the last test."""
    async with throw_away_system(Settings(_env_file=None), print) as system:
        yield system


@pytest.fixture(scope="module")
async def office(system: ThrowAwaySystem, request: pytest.FixtureRequest) -> AsyncIterator[Office]:
    """The organisation of one module: no other module's routes and names touch its calls."""
    name = request.module.__name__.rpartition("test_")[2].replace("_", "-")
    async with another_office(system, name, name[:16]) as office:
        yield office


@pytest.fixture
async def phones(phone_tools: Path, system: ThrowAwaySystem, tmp_path: Path) -> AsyncIterator[Phones]:
    """Phones of one test."""
    async with contextlib.AsyncExitStack() as stack:
        yield Phones(BaresipTools.from_tree(phone_tools), system, tmp_path, stack)


@pytest.fixture
def told(office: Office) -> Told:
    """What the API tells since the test began."""
    return Told(office.api, clock.now())
