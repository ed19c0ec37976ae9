"""Configuration screens: lists, tables, rights, and whatever people call things."""

import asyncio
import re
from pathlib import Path
from uuid import uuid4

from playwright.async_api import Route, expect

from controlplane.entrypoints.throw_away import PASSWORD
from tests.e2e.desk import Desk
from tests.e2e.form import HANGUP, digits, extension, fresh, make, save, text_box
from tests.system.office import Phones, another_office

RESOURCES = {
    "phone-numbers": ("Phone numbers", "New phone number"),
    "extensions": ("Extensions", "New extension"),
    "devices": ("Phones", "New phone"),
    "ivr-menus": ("Menus", "New menu"),
    "time-conditions": ("Opening hours", "New opening hours"),
    "holiday-calendars": ("Holidays", "New holiday calendar"),
    "queues": ("Queues", "New queue"),
    "ring-groups": ("Ring groups", "New ring group"),
    "voicemail-boxes": ("Voicemail boxes", "New voicemail box"),
    "prompts": ("Prompts", "New prompt"),
    "trunks": ("Trunks", "New trunk"),
    "outbound-routes": ("Outbound routes", "New outbound route"),
    "routing-templates": ("Templates", "New routing template"),
    "location-routings": ("Locations on templates", "New location's routing"),
}


async def test_every_list_and_form_is_accessible(desk: Desk) -> None:
    for resource, (many, new) in RESOURCES.items():
        await desk.open(f"/config/{resource}", many)
        await expect(desk.page.get_by_role("progressbar")).to_have_count(0)
        await desk.accessible()
        await desk.page.get_by_role("link", name=new).first.click()  # the page's button, or that of an empty list
        await expect(desk.page.get_by_role("heading", level=1, name=new)).to_be_visible()
        await desk.accessible()


async def test_the_list_of_phones_tells_who_is_registered(desk: Desk, phones: Phones) -> None:
    async with another_office(desk.system, "Live phones", "live") as office:
        ann = await office.desk("741", name="Ann")
        login = {"email": "boss@live.test", "name": "Boss", "role": "admin", "password": PASSWORD}
        await office.api.post("/users", login)
        await office.api.apply("One phone")
        await desk.become("boss@live.test")
        await desk.open("/config/devices", "Phones")
        row = desk.page.get_by_role("row").filter(has_text="Ann")
        await expect(row.get_by_text("Not registered", exact=True)).to_be_visible()
        phone = await phones.at(ann)
        await expect(row.get_by_text("Registered", exact=True)).to_be_visible(timeout=3000)
        await phone.unregister()
        await expect(row.get_by_text("Not registered", exact=True)).to_be_visible(timeout=3000)


async def test_ten_thousand_rows_come_in_once_the_bad_ones_are_mended(desk: Desk, tmp_path: Path) -> None:
    organization = await make(desk, "organizations", name=fresh("Ten thousand"))
    await desk.page.evaluate("id => sessionStorage.setItem('organization', id)", organization["id"])
    rows = [f"phone-{uuid4().hex[:6]}-{n},{20000 + n},Person {n}" for n in range(10_000)]
    head = "name,extension,extension_name"
    bad, good = tmp_path / "bad.csv", tmp_path / "good.csv"
    good.write_text("\n".join([head, *rows]))
    broken = [*rows]
    broken[4] = "no spaces please,20004,Person 4"
    broken[9_998] = f"{rows[9_998].split(',')[0]},not a number,Person"
    bad.write_text("\n".join([head, *broken]))

    page = desk.page
    await desk.open("/config/devices", "Phones")
    await expect(page.get_by_text("No phones yet")).to_be_visible()
    await page.get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name="Import from CSV").click()
    dialog = page.get_by_role("dialog", name="Import phones from CSV")
    await dialog.locator("input[type=file]").set_input_files(bad)
    await expect(dialog.get_by_role("cell", name="6", exact=True)).to_be_visible(timeout=60_000)
    await expect(dialog.get_by_role("cell", name="10000", exact=True).first).to_be_visible()
    await expect(dialog.get_by_role("button", name="Import", exact=True)).to_be_disabled()
    await desk.accessible()
    await desk.picture("problems")
    await dialog.locator("input[type=file]").set_input_files(good)
    await expect(dialog.get_by_text("20,000 new, 0 changed")).to_be_visible(timeout=60_000)
    await dialog.get_by_role("button", name="Import", exact=True).click()
    await expect(dialog).to_be_hidden(timeout=120_000)
    await expect(page.get_by_text("50 of 10,000")).to_be_visible()
    await page.get_by_role("button", name="Show more").click()
    await expect(page.get_by_text("100 of 10,000")).to_be_visible()
    await page.get_by_role("searchbox").fill(rows[77].split(",")[0])
    await expect(page.get_by_text("1 of 1", exact=True)).to_be_visible()


async def test_a_list_is_sorted_and_its_columns_chosen_and_stays_so(desk: Desk) -> None:
    page, mark, number = desk.page, uuid4().hex[:6], int(digits()[:6]) * 10
    a, b, c = [f"{mark} {letter}" for letter in "abc"]
    for name, own in ((a, number + 2), (b, number), (c, number + 1)):
        await extension(desk, name=name, number=str(own))
    await desk.open(f"/config/extensions?q={mark}", "Extensions")
    heads, shown = page.get_by_role("columnheader"), page.get_by_role("rowheader").get_by_role("link")
    await expect(shown).to_have_text([a, b, c])
    await heads.filter(has_text="Number").get_by_role("button").click()
    await expect(shown).to_have_text([b, c, a])
    await heads.filter(has_text="Number").get_by_role("button").click()
    await expect(shown).to_have_text([a, c, b])
    await expect(heads.filter(has_text="Number")).to_have_attribute("aria-sort", "descending")
    await page.get_by_role("button", name="Columns").click()
    await page.get_by_role("menuitemcheckbox", name="Voicemail box").click()
    await page.keyboard.press("Escape")
    await expect(heads.filter(has_text="Voicemail box")).to_have_count(0)
    await expect(page).to_have_url(re.compile("sort=-number"))
    await page.reload()
    await expect(shown).to_have_text([a, c, b])
    await expect(heads.filter(has_text="Number")).to_have_attribute("aria-sort", "descending")
    await expect(heads.filter(has_text="Voicemail box")).to_have_count(0)


async def _comes_late(route: Route) -> None:
    await asyncio.sleep(1)
    await route.continue_()


async def test_a_list_is_searched_walked_and_opened_by_keyboard(desk: Desk) -> None:
    page, mark = desk.page, uuid4().hex[:6]
    names = [f"{mark} {letter}" for letter in "abc"]
    for name in names:
        await extension(desk, name=name)
    await desk.open("/config/extensions", "Extensions")
    await expect(page.get_by_role("rowheader").first).to_be_visible()
    await page.keyboard.press("/")
    await expect(page.get_by_role("searchbox")).to_be_focused()
    await expect(page.get_by_role("searchbox")).to_have_value("")
    await page.keyboard.type(mark[:-1])
    links = page.get_by_role("rowheader").get_by_role("link")
    await expect(links).to_have_text(names)
    await page.route("**/FormPage-*.js", _comes_late)
    await page.keyboard.type(mark[-1])  # what is still to be looked for must not take back the step to the form
    await page.get_by_role("region", name="Extensions").focus()
    await page.keyboard.press("ArrowDown")
    await expect(links.nth(0)).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await expect(links.nth(2)).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1, name=names[1])).to_be_visible()
    await page.go_back()
    await expect(links).to_have_text(names)
    await page.get_by_role("region", name="Extensions").focus()
    await page.keyboard.press("n")
    await expect(page.get_by_role("heading", level=1, name="New extension")).to_be_visible()


async def test_a_search_that_finds_nothing_is_cleared_by_a_button(desk: Desk) -> None:
    page, person = desk.page, await extension(desk)
    await desk.open("/config/extensions", "Extensions")
    await page.get_by_role("searchbox").fill(f"{person['name']} nobody")
    await page.get_by_role("button", name="Clear filters").click()
    await expect(page.get_by_role("searchbox")).to_have_value("")
    await page.wait_for_timeout(600)  # as long as what is typed takes to be looked for
    await expect(page.get_by_role("searchbox")).to_have_value("")
    await expect(page.get_by_role("rowheader").first).to_be_visible()


HTML = "<img src=x onerror='window.hacked=1'>"
FREE_TEXT = (
    "input[type=text]:not([role=combobox]):enabled, input[type=password]:enabled, textarea:enabled:not([aria-hidden])"
)


async def test_html_is_text_in_every_field(desk: Desk) -> None:
    page, email = desk.page, "html@html.test"
    async with another_office(desk.system, "HTML", "html") as office:
        await office.api.post("/users", {"email": email, "name": HTML, "role": "admin", "password": PASSWORD})
        await desk.become(email)
        for resource, (many, new) in RESOURCES.items():
            await desk.open(f"/config/{resource}/new", new)
            for box in await page.locator("main").locator(FREE_TEXT).all():
                await box.fill(HTML)
            await save(desk)
            told = page.get_by_role("dialog").or_(page.get_by_role("alert")).or_(page.locator("[aria-invalid=true]"))
            await expect(told.first).to_be_visible()
            await desk.open(f"/config/{resource}", many)
            await expect(page.get_by_role("progressbar")).to_have_count(0)
            assert await page.evaluate("window.hacked") is None, resource
            await expect(page.locator("img[src=x]")).to_have_count(0)


async def test_names_are_text_however_long_and_in_whatever_script(desk: Desk) -> None:
    mark = uuid4().hex[:6]
    names = [
        f"{mark} <img src=x onerror='window.hacked=1'>",
        f"{mark} {'unbreakable' * 8}",
        f"{mark} مركز المدينة (رئيسي)",
        f"{mark} 🛍️ Shop & <b>Söhne</b>",
    ]
    made = [await extension(desk, name=name) for name in names]
    page = desk.page
    await page.set_viewport_size({"width": 360, "height": 740})
    await desk.open(f"/config/extensions?q={mark}", "Extensions")
    for name in names:
        await expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
    await desk.accessible()
    await desk.picture("narrow")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    for one in made:
        await desk.open(f"/config/extensions/{one['id']}", one["name"])
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    await page.set_viewport_size({"width": 1280, "height": 800})
    await desk.open(f"/config/extensions?q={mark}", "Extensions")
    renamed = f"{mark} <script>window.hacked=2</script>"
    await page.get_by_role("button", name=f"Rename {names[1]}").click()
    await page.get_by_role("textbox", name=f"Rename {names[1]}").fill(renamed)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("link", name=renamed, exact=True)).to_be_visible()
    assert await page.evaluate("window.hacked") is None
    pencil = page.get_by_role("button", name=f"Rename {renamed}")
    await expect(pencil).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Escape")
    await expect(pencil).to_be_focused()


async def test_what_is_in_use_says_who_uses_it(desk: Desk) -> None:
    person = await extension(desk)
    group = await make(desk, "ring-groups", name=fresh("Team"), extension_ids=[person["id"]], no_answer=HANGUP)
    page = desk.page
    await desk.open(f"/config/extensions/{person['id']}", person["name"])
    await expect(page.get_by_role("region", name="Used by").get_by_role("link", name=group["name"])).to_be_visible()
    await page.get_by_role("button", name="Delete").click()
    await page.get_by_role("button", name="Delete extension").click()
    dialog = page.get_by_role("dialog", name="It is still used")
    await desk.accessible()
    await dialog.get_by_role("link", name=f"the ring group '{group['name']}'").click()
    await expect(page.get_by_role("heading", level=1, name=group["name"])).to_be_visible()
    await page.get_by_role("button", name="Delete").click()
    await page.get_by_role("button", name="Delete ring group").click()
    await expect(page.get_by_role("heading", level=1, name="Ring groups")).to_be_visible()
    await desk.open(f"/config/extensions?q={person['number']}", "Extensions")
    await page.get_by_role("checkbox", name=f"Select {person['name']}").check()
    await page.get_by_role("button", name="Disable").click()
    await expect(page.get_by_text("1 extension disabled in the draft")).to_be_visible()
    assert (await desk.system.api.get(f"/extensions/{person['id']}"))["enabled"] is False


async def test_who_only_reads_sees_no_button_that_changes(desk: Desk) -> None:
    queue = await make(desk, "queues", name=fresh("Read only"), overflow=HANGUP)
    page, email, password = desk.page, f"{uuid4().hex[:8]}@demo.test", uuid4().hex
    await make(desk, "users", email=email, name="Reader", role="executive", password=password)
    await desk.become(email, password)
    await desk.open("/config/queues", "Queues")
    await expect(page.get_by_role("link", name=queue["name"])).to_be_visible()
    await expect(page.get_by_role("link", name="New queue")).to_have_count(0)
    await expect(page.get_by_role("checkbox")).to_have_count(0)
    await desk.accessible()
    await page.get_by_role("link", name=queue["name"]).click()
    await expect(page.get_by_text("You may look at this, but not change it.")).to_be_visible()
    await expect(text_box(page, "Name")).to_be_disabled()
    await expect(page.get_by_role("button", name="Save draft")).to_have_count(0)
    await desk.accessible()
