"""Contacts: made from a call, named everywhere, found, changed by two, told as a table, gone again."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import FilePayload, Locator, Page, Route, expect

from controlplane.entrypoints.throw_away import PASSWORD, ThrowAwaySystem
from controlplane.kit import clock
from controlplane.lab.client import Json
from controlplane.lab.phone_model import Account
from tests.e2e.desk import Desk
from tests.system import office as lab
from tests.system.office import Office, Phones, Told, another_office, hang_up, new_caller

FRESH_MS = 5_500
"""After this what was read is read again when the window is looked at."""
NAME = "Ann <b>bold</b> מתוקה"


@dataclass(frozen=True)
class Shop:
    office: Office
    desk: lab.Desk
    line: str


@pytest.fixture(scope="module")
async def shop(system: ThrowAwaySystem) -> AsyncIterator[Shop]:
    async with another_office(system, "People", "people") as office:
        desk = await office.desk("901")
        for role in ("manager", "staff"):
            user = {"email": f"{role}@people.test", "name": role, "role": role, "password": PASSWORD}
            await office.api.post("/users", {**user, "location_ids": [office.location]})
        line = await office.line(desk.here)
        await office.api.apply("People")
        yield Shop(office, desk, line)


@pytest.fixture
async def boss(desk: Desk, shop: Shop) -> Desk:
    """The manager, who knows nobody yet."""
    for one in (await shop.office.api.get("/contacts"))["items"]:
        await shop.office.api.delete(f"/contacts/{one['id']}")
    return await desk.become("manager@people.test")


def field(scope: Page | Locator, label: str) -> Locator:
    return scope.get_by_role("textbox", name=label, exact=True)


def a_table(content: bytes) -> FilePayload:
    return {"name": "people.csv", "mimeType": "text/csv", "buffer": content}


async def missed_call(shop: Shop, phones: Phones) -> Json:
    """Somebody rings and gives up; gives the record."""
    since = clock.now()
    ringing = await phones.at(shop.desk)
    account = Account.of_carrier(new_caller(), phones.server, "CALIFORNIA")
    caller = await phones.start(account, address=shop.office.carrier)
    out = await caller.dial(shop.line)
    rung = await ringing.wait_ringing()
    await hang_up(caller, out, (ringing, rung))
    return await Told(shop.office.api, since).call(account.user)


async def test_a_caller_becomes_a_contact_and_is_named_from_then_on(boss: Desk, shop: Shop, phones: Phones) -> None:
    call = await missed_call(shop, phones)
    page = boss.page
    await boss.open("/contacts", "Contacts")
    await expect(page.get_by_text("No contacts yet")).to_be_visible()
    await boss.accessible()
    await boss.open(f"/calls/{call['id']}", "Call from CALIFORNIA")
    panel = page.get_by_role("region", name="Contact")
    await expect(panel).to_contain_text("Nobody has this number yet.")
    await panel.get_by_role("button", name="Add to contacts").click()
    dialog = page.get_by_role("dialog", name="New contact")
    await expect(field(dialog, "Number 1")).to_have_value(call["caller_number"])
    await field(dialog, "Name").fill(NAME)
    await field(dialog, "Company").fill("Müller & Söhne")
    await dialog.get_by_role("button", name="Add a number").click()
    await field(dialog, "Number 2").fill("030 1234")
    await field(dialog, "Notes").fill("Two dogs\nOne cat")
    await dialog.get_by_role("combobox", name="Tags").fill("VIP")
    await dialog.get_by_role("combobox", name="Tags").press("Enter")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_text("write it as + country code").first).to_be_visible()
    await expect(field(dialog, "Number 2")).to_have_attribute("aria-invalid", "true")
    await boss.accessible()
    await boss.picture("refused")
    await field(dialog, "Number 2").fill("+49 30 12345678")
    await field(dialog, "Kind of number 2").fill("work")
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text(NAME)
    for words in ("Müller & Söhne", "vip", "Two dogs", "+493012345678 work"):
        await expect(panel).to_contain_text(words)
    await expect(page.get_by_text("The contact is saved.")).to_be_visible()
    await page.mouse.move(0, 0)
    await boss.accessible()
    await boss.picture("panel")
    await panel.get_by_role("link", name="Calls with").click()
    await expect(page.get_by_role("heading", level=1, name="Call log")).to_be_visible()
    row = page.get_by_role("row").filter(has_text=NAME)
    await expect(row).to_have_count(1)
    await boss.accessible()
    await boss.picture("log")
    live = await phones.at(shop.desk)
    caller = await phones.start(Account.of_carrier(call["caller_number"], phones.server), address=shop.office.carrier)
    out = await caller.dial(shop.line)
    rung = await live.wait_ringing()
    await page.get_by_role("link", name="Live calls").click()
    await expect(page.get_by_role("row").filter(has_text=NAME)).to_be_visible()
    await page.get_by_role("link", name="Home").click()
    await expect(page.get_by_role("region", name="Calls now")).to_contain_text(NAME)
    await hang_up(caller, out, (live, rung))


async def test_contacts_are_found_and_sorted(boss: Desk, shop: Shop) -> None:
    api, page = shop.office.api, boss.page
    await api.post(
        "/contacts", {"name": "Cy", "company": "Acme", "numbers": [{"number": "+12025550901"}], "tags": ["boat"]}
    )
    await api.post("/contacts", {"name": "Bo", "company": "Zebra"})
    await boss.open("/contacts", "Contacts")
    table = page.get_by_role("region", name="Contacts")
    await page.get_by_label("Name, company or number").fill("202 555 09")
    await expect(table.get_by_role("rowheader")).to_have_count(1)
    await page.get_by_label("Name, company or number").fill("nobody")
    await expect(page.get_by_text("Nobody fits")).to_be_visible()
    await page.get_by_role("button", name="Clear filters").click()
    await page.get_by_label("Tag", exact=True).fill("boat")
    await expect(table.get_by_role("rowheader")).to_have_count(1)
    await page.get_by_label("Tag", exact=True).fill("")
    await table.get_by_role("button", name="Company").click()
    await table.get_by_role("button", name="Company").click()
    await expect(table.get_by_role("rowheader").first).to_contain_text("Bo")
    await page.mouse.move(0, 0)
    await boss.accessible()
    await boss.picture("contacts")
    await page.set_viewport_size({"width": 360, "height": 740})
    await boss.picture("telephone")
    await page.get_by_role("button", name="New contact").click()
    await expect(page.get_by_role("button", name="Save")).to_be_in_viewport()
    await boss.accessible()
    await boss.picture("telephone-form")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360


async def test_two_change_a_contact_and_it_is_deleted(boss: Desk, shop: Shop) -> None:
    api, page = shop.office.api, boss.page
    eve = await api.post("/contacts", {"name": "Eve", "numbers": [{"number": "+12025550911"}]})
    fay = await api.post("/contacts", {"name": "Fay", "company": "Zebra"})
    await boss.open("/contacts", "Contacts")
    table = page.get_by_role("region", name="Contacts")
    await table.get_by_role("link", name="Fay").click()
    await expect(page.get_by_role("heading", level=1, name="Fay")).to_be_visible()
    await boss.accessible()
    await boss.picture("one")
    await page.get_by_role("button", name="Edit").click()
    dialog = page.get_by_role("dialog", name="Edit Fay")
    await dialog.get_by_role("button", name="Add a number").click()
    await field(dialog, "Number 1").fill("+12025550911")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_text("belongs to the contact 'Eve' already").first).to_be_visible()
    await expect(field(dialog, "Number 1")).to_have_attribute("aria-invalid", "true")
    await api.patch(f"/contacts/{fay['id']}", {"company": "Yak"})
    await field(dialog, "Number 1").fill("+12025550912")
    await dialog.get_by_role("button", name="Save").click()
    refused = dialog.get_by_role("alert")
    await expect(refused).to_contain_text("admin@demo.test")
    await refused.get_by_role("button", name="Show theirs").click()
    await expect(field(dialog, "Company")).to_have_value("Yak")
    await field(dialog, "Company").fill("Gnu")
    await dialog.get_by_role("button", name="Cancel").click()
    await page.get_by_role("button", name="Discard").click()
    await expect(dialog).to_be_hidden()
    await page.get_by_role("link", name="Contacts", exact=True).click()
    await expect(table.get_by_role("row").filter(has_text="Fay")).to_contain_text("Yak")
    await page.get_by_role("checkbox", name="Select Fay").check()
    await page.get_by_role("checkbox", name="Select Eve").check()
    await page.get_by_role("toolbar").get_by_role("button", name="Delete").click()
    sure = page.get_by_role("dialog", name="Delete 2 contacts?")
    await expect(sure).to_contain_text("Calls stay")
    await boss.accessible()
    await sure.get_by_role("button", name="Delete").click()
    await expect(page.get_by_text("2 contacts deleted.")).to_be_visible()
    await expect(table.get_by_role("rowheader").filter(has_text="Fay")).to_have_count(0)
    left = {one["id"] for one in (await api.get("/contacts"))["items"]}
    assert not left & {eve["id"], fay["id"]}


async def test_what_is_typed_outlives_a_failed_reading_and_a_click_beside_it(boss: Desk, shop: Shop) -> None:
    gus = await shop.office.api.post("/contacts", {"name": "Gus"})
    page = boss.page
    await boss.open(f"/contacts/{gus['id']}", "Gus")
    await page.get_by_role("button", name="Edit").click()
    dialog = page.get_by_role("dialog", name="Edit Gus")
    await field(dialog, "Company").fill("Half a name")
    await dialog.get_by_role("combobox", name="Tags").fill("Plumber")
    await page.wait_for_timeout(FRESH_MS)

    async def refuse(route: Route) -> None:
        await route.fulfill(status=409, content_type="application/problem+json", body='{"title": "Not now"}')

    await page.route("**/api/v1/**", refuse)
    async with page.expect_response("**/api/v1/auth/me"):
        await page.evaluate("window.dispatchEvent(new Event('visibilitychange'))")
    await page.wait_for_timeout(300)
    await page.unroute_all()
    await page.mouse.click(5, 5)
    await page.get_by_role("dialog", name="Discard").get_by_role("button", name="Cancel").click()
    await expect(field(dialog, "Company")).to_have_value("Half a name")
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Half a name")).to_be_visible()
    await expect(page.get_by_text("plumber")).to_be_visible()


async def test_a_table_is_looked_at_before_it_is_taken_in_and_staff_only_read(boss: Desk, shop: Shop) -> None:
    page = boss.page
    await boss.open("/contacts", "Contacts")
    await page.get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name="Import from CSV").click()
    chooser = page.get_by_label("Choose a CSV file")
    await chooser.set_input_files(a_table(b"name,numbers\nDi,030 1\n"))
    await expect(page.get_by_role("alert")).to_contain_text("1 problems")
    await boss.accessible()
    await chooser.set_input_files(a_table(b"name,numbers\nDi,work:+12025550903\n"))
    await page.get_by_role("button", name="Import", exact=True).click()
    await expect(page.get_by_text("The contacts are imported.")).to_be_visible()
    await boss.become("staff@people.test")
    await boss.open("/contacts?q=0903", "Contacts")
    await expect(page.get_by_role("rowheader")).to_contain_text("Di")
    await expect(page.get_by_role("button", name="New contact")).to_have_count(0)
    await expect(page.get_by_role("checkbox")).to_have_count(0)
    await boss.accessible()
