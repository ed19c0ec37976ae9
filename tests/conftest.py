"""A real PostgreSQL for every test that wants one: one server, one migrated template, a database each."""

import contextlib
import secrets
import signal
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest
from _pytest.runner import runtestprotocol
from fastapi import FastAPI
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

from controlplane.entrypoints.api import make_api
from controlplane.platform.logging import configure_logging
from controlplane.platform.migrate import migrate
from controlplane.platform.postgres import EmbeddedPostgres
from controlplane.platform.services import Services, make_services
from controlplane.platform.settings import Settings
from controlplane.platform.uow import UnitOfWork
from tests.cores import cores, taken_away
from tests.databases import copy_database, drop_database, url_of

configure_logging("warning", as_json=False)  # as processes do; unconfigured, a traceback prints every local variable
signal.signal(signal.SIGTERM, signal.default_int_handler)  # `timeout` and CI stop a run so: fixtures still clean up

REAL_CALLS = ("tests/failure", "tests/system", "tests/asterisk", "tests/e2e/sound")
"""Folders whose tests listen to sound and watch the clock: one worker runs them all, one after the other."""
PAGES = "tests/e2e/pages"
"""The page's tests that listen to nothing: the other worker runs them, on a system of their own."""

STOLEN = 0.05
"""Share of the cores that a host may take away while a test runs."""
AGAIN = "run again"


class ApartFromCalls(LoadScopeScheduling):  # type: ignore[misc] # it has no types
    """Real calls go to one worker, all else to the other. (xdist's own groups pytest 9 doesn't see.)"""

    def _split_scope(self, nodeid: str) -> str:
        folder = next((one for one in (REAL_CALLS, PAGES) if nodeid.startswith(one)), None)
        return str(folder) if folder else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ApartFromCalls:
    """How tests come to the workers of ``-n``."""
    return ApartFromCalls(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, folder by folder: calls, then pages; all else stays in its random order."""
    order = [*REAL_CALLS, PAGES]
    items.sort(key=lambda item: next((n for n, folder in enumerate(order) if item.nodeid.startswith(folder)), 9))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """Runs a test again, with fixtures made anew, if it fails while the host takes the cores away.

    A machine that stands still for half a second loses sound and time: what was seen then says nothing about the calls.
    """
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for tries_left in (2, 1, 0):
        before = cores()
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
        stolen = taken_away(before, cores())
        if not any(report.failed for report in reports) or stolen < STOLEN or not tries_left:
            break
        why = f"{_failure(reports)}; {100 * stolen:.0f} % of the cores were taken away"
        try:
            item.session._setupstate.teardown_exact(None)
        except Exception as err:  # noqa: BLE001 - whatever broke may not stop as it should: said, and the next try begins
            why += f"; its fixtures did not end well: {err!r}"
        item.user_properties.append((AGAIN, why))
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def _failure(reports: list[pytest.TestReport]) -> str:
    """Where a test failed, and at what, in one line."""
    lines = next(report for report in reports if report.failed).longreprtext.splitlines()
    what = next((line[1:].strip() for line in lines if line.startswith("E ")), "")
    return f"{lines[-1] if lines else ''}: {what}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says which tests were run again, and why."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, why in getattr(report, "user_properties", ()):
                if name == AGAIN and report.when == "call":
                    terminalreporter.write_line(f"run again: {report.nodeid} ({why})")


@pytest.fixture(scope="session")
async def postgres_url() -> AsyncIterator[str]:
    """A server of this test process's own, on a Unix socket.

    Not in pytest's temporary folder: other test runs of the same user clear that up while this one still runs.
    """
    with tempfile.TemporaryDirectory(prefix="cp-test-pg-") as folder:
        server = EmbeddedPostgres(Path(folder) / "data")
        url = await server.start()
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            await connection.execute("ALTER SYSTEM SET fsync = off")  # nothing here outlives the run
            await connection.execute("SELECT pg_reload_conf()")
        yield url
        server.stop()


@pytest.fixture(scope="session")
async def template_database(postgres_url: str) -> str:
    """A database that the migrations made, empty of rows."""
    async with await psycopg.AsyncConnection.connect(postgres_url, autocommit=True) as connection:
        await connection.execute("CREATE DATABASE cp_template")
    await migrate(url_of(postgres_url, "cp_template"))
    return "cp_template"


@pytest.fixture
async def database_url(postgres_url: str, template_database: str) -> AsyncIterator[str]:
    """A fresh database of one test: a copy of the template."""
    name = f"t_{secrets.token_hex(6)}"
    yield await copy_database(postgres_url, template_database, name)
    await drop_database(postgres_url, name)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of one test, untouched by the environment."""
    return Settings(_env_file=None, data_dir=tmp_path / "data", secret_key="t" * 40)


@pytest.fixture
async def services(settings: Settings, database_url: str) -> AsyncIterator[Services]:
    """A process's ports on the test's database, opened."""
    services = make_services(settings, database_url)
    async with services.app.open_async():
        yield services
    await services.close()


@pytest.fixture
async def uow(services: Services) -> AsyncIterator[UnitOfWork]:
    """A unit of work that is committed when the test's body ends."""
    async with services.uow() as uow:
        yield uow


_apis: list[FastAPI] = []


def _the_api(services: Services) -> FastAPI:
    """One application for all tests, with the services of this one: its routes cost 4 ms each at first use."""
    if not _apis:
        _apis.append(make_api(services))
    _apis[0].state.services = services
    return _apis[0]


@pytest.fixture
async def http(settings: Settings, database_url: str) -> AsyncIterator[httpx2.AsyncClient]:
    """The API without a network, nobody logged in. `http.services` has the process's ports."""
    services = make_services(settings, database_url)
    app = _the_api(services)
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://test")
        await stack.enter_async_context(client)
        client.services = services  # type: ignore[attr-defined]
        yield client
