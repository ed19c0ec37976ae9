"""What do the pages cost: the first load, each on a slow machine, a million calls to scroll through, a busy hour live?

In a real browser on a whole real system. The slow machine is Chromium's own four-fold throttling of the CPU.
"""

import asyncio
import os
import random
import re
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx2
import psycopg
from playwright.async_api import CDPSession, Page, async_playwright, expect

from bench.behind import behind
from bench.pages import SLOWER, measure, slowed, worst
from bench.support import note, percentile, system
from controlplane.calls.events import CallStarted, CallUpdated
from controlplane.entrypoints.throw_away import PASSWORD, ThrowAwaySystem
from controlplane.kit import clock
from controlplane.kit.ids import new_id
from controlplane.lab.addresses import own_address
from controlplane.lab.shop import open_shop
from controlplane.node.runtime import ensure_tree
from controlplane.platform.services import Services, make_services

CALLS = int(os.environ.get("CP_BENCH_CALLS", "1000000"))
HOME_TURNS = 5
SCREENS = 40
LISTS = 60
LIVE_CALLS, EVENTS_PER_S, LIVE_S = 100, 20, 20
LIMITS = {"shell_kb": 200, "home_s": 1.5, "list_p95_ms": 200, "behind_p95_s": 2, "live_cpu_percent": 50}
ROOT = Path(__file__).parents[1]

FILL = """
INSERT INTO calls (id, created_at, org_id, node, linkedid, direction, status, phase, started_at, answered_at, ended_at,
    ring_s, wait_s, talk_s, duration_s, caller_number, caller_name, dialed_number, location_id, extension_ids,
    last_fact_at, legs, timeline, flags)
SELECT gen_random_uuid(), at, %(org)s, 'main', 'bench-' || n, 'inbound',
    CASE WHEN n %% 5 = 0 THEN 'missed' ELSE 'answered' END, 'ended', at, at + interval '9 s', at + interval '69 s',
    9, 0, 60, 69, '+1202' || lpad((n %% 9000000)::text, 7, '0'),
    CASE WHEN n %% 400000 = 7 THEN 'Zebedee Quux' END, '+12025550100', %(location)s, '{}', at,
    '[]', '[]', '[]'
FROM (SELECT n, now() - n * interval '30 s' AS at FROM generate_series(1, %(calls)s) AS n) AS made
"""


async def run() -> dict[str, object]:
    """All of it, on one system."""
    subprocess.run([ROOT / ".ci" / "web"], cwd=ROOT, check=True)  # noqa: ASYNC221 - nothing else runs yet
    async with system() as one, _window(one) as page:
        shell_kb, home_kb = await _first_load(one, page)
        home_s = await _home(page)
        note(f"home on a {SLOWER} times slower CPU: {home_s} s")
        await _fill(one)
        note(f"{CALLS} calls stored")
        shop = await open_shop(one.api, carrier_address=own_address())
        pages = await measure(one, page, shop)
        late_s = await behind(one, page, shop)
        lists = await _lists(one)
        lost = await _scroll(page)
        cpu_percent = await _live(one, page)
    return {
        "shell_kb": shell_kb,
        "home_kb": home_kb,
        "home_s": round(sorted(home_s)[len(home_s) // 2], 2),
        **worst(pages),
        "pages": pages,
        "calls": CALLS,
        "list_p95_ms": round(percentile(lists, 95)),
        "scroll_screens": SCREENS,
        "scroll_requests_lost": lost,
        "behind_p95_s": round(percentile(late_s, 95), 2),
        "live_cpu_percent": round(cpu_percent, 1),
        "live_events_per_s": EVENTS_PER_S,
        **{f"limit_{name}": limit for name, limit in LIMITS.items()},
    }


@asynccontextmanager
async def _window(one: ThrowAwaySystem) -> AsyncIterator[Page]:
    program = str(ensure_tree("browser", progress=note) / "bin" / "chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        context = await browser.new_context(base_url=one.running.web_url, viewport={"width": 1280, "height": 800})
        yield await context.new_page()
        await browser.close()


async def _first_load(one: ThrowAwaySystem, page: Page) -> tuple[int, int]:
    """Kilobytes, compressed: of the shell, which every page needs, and of all until home is shown the first time."""
    async with httpx2.AsyncClient(base_url=one.running.web_url) as http:
        index = (await http.get("/")).text
        files = re.findall(r'"(/assets/[^"]+)"', index)
        shell = [int((await http.get(file)).headers["content-length"]) for file in files]
    session = await page.context.new_cdp_session(page)
    await session.send("Network.enable")
    taken: list[float] = []
    session.on("Network.loadingFinished", lambda event: taken.append(event["encodedDataLength"]))
    await page.goto("/")
    await page.get_by_label("Email").fill(str(one.settings.admin_email))
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()
    await expect(page.get_by_role("heading", level=1, name="Home")).to_be_visible()
    await page.wait_for_load_state("networkidle")
    await session.detach()
    return round((len(index) + sum(shell)) / 1000), round(sum(taken) / 1000)


async def _home(page: Page) -> list[float]:
    """Seconds from the address to a home that can be used, logged in, with the files in the browser's cache."""
    found = []
    async with slowed(page):
        for _ in range(HOME_TURNS):
            begun = time.monotonic()
            await page.goto("/", wait_until="commit")
            await page.get_by_role("heading", level=1, name="Home").wait_for()
            await page.get_by_role("link", name="Call log").wait_for()
            await page.get_by_role("region", name="Today").wait_for()  # and all the rest: home is shown at once
            found.append(round(time.monotonic() - begun, 2))
            await page.wait_for_load_state("networkidle")
    return found


async def _fill(one: ThrowAwaySystem) -> None:
    org, location = (await one.api.get("/auth/me"))["org_id"], (await one.api.get("/locations"))["items"][0]["id"]
    url = one.running.database_url.replace("postgresql+psycopg", "postgresql")
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute(FILL, {"org": org, "location": location, "calls": CALLS})
        await connection.execute("VACUUM ANALYZE calls")


async def _lists(one: ThrowAwaySystem) -> list[float]:
    """Milliseconds of pages as the log asks for them, from the newest on and by filters."""
    found: list[float] = []
    async with httpx2.AsyncClient(base_url=one.settings.api_url + "/api/v1", timeout=30) as http:
        login = {"email": one.settings.admin_email, "password": PASSWORD}
        token = (await http.post("/auth/login", json=login)).json()["access_token"]
        http.headers["Authorization"] = f"Bearer {token}"
        for filters in ({}, {"status": "missed"}, {"number": "+12020000"}, {"q": "zebedee"}):
            cursor: str | None = None
            for _ in range(LISTS // 4):
                begun = time.monotonic()
                answer = await http.get(
                    "/calls", params={"limit": 100, **filters, **({"cursor": cursor} if cursor else {})}
                )
                found.append(1000 * (time.monotonic() - begun))
                cursor = answer.raise_for_status().json()["next_cursor"]
    return found


async def _scroll(page: Page) -> int:
    """Requests that failed while somebody scrolls down fast."""
    lost: list[str] = []
    page.on("requestfailed", lambda request: lost.append(request.url))
    page.on("response", lambda answer: lost.append(answer.url) if answer.status >= 400 else None)
    await page.goto("/calls")
    await page.get_by_role("row").nth(5).wait_for()
    await page.mouse.move(640, 500)
    for _ in range(SCREENS):
        await page.mouse.wheel(0, 1600)
        await page.wait_for_timeout(100)
    await page.wait_for_load_state("networkidle")
    note(f"scrolled {SCREENS} screens")
    return len(lost)


async def _live(one: ThrowAwaySystem, page: Page) -> float:
    """Share of a core that the page takes while calls change."""
    services = make_services(one.settings, one.running.database_url)
    org_id = UUID((await one.api.get("/auth/me"))["org_id"])
    location = UUID((await one.api.get("/locations"))["items"][0]["id"])
    calls = [new_id() for _ in range(LIVE_CALLS)]
    await page.goto("/calls/live")
    await page.get_by_role("heading", level=1).wait_for()
    await page.wait_for_timeout(1500)
    for call in calls:
        await _tell(services, org_id, location, call, begins=True)
    await expect(page.get_by_role("row")).not_to_have_count(1)
    session = await page.context.new_cdp_session(page)
    await session.send("Performance.enable")
    before, begun = await _busy_s(session), time.monotonic()
    while (passed := time.monotonic() - begun) < LIVE_S:
        await _tell(services, org_id, location, random.choice(calls), begins=False)
        await asyncio.sleep(max(0.0, 1 / EVENTS_PER_S - (time.monotonic() - begun - passed)))
    share = (await _busy_s(session) - before) / (time.monotonic() - begun)
    await services.close()
    return 100 * share


async def _busy_s(session: CDPSession) -> float:
    metrics = (await session.send("Performance.getMetrics"))["metrics"]
    return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))


async def _tell(services: Services, org_id: UUID, location: UUID, call: UUID, *, begins: bool) -> None:
    kind = CallStarted if begins else CallUpdated
    async with services.uow() as uow:
        await uow.record(
            kind(
                org_id=org_id, location_id=location, subject=str(call), direction="inbound", status="live",
                phase=random.choice(["in_ivr", "queued", "ringing", "answered"]), caller_number="+12025550199",
                caller_name=None, dialed_number="+12025550100", queue_id=None, extension_id=None, extension_ids=[],
                started_at=clock.now() - timedelta(seconds=30), answered_at=None,
            )
        )  # fmt: skip
