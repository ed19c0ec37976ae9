"""The home page: a real call comes and goes on it, what needs attention, and what it says when it is cut off."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Page, Route, WebSocketRoute, expect

from controlplane.entrypoints.throw_away import PASSWORD, ThrowAwaySystem
from tests.cores import soon
from tests.e2e.desk import Desk
from tests.system import office as lab
from tests.system.office import HANGUP, Office, Phones, another_office, hang_up

BEHIND_S = 2
"""How far the page may be behind what happens."""
SHIFTS = """() => new Promise((resolve) => {
    const shifts = [];
    const said = ({node, previousRect: from, currentRect: to}) =>
        `${node?.textContent?.slice(0, 60)}: ${from.top}+${from.height} -> ${to.top}+${to.height}`;
    new PerformanceObserver((list) => list.getEntries().forEach((one) => {
        shifts.push([one.value, Math.round(one.startTime), ...one.sources.map(said)]);
    })).observe({type: "layout-shift", buffered: true});
    setTimeout(() => resolve(shifts), 500);
})"""
"""The layout shifts since the page was opened: how much, when, and what went from where to where."""
ROLES = ("admin", "manager", "executive", "staff")


@dataclass(frozen=True)
class Shop:
    office: Office
    desk: lab.Desk
    line: str

    @staticmethod
    def email(role: str) -> str:
        return f"{role}@home.test"


@pytest.fixture(scope="module")
async def shop(system: ThrowAwaySystem) -> AsyncIterator[Shop]:
    async with another_office(system, "Home", "home") as office:
        desk = await office.desk("701")
        await office.make("queues", name="Sales", members=[{"extension_id": desk.id}], overflow=HANGUP)
        line = await office.line(desk.here)
        await office.api.apply("Open")
        for role in ROLES:
            places = {"location_ids": [office.location], "extension_ids": [desk.id] if role == "staff" else []}
            user = {"email": Shop.email(role), "name": role.title(), "role": role, "password": PASSWORD}
            await office.api.post("/users", {**user, **places})
        yield Shop(office, desk, line)


async def be(desk: Desk, role: str) -> Page:
    """Logs in as somebody of the shop."""
    await desk.become(Shop.email(role))
    await expect(desk.page.get_by_role("heading", level=1, name="Home")).to_be_visible()
    return desk.page


async def test_a_call_comes_and_goes_within_two_seconds(desk: Desk, shop: Shop, phones: Phones) -> None:
    page = await be(desk, "admin")
    await expect(page.get_by_text("No call goes on right now.")).to_be_visible()
    total = page.get_by_role("region", name="Today").get_by_role("definition").first
    before = int((await total.inner_text()).replace(",", ""))
    answering = await phones.at(shop.desk, 1000)
    caller = await phones.outside(shop.office)
    call = await caller.dial(shop.line)
    theirs = await answering.wait_ringing()
    row = page.get_by_role("region", name="Calls now").get_by_role("listitem")
    await soon(lambda ms: expect(row).to_contain_text("rings", timeout=ms), BEHIND_S)
    await answering.answer()
    await soon(lambda ms: expect(row).to_contain_text("talks", timeout=ms), BEHIND_S)
    await desk.accessible()
    await desk.picture("one call")
    await hang_up(caller, call, (answering, theirs))
    quiet = page.get_by_text("No call goes on right now.")
    await soon(lambda ms: expect(quiet).to_be_visible(timeout=ms), BEHIND_S)
    await expect(total).to_have_text(f"{before + 1}", timeout=10_000)


async def test_what_needs_attention_leads_to_where_it_is_solved(desk: Desk, shop: Shop) -> None:
    page = await be(desk, "admin")
    attention = page.get_by_role("region", name="What needs attention")
    extension = await shop.office.make("extensions", name="New one", number="702")
    await page.reload()
    await expect(attention).to_contain_text("1 unpublished change")
    await desk.accessible()
    await attention.get_by_role("listitem").filter(has_text="unpublished").get_by_role("link", name="Review").click()
    await expect(page.get_by_role("heading", level=1, name="Changes")).to_be_visible()
    await expect(page.get_by_text("Extension 702 New one is new").first).to_be_visible()
    await shop.office.api.apply("With the new one")
    await page.get_by_role("link", name="Home").click()
    await expect(attention.get_by_text("unpublished")).to_have_count(0)
    assert extension


@pytest.mark.parametrize("width", [1280, 360])
async def test_nothing_jumps_when_it_is_opened(desk: Desk, shop: Shop, width: int) -> None:
    """However the answers come: here one after the other, and slowly."""
    page = await be(desk, "admin")
    await page.set_viewport_size({"width": width, "height": 800})

    async def late(route: Route) -> None:
        await asyncio.sleep(0.1 * next(turn))
        await route.continue_()

    turn = itertools.cycle(range(8))
    await page.route("**/api/v1/**", late)
    await page.reload()
    await expect(page.get_by_role("region", name="Queues")).to_contain_text("Sales")
    await expect(page.get_by_role("region", name="Today").get_by_text("last week").first).to_be_visible()
    await expect(page.get_by_role("region", name="Lines and phones")).to_be_visible()
    shifts = await page.evaluate(SHIFTS)
    assert sum(shift[0] for shift in shifts) < 0.02, shifts
    await page.unroute("**/api/v1/**")


@pytest.mark.parametrize("role", ROLES)
async def test_everybody_sees_what_they_may(desk: Desk, shop: Shop, role: str) -> None:
    page = await be(desk, role)
    for part in ("Today", "Calls now", "Queues"):
        await expect(page.get_by_role("region", name=part)).to_be_visible()
    await expect(page.get_by_text("Sales")).to_be_visible()
    await expect(page.get_by_role("region", name="Lines and phones")).to_have_count(
        1 if role in {"admin", "manager"} else 0
    )
    await expect(page.get_by_text("You may not see this")).to_have_count(0)
    await expect(page.get_by_role("heading", name="Nodes")).to_have_count(0)
    await desk.accessible()
    await desk.picture(role)


async def test_it_says_when_it_is_cut_off_and_comes_back(desk: Desk, shop: Shop) -> None:
    await be(desk, "admin")
    page = await desk.page.context.new_page()  # nobody keeps watch here: the browser itself notes what is cut
    open_sockets: list[WebSocketRoute] = []
    cut = asyncio.Event()

    async def through(route: WebSocketRoute) -> None:
        if cut.is_set():
            await route.close(code=1012)
            return
        route.connect_to_server()
        open_sockets.append(route)

    await page.route_web_socket("**/api/v1/events*", through)
    await page.goto("/")
    live = page.get_by_role("status").get_by_text("Live", exact=True)
    await expect(live).to_be_visible()
    cut.set()
    for socket in open_sockets:
        await socket.close(code=1012)
    await page.route("**/api/v1/**", lambda route: route.abort())
    await expect(page.get_by_text("Not live", exact=True)).to_be_visible()
    await expect(page.get_by_text("Not live: what you see may be old")).to_be_visible()
    await expect(page.get_by_text("The server can't be reached").first).to_be_visible(timeout=30_000)
    await Desk(page, desk.system, desk.kept).accessible()
    await Desk(page, desk.system, desk.kept).picture("cut off")
    cut.clear()
    await page.unroute("**/api/v1/**")
    await expect(live).to_be_visible(timeout=30_000)
    await expect(page.get_by_text("The server can't be reached")).to_have_count(0)
    await page.close()
