"""A real browser on the page of a whole real system; journeys leave screenshots, failures a trace where asked."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Generator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, async_playwright, expect

from controlplane.entrypoints.throw_away import ThrowAwaySystem, throw_away_system
from controlplane.identity.access import Caller, open_session
from controlplane.identity.cookie import NAME as COOKIE
from controlplane.identity.door import list_users
from controlplane.identity.models import User
from controlplane.lab.baresip import BaresipTools
from controlplane.node.runtime import ensure_tree
from controlplane.platform.services import make_services
from controlplane.platform.settings import Settings
from tests.e2e.desk import Desk, keep_watch
from tests.system.office import Phones

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "build" / "e2e"
"""Where screenshots and traces stay after a run."""
TRACED = "CP_E2E_TRACE" in os.environ
"""Watching every step takes a quarter of two cores: only to find out about a failure."""
FAILED = pytest.StashKey[bool]()
FLAGS = [
    "--no-sandbox",  # tests may run as root
    "--disable-gpu",
    "--disable-background-networking",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--ignore-certificate-errors",  # the throw-away system's own certificate
    "--autoplay-policy=no-user-gesture-required",
]


@pytest.fixture(scope="session")
def built_page() -> None:
    """The page, built from this tree."""
    subprocess.run([ROOT / ".ci" / "web"], cwd=ROOT, check=True, timeout=600)


@pytest.fixture(scope="session")
async def system(built_page: None) -> AsyncIterator[ThrowAwaySystem]:
    """PostgreSQL, API with the page, workers, noded and Asterisk; gone after the last test."""
    async with throw_away_system(Settings(_env_file=None), print) as system:
        yield system


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium: the machine's own, else Debian's package in our cache."""
    program = shutil.which("chromium") or str(ensure_tree("browser", progress=print) / "bin" / "chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        await browser.close()


@contextlib.asynccontextmanager
async def _window(browser: Browser, system: ThrowAwaySystem) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(
        base_url=system.running.web_url,
        viewport={"width": 1280, "height": 800},
        permissions=["microphone", "clipboard-read", "clipboard-write"],
        locale="en-US",
        timezone_id="America/New_York",
        reduced_motion="reduce",
        ignore_https_errors=True,
    )
    timeout_ms = float(os.environ.get("CP_E2E_TIMEOUT_MS", "60000"))
    context.set_default_timeout(timeout_ms)
    expect.set_options(timeout=timeout_ms)
    if TRACED:
        await context.tracing.start(screenshots=True, snapshots=True)
    try:
        yield context
    finally:
        await context.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


async def _log_in(context: BrowserContext, system: ThrowAwaySystem) -> None:
    """The admin, as if logged in before: people may try ten times a minute, and tests are quicker than people."""
    services = make_services(system.settings, system.running.database_url)
    async with services.uow() as uow:
        admin = next(one for one in await list_users(uow.session) if one.email == system.settings.admin_email)
        row = await uow.session.get_one(User, admin.id)
        tokens = await open_session(uow, services.crypto, row, Caller("127.0.0.1", "browser tests"))
    await services.close()
    host, value = str(system.settings.http_host), str(tokens.refresh_token)
    await context.add_cookies(
        [{"name": COOKIE, "value": value, "domain": host, "path": "/api/v1/auth", "httpOnly": True}]
    )


@pytest.fixture
async def desk(browser: Browser, system: ThrowAwaySystem, request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    """A window with the admin logged in, at the home page."""
    KEPT.mkdir(parents=True, exist_ok=True)
    name = request.node.name
    async with _window(browser, system) as context:
        await _log_in(context, system)
        page = await context.new_page()
        desk = Desk(page, system, KEPT / name)
        with keep_watch(page) as faults:
            await desk.open("/", "Home")
            yield desk
            await page.screenshot(path=KEPT / f"{name}.png")
        if TRACED and request.node.stash.get(FAILED, True):
            await context.tracing.stop(path=KEPT / f"{name}.zip")
        assert not faults, "the browser's console must stay quiet"


@pytest.fixture(scope="session")
def phone_tools() -> Path:
    """Where the test phones' programs are."""
    return ensure_tree("phones", progress=print)


@pytest.fixture
async def phones(phone_tools: Path, system: ThrowAwaySystem, tmp_path: Path) -> AsyncIterator[Phones]:
    """Phones of one test."""
    async with contextlib.AsyncExitStack() as stack:
        yield Phones(BaresipTools.from_tree(phone_tools), system, tmp_path, stack)
