"""The page where things are not as on a developer's desk: a telephone's width, twice the size, a slow line."""

import pytest
from playwright.async_api import expect

from controlplane.entrypoints.throw_away import PASSWORD, ThrowAwaySystem
from controlplane.kit import clock
from tests.e2e.desk import Desk
from tests.system.office import HANGUP, Phones, Told, another_office, hang_up, talk

CALLER_HZ, DESK_HZ = 440, 1000
PAGES = {
    "/": "Home",
    "/calls": "Call log",
    "/calls/live": "Live calls",
    "/voicemails": "Voicemail",
    "/contacts": "Contacts",
    "/config/queues": "Queues",
    "/config/ring-groups/new": "New ring group",
    "/flows": "Call flows",
    "/changes": "Changes",
    "/changes/history": "History",
    "/rehearsal": "Try a call",
    "/flow-tests": "Flow tests",
    "/queues/wallboard": "Queues live",
    "/my-queues": "My queues",
    "/setup": "Set-up guide",
}
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
"""A bad mobile connection: 400 kbit/s, and 400 ms until anything answers."""


@pytest.mark.parametrize(("width", "height"), [(360, 740), (640, 400)], ids=["telephone", "200 percent of 1280"])
async def test_every_page_fits(desk: Desk, width: int, height: int) -> None:
    await desk.page.set_viewport_size({"width": width, "height": height})
    for path, heading in PAGES.items():
        await desk.open(path, heading)
        await expect(desk.page.get_by_label("Loading …")).to_have_count(0)
        assert await desk.page.evaluate("document.documentElement.scrollWidth") <= width, path
        await desk.picture(f"{heading}-{width}")


async def test_every_page_can_be_read_in_the_dark(desk: Desk) -> None:
    await desk.page.emulate_media(color_scheme="dark")
    for path, heading in PAGES.items():
        await desk.open(path, heading)
        await expect(desk.page.get_by_label("Loading …")).to_have_count(0)
        assert await desk.page.evaluate("document.documentElement.dataset.scheme") == "dark"
        await desk.accessible()


async def test_a_slow_line_is_slow_and_nothing_else(desk: Desk) -> None:
    page = desk.page
    session = await page.context.new_cdp_session(page)
    await session.send("Network.enable")
    await session.send("Network.emulateNetworkConditions", SLOW)
    await desk.become("admin@demo.test")
    await page.get_by_role("link", name="Call log").click()
    await expect(page.get_by_role("heading", level=1, name="Call log")).to_be_visible()
    await page.get_by_role("link", name="Home").click()
    await expect(page.get_by_role("heading", level=1, name="Home")).to_be_visible()
    await expect(page.get_by_role("alert")).to_have_count(0)


async def test_a_manager_sees_no_call_of_another_location(desk: Desk, system: ThrowAwaySystem, phones: Phones) -> None:
    async with another_office(system, "Far apart", "places") as office:
        south = (await office.api.post("/locations", {"name": "South", "timezone": "UTC"}))["id"]
        away = await office.desk("301", location_id=south)
        line = await office.line(away.here, location_id=south)
        for name, role in (("north", "manager"), ("boss", "admin")):
            user = {"email": f"{name}@places.test", "name": name, "role": role, "password": PASSWORD}
            await office.api.post("/users", {**user, "location_ids": [office.location]})
        await office.make("extensions", name="Here", number="302", location_id=office.location, no_answer=HANGUP)
        await office.api.apply("Far apart")
        since = clock.now()
        there = await phones.at(away, DESK_HZ, answer_after_s=0.1)
        caller = await phones.outside(office, CALLER_HZ, name="Secret Sue")
        out = await caller.dial(line)
        rung = await there.wait_ringing()
        await talk(caller, CALLER_HZ, there, DESK_HZ)
        await hang_up(caller, out, (there, rung))
        call = await Told(office.api, since).call(caller.account.user)
        assert call["location_id"] == south
        await desk.become("boss@places.test")
        await desk.open(f"/calls/{call['id']}", "Call from Secret Sue")
        await desk.page.get_by_role("button", name="Link to this call").click()
        link = await desk.page.evaluate("navigator.clipboard.readText()")
        await desk.open("/calls", "Call log")
        first = next(one for one in (await office.api.get("/locations"))["items"] if one["id"] != south)
        for place, amount in (("South", 1), (first["name"], 0)):
            switcher = desk.page.get_by_role("region", name="Location").get_by_role("combobox")
            await switcher.fill(place)
            await desk.page.get_by_role("option", name=place, exact=True).click()
            await expect(desk.page.get_by_role("row").filter(has_text="Secret Sue")).to_have_count(amount)
        await desk.become("north@places.test")
        await desk.open("/calls", "Call log")
        await expect(desk.page.get_by_text("There are no calls yet")).to_be_visible()
        await desk.page.goto(link)
        await expect(desk.page.get_by_role("alert")).to_contain_text("There is no such call")
        await expect(desk.page.get_by_text("Secret Sue")).to_have_count(0)
