"""Administration: who may do what where, secrets shown once, logins ended, changes told."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import BrowserContext, Page, Request, expect

from controlplane.entrypoints.throw_away import PASSWORD, ThrowAwaySystem
from controlplane.lab.client import ApiClient, Json
from tests.e2e.desk import Desk, keep_watch
from tests.system.office import another_office

PAGES = {
    "/admin/users": "Users",
    "/admin/roles": "Roles",
    "/admin/locations": "Locations",
    "/admin/organizations": "Organisations",
    "/admin/api-keys": "API keys",
    "/admin/sessions": "Logins",
    "/admin/audit-log": "Audit log",
    "/admin/nodes": "Nodes",
    "/admin/system": "This system",
    "/account": "Your account",
}


@dataclass(frozen=True)
class Company:
    """An organisation with two places, an extension in each, and an admin of its own."""

    api: ApiClient
    admin: str
    north: str
    south: str


@pytest.fixture(scope="module")
async def company(system: ThrowAwaySystem) -> AsyncIterator[Company]:
    async with another_office(system, "Two places", "two") as office:
        north = (await office.api.post("/locations", {"name": "North", "timezone": "America/Chicago"}))["id"]
        south = (await office.api.post("/locations", {"name": "South", "timezone": "Europe/Berlin"}))["id"]
        await office.make("extensions", name="North desk", number="801", location_id=north)
        await office.make("extensions", name="South desk", number="901", location_id=south)
        admin = {"email": "admin@two.test", "name": "Ada", "role": "admin", "password": PASSWORD}
        await office.api.post("/users", admin)
        yield Company(office.api, str(admin["email"]), north, south)


@pytest.fixture
async def office_desk(desk: Desk, company: Company) -> Desk:
    """The window of the company's admin."""
    return await desk.become(company.admin)


async def act(page: Page, whose: str, what: str) -> None:
    """Chooses from the menu of a row."""
    await page.get_by_role("button", name=f"Actions: {whose}").click()
    await page.get_by_role("menuitem", name=what).click()


async def menu(page: Page) -> list[str]:
    """What the main menu offers."""
    return await page.get_by_role("navigation", name="Main").get_by_role("link").all_inner_texts()


async def another_window(desk: Desk) -> BrowserContext:
    browser = desk.page.context.browser
    assert browser is not None
    return await browser.new_context(base_url=desk.system.running.web_url, ignore_https_errors=True)


async def add_user(desk: Desk, name: str, email: str, role: str, location: str | None = None) -> str:
    """By the form; gives the password that is shown once."""
    page = desk.page
    await desk.open("/admin/users", "Users")
    await page.get_by_role("button", name="Add user").click()
    form = page.get_by_role("dialog")
    await form.get_by_label("Name").fill(name)
    await form.get_by_label("Email").fill(email)
    await form.get_by_label("Role").click()
    await page.get_by_role("option", name=role, exact=True).click()
    if location:
        await form.get_by_label("Locations").click()
        await page.get_by_role("option", name=location).click()
        await form.get_by_label("Name").click()
    await desk.accessible()
    await form.get_by_role("button", name="Save").click()
    password = await page.locator("[data-secret]").inner_text()
    await page.get_by_role("button", name="I have kept it").click()
    await expect(page.get_by_text(password)).not_to_be_attached()
    return password


async def test_a_manager_sees_only_their_place_and_what_they_may(office_desk: Desk, company: Company) -> None:
    password = await add_user(office_desk, "Mona North", "mona@two.test", "manager", "North")
    async with await another_window(office_desk) as context:
        page = await context.new_page()
        with keep_watch(page) as faults:
            mona = Desk(page, office_desk.system, office_desk.kept)
            await mona.log_in("mona@two.test", password)
            offered = await menu(page)
            assert {"Users", "Roles"} <= set(offered)
            assert not {"Nodes", "API keys", "Audit log", "Organisations", "Locations", "Logins"} & set(offered)
            await mona.open("/admin/users", "Users")
            await expect(page.get_by_text("mona@two.test")).to_be_visible()
            await expect(page.get_by_text(company.admin)).not_to_be_attached()
            await page.goto("/admin/audit-log")
            await expect(page.get_by_text("You may not see this")).to_be_visible()
            await mona.open("/admin/locations", "Locations")
            await expect(page.get_by_text("America/Chicago")).to_be_visible()
            await expect(page.get_by_text("Europe/Berlin")).not_to_be_attached()
            await expect(page.get_by_role("button", name="Add location")).not_to_be_attached()
        assert not faults
    async with ApiClient(office_desk.system.settings.api_url) as api:
        await api.login("mona@two.test", password)
        numbers = [one["number"] for one in (await api.get("/extensions"))["items"]]
        assert "801" in numbers
        assert "901" not in numbers, "what the page hides, the API refuses"


async def test_an_executive_reads_and_changes_nothing(office_desk: Desk) -> None:
    password = await add_user(office_desk, "Eve", "eve@two.test", "executive")
    await office_desk.become("eve@two.test", password)
    assert await menu(office_desk.page) == ["Home", "Queues live", "Live calls", "Call log", "Contacts"]


async def test_ending_a_login_ends_it(office_desk: Desk, company: Company) -> None:
    async with await another_window(office_desk) as context:
        page = await context.new_page()
        other = Desk(page, office_desk.system, office_desk.kept)
        await other.log_in(company.admin, PASSWORD)
        await office_desk.open("/admin/sessions", "Logins")
        await expect(office_desk.page.get_by_text("This one")).to_be_visible()
        ends = office_desk.page.get_by_role("button", name="End: ")
        before = await ends.count()
        await ends.first.click()  # the newest is first, and not this one
        await office_desk.accessible()
        await office_desk.page.get_by_role("dialog").get_by_role("button", name="End").click()
        await expect(ends).to_have_count(before - 1)
        await page.goto("/account")
        await expect(page.get_by_role("button", name="Log in")).to_be_visible()


async def status_with(page: Page, key: str) -> int:
    """What the API answers to this key."""
    answer = await page.request.get("/api/v1/locations", headers={"Authorization": f"Bearer {key}"})
    return answer.status


async def test_an_api_key_is_shown_once_works_and_is_shut_out(office_desk: Desk) -> None:
    page = office_desk.page
    await office_desk.open("/admin/api-keys", "API keys")
    await page.get_by_role("button", name="Add API key").first.click()
    await page.get_by_label("Name").fill("CRM")
    await page.get_by_role("button", name="Make key").click()
    await expect(page.get_by_role("alert")).to_contain_text("scopes")
    await page.get_by_label("Locations: see", exact=True).check()
    await office_desk.accessible()
    await page.get_by_role("button", name="Make key").click()
    key = await page.locator("[data-secret]").inner_text()
    await page.get_by_role("button", name="Copy: API key").click()
    assert await page.evaluate("navigator.clipboard.readText()") == key
    await office_desk.picture("shown-once")
    await page.get_by_role("button", name="I have kept it").click()
    assert await status_with(page, key) == 200
    await page.reload()
    await expect(page.get_by_text("CRM", exact=True)).to_be_visible()
    assert key not in await page.content()
    await act(page, "CRM", "Delete")
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(page.get_by_text("CRM", exact=True)).not_to_be_attached()
    assert await status_with(page, key) == 401


async def lose_the_network(page: Page) -> None:
    """For a moment; then the page reads again what is older than five seconds."""
    await page.wait_for_timeout(5_500)
    await page.evaluate("for (const name of ['offline', 'online']) dispatchEvent(new Event(name))")
    await page.wait_for_load_state("networkidle")


async def test_a_phone_is_found_by_its_number_and_stays_when_others_are_added(
    office_desk: Desk, company: Company
) -> None:
    page, api = office_desk.page, company.api
    north, south = [(await api.get("/extensions", q=number))["items"][0]["id"] for number in ("801", "901")]
    user: Json = {"email": "lin@two.test", "name": "Lin", "role": "staff", "extension_ids": [north]}
    lin = await api.post("/users", {**user, "password": PASSWORD})
    await office_desk.open("/admin/users", "Users")
    await act(page, "Lin", "Edit")
    form = page.get_by_role("dialog")
    await expect(form.get_by_role("button", name="801 North desk")).to_be_visible()
    async with page.expect_request(lambda sent: "/extensions?" in sent.url and "q=901" in sent.url):
        await form.get_by_label("Own extensions").fill("901")
    await page.get_by_role("option", name="901 South desk").click()
    await expect(form.get_by_role("button", name="901 South desk")).to_be_visible()
    await form.get_by_label("Name").click()
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_be_hidden()
    assert (await api.get(f"/users/{lin['id']}"))["extension_ids"] == [north, south]


async def test_rights_that_somebody_else_has_added_stay(office_desk: Desk, company: Company) -> None:
    page = office_desk.page
    role = await company.api.post("/roles", {"name": "Desk staff", "scopes": ["calls:read"]})
    await office_desk.open("/admin/roles", "Roles")
    await page.get_by_role("button", name="Desk staff").click()
    await page.get_by_role("button", name="Edit").click()
    form = page.get_by_role("dialog")
    await form.get_by_label("Contacts: see").check()
    await company.api.patch(f"/roles/{role['id']}", {"scopes": ["calls:read", "queues:read"]})
    await form.get_by_role("button", name="Save").click()
    await form.get_by_role("alert").get_by_role("button", name="Show theirs").click()
    await expect(form.get_by_label("Queues: see")).to_be_checked()
    await form.get_by_label("Contacts: see").check()
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_be_hidden()
    now = (await company.api.get(f"/roles/{role['id']}"))["scopes"]
    assert set(now) == {"calls:read", "queues:read", "contacts:read"}
    await page.get_by_role("button", name="Delete").click()
    await company.api.patch(f"/roles/{role['id']}", {"name": "Front desk"})
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(page.get_by_role("alert").get_by_text("Changed by admin@demo.test")).to_be_visible()
    await expect(page.get_by_role("button", name="Front desk")).to_be_visible()


async def test_every_change_says_what_it_was_made_on(desk: Desk) -> None:
    page, api = desk.page, desk.system.api
    changes: list[Request] = []
    page.on("request", lambda sent: changes.append(sent) if sent.method in {"PATCH", "DELETE"} else None)
    await api.post("/locations", {"name": "Kiosk", "timezone": "UTC"})
    await api.post("/api-keys", {"name": "Old script", "scopes": ["calls:read"]})
    await api.post("/organizations", {"name": "Old house"})
    await api.post("/nodes", {"name": "shed"})
    await api.post("/users", {"name": "Temp", "email": "temp@demo.test", "role": "staff", "password": PASSWORD})
    await desk.open("/admin/organizations", "Organisations")
    await act(page, "Old house", "Rename")
    await page.get_by_role("dialog").get_by_label("Name").fill("Empty house")
    await page.get_by_role("dialog").get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Empty house", exact=True)).to_be_visible()
    for path, heading, whose, gone in (
        ("/admin/users", "Users", "Temp", "temp@demo.test"),
        ("/admin/locations", "Locations", "Kiosk", "Kiosk"),
        ("/admin/api-keys", "API keys", "Old script", "Old script"),
        ("/admin/organizations", "Organisations", "Empty house", "Empty house"),
        ("/admin/nodes", "Nodes", "shed", "shed"),
    ):
        await desk.open(path, heading)
        if heading == "Users":
            await act(page, whose, "Disable")
            await page.get_by_role("dialog").get_by_role("button", name="Disable").click()
            await act(page, whose, "Let in again")
            await expect(page.get_by_text("Disabled", exact=True)).not_to_be_attached()
        if heading == "Nodes":
            await act(page, whose, "Disable")
            await page.get_by_role("dialog").get_by_role("button", name="Disable").click()
            await act(page, whose, "Enable")
        await act(page, whose, "Delete")
        await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        await expect(page.get_by_text(gone, exact=True)).not_to_be_attached()
    assert len(changes) == 10
    assert [sent.url for sent in changes if "if-match" not in sent.headers] == []


async def test_two_who_change_one_place_and_the_log_that_tells_of_it(office_desk: Desk, company: Company) -> None:
    page = office_desk.page
    await office_desk.open("/admin/locations", "Locations")
    await act(page, "South", "Edit")
    form = page.get_by_role("dialog")
    await form.get_by_label("City").fill("Munich")
    await company.api.patch(f"/locations/{company.south}", {"address": {"city": "Hamburg"}})
    await lose_the_network(page)
    await form.get_by_role("button", name="Save").click()
    refused = form.get_by_role("alert")
    await expect(refused).to_contain_text("admin@demo.test")
    await refused.get_by_role("button", name="Show theirs").click()
    await expect(form.get_by_label("City")).to_have_value("Hamburg")
    await form.get_by_label("City").fill("Munich")
    await form.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("cell", name="South Munich")).to_be_visible()

    await office_desk.open("/admin/audit-log?kind=location", "Audit log")
    await page.get_by_label("Who").fill("admin@two")
    line = page.get_by_role("button", name="location: update South")
    await expect(line).to_have_count(1)  # the other admin's line is filtered out
    await line.click()
    row = page.get_by_role("row", name="address.city")
    await expect(row.get_by_role("cell").nth(1)).to_have_text("Hamburg")
    await expect(row.get_by_role("cell").nth(2)).to_have_text("Munich")
    await office_desk.accessible()
    await office_desk.picture("diff")


async def test_a_node_is_checked_and_a_new_one_gets_a_code(desk: Desk) -> None:
    page = desk.page
    await desk.open("/admin/nodes", "Nodes")
    main = page.get_by_role("region", name="main")
    await expect(main.get_by_text("Up", exact=True)).to_be_visible()
    await main.get_by_role("button", name="Check for drift").click()
    await expect(page.get_by_text("Nothing was changed outside of a release.")).to_be_visible(timeout=60_000)
    await page.get_by_role("button", name="Add node").click()
    await page.get_by_label("Name").fill("branch-7")
    await page.get_by_role("dialog").get_by_role("button", name="Add node").click()
    await expect(page.get_by_text("CP_NODE_NAME=branch-7")).to_be_visible()
    await page.get_by_role("button", name="I have kept it").click()
    await act(page, "branch-7", "Delete")
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(page.get_by_role("region", name="branch-7")).not_to_be_attached()


async def test_a_password_is_changed_and_the_clock_follows(office_desk: Desk, company: Company) -> None:
    page = office_desk.page
    user: Json = {"email": "pat@two.test", "name": "Pat", "role": "staff", "password": PASSWORD}
    await company.api.post("/users", {**user, "location_ids": [company.north]})
    await office_desk.become("pat@two.test")
    await page.get_by_role("button", name="Your account").click()
    await page.get_by_role("menuitem", name="Account and password").click()
    await page.get_by_label("Current password").fill("not it")
    await page.locator("input[name=new_password]").fill("a new one, longer")
    await page.locator("input[name=again]").fill("a new one, longer")
    await page.get_by_role("button", name="Change password").click()
    await expect(page.get_by_label("Current password")).to_have_attribute("aria-invalid", "true")
    await page.get_by_label("Current password").fill(PASSWORD)
    await page.get_by_role("button", name="Change password").click()
    await expect(page.get_by_text("Changed. Your other logins have ended.")).to_be_visible()
    await page.get_by_label("Clock").click()
    await page.get_by_role("option", name="24 hours").click()
    await expect(page.locator("[data-sample]")).to_have_text(re.compile(r"\d\d:\d\d$"))
    await page.get_by_label("Time zone").fill("Tokyo")
    await page.get_by_role("option", name="Asia/Tokyo").click()
    await page.reload()
    await expect(page.get_by_label("Time zone")).to_have_value("Asia/Tokyo")


@pytest.mark.parametrize("width", [1280, 360])
async def test_every_page_is_accessible_and_fits(desk: Desk, width: int) -> None:
    await desk.page.set_viewport_size({"width": width, "height": 800})
    for path, heading in PAGES.items():
        await desk.open(path, heading)
        await expect(desk.page.get_by_label("Loading …")).not_to_be_attached()
        await desk.accessible()
        assert await desk.page.evaluate("document.documentElement.scrollWidth") <= width, path
        await desk.picture(f"{heading}-{width}")
