"""Configuration screens: lists, forms, secrets, tables, and what goes wrong between two people."""

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

from playwright.async_api import Locator, Page, Route, expect

from controlplane.entrypoints.throw_away import PASSWORD
from tests.e2e.desk import Desk
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
HANGUP = {"kind": "hangup"}


def fresh(word: str) -> str:
    """A name that nobody else has."""
    return f"{word} {uuid4().hex[:6]}"


def digits() -> str:
    """A number that hardly anybody has."""
    return "7" + str(uuid4().int)[:7]


def text_box(page: Page | Locator, name: str) -> Locator:
    return page.get_by_role("textbox", name=name, exact=True)


async def make(desk: Desk, resource: str, **fields: Any) -> dict[str, Any]:
    return await desk.system.api.post(f"/{resource}", fields)


async def extension(desk: Desk, **fields: Any) -> dict[str, Any]:
    return await make(desk, "extensions", **{"name": fresh("Desk"), "number": digits(), **fields})


async def save(desk: Desk) -> None:
    await desk.page.get_by_role("button", name="Save draft").click()


async def choose(scope: Page | Locator, page: Page, label: str, option: str) -> None:
    """One choice of a drop-down list."""
    await scope.get_by_role("combobox", name=label).click()
    await page.get_by_role("option", name=option, exact=True).click()


async def test_every_list_and_form_is_accessible(desk: Desk) -> None:
    for resource, (many, new) in RESOURCES.items():
        await desk.open(f"/config/{resource}", many)
        await expect(desk.page.get_by_role("progressbar")).to_have_count(0)
        await desk.accessible()
        await desk.page.get_by_role("link", name=new).first.click()  # the page's button, or that of an empty list
        await expect(desk.page.get_by_role("heading", level=1, name=new)).to_be_visible()
        await desk.accessible()


async def test_an_extension_is_made_with_a_box_on_the_way(desk: Desk) -> None:
    page, name, number = desk.page, fresh("Reception"), digits()
    await desk.open("/config/extensions", "Extensions")
    await page.get_by_role("link", name="New extension").first.click()  # an empty list offers it, too
    await text_box(page, "Name").fill(name)
    await text_box(page, "Number").fill("12 34")
    await save(desk)
    await expect(page.get_by_text("must be 2 to 8 digits")).to_be_visible()
    await expect(text_box(page, "Number")).to_be_focused()
    await desk.accessible()
    await text_box(page, "Number").fill(number)
    box = page.get_by_role("combobox", name="Voicemail box")
    await box.fill(number)
    await page.get_by_role("option", name="Create a new voicemail box").click()
    dialog = page.get_by_role("dialog", name="New voicemail box")
    await text_box(dialog, "Name").fill(f"{name}'s box")
    await desk.accessible()
    await dialog.get_by_role("button", name="Save draft").click()
    await expect(page.get_by_role("dialog", name="The new PIN")).to_be_visible()
    await page.get_by_role("button", name="I have it").click()
    await expect(box).to_have_value(f"{name}'s box ({number})")
    await expect(text_box(page, "Name")).to_have_value(name)
    await save(desk)
    await expect(page.get_by_role("heading", level=1, name=f"{name} ({number})")).to_be_visible()
    await expect(page.get_by_role("alert").filter(has_text="Saved as draft")).to_be_visible()
    assert await page.get_by_role("link", name="Review changes").get_attribute("href") == "/changes"


async def test_a_phone_is_set_up_and_its_secret_seen_once(desk: Desk) -> None:
    page, person = desk.page, await extension(desk)
    await desk.open("/config/devices/new", "New phone")
    login = f"phone-{person['number']}"
    await text_box(page, "SIP user name").fill(login)
    await page.get_by_role("combobox", name="Extension").fill(person["name"])
    await page.get_by_role("option", name=f"{person['name']} ({person['number']})").click()
    await save(desk)
    dialog = page.get_by_role("dialog", name="Set up the phone")
    await expect(dialog.get_by_text(str(desk.system.settings.sip_port), exact=True)).to_be_visible()
    await expect(dialog.get_by_role("img", name="QR code")).to_be_visible()
    await dialog.get_by_role("button", name="Copy: Secret").click()
    secret = await page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(r"[A-Za-z0-9_-]{24}", secret)
    await page.mouse.move(0, 0)  # away from the button: its hint is no part of any region
    await expect(page.get_by_role("tooltip")).to_have_count(0)
    await desk.accessible()
    await desk.picture("secret")
    await dialog.get_by_role("button", name="I have it").click()
    await expect(dialog).to_be_hidden()
    assert secret not in await page.content()
    await page.reload()
    await expect(page.get_by_role("heading", level=1, name=login)).to_be_visible()
    await expect(dialog).to_be_hidden()

    await page.get_by_role("button", name="Make a new secret").click()
    await page.get_by_role("dialog").get_by_role("button", name="Make a new secret").click()
    await dialog.get_by_role("button", name="Copy: Secret").click()
    assert await page.evaluate("navigator.clipboard.readText()") != secret
    await dialog.get_by_role("button", name="I have it").click()
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


async def test_of_two_tabs_the_slower_one_is_told_and_loses_nothing(desk: Desk) -> None:
    queue = await make(desk, "queues", name=fresh("Two tabs"), overflow=HANGUP)
    address, mine = f"/config/queues/{queue['id']}", desk.page
    await desk.open(address, queue["name"])
    theirs = await mine.context.new_page()
    await theirs.goto(address)
    await theirs.get_by_role("spinbutton", name="Longest wait").fill("90")
    await theirs.get_by_role("button", name="Save draft").click()
    await expect(theirs.get_by_text("Saved as draft")).to_be_visible()

    await mine.get_by_role("spinbutton", name="Rest after a call").fill("30")
    await save(desk)
    dialog = mine.get_by_role("dialog", name="Somebody else changed this")
    await expect(dialog).to_contain_text("Changed by admin@demo.test at 20")
    await dialog.get_by_role("button", name="Look at the difference").click()
    await expect(dialog.get_by_role("row", name="Longest wait 300 s 300 s 90 s")).to_be_visible()
    await expect(dialog.get_by_role("row", name="Rest after a call 0 s 30 s 0 s")).to_be_visible()
    await desk.accessible()
    await desk.picture("difference")
    await dialog.get_by_role("button", name="Keep my changes on top").click()
    await expect(mine.get_by_role("spinbutton", name="Longest wait")).to_have_value("90")
    await save(desk)
    await expect(mine.get_by_text("Saved as draft")).to_be_visible()
    now = await desk.system.api.get(f"/queues/{queue['id']}")
    assert (now["max_wait_s"], now["wrap_up_s"]) == (90, 30)

    await theirs.get_by_role("spinbutton", name="Pause before the next try").fill("9")
    await theirs.get_by_role("button", name="Save draft").click()
    await theirs.get_by_role("button", name="Discard mine, load theirs").click()
    await expect(theirs.get_by_role("spinbutton", name="Rest after a call")).to_have_value("30")
    await expect(theirs.get_by_role("spinbutton", name="Pause before the next try")).to_have_value("5")


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
    await page.keyboard.type(f"{mark}")
    links = page.get_by_role("rowheader").get_by_role("link")
    await expect(links).to_have_text(names)
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


async def test_what_does_not_arrive_is_still_in_the_form(desk: Desk) -> None:
    page = await desk.page.context.new_page()  # nobody keeps watch here: the browser itself notes what is cut
    name, apart = fresh("Cut off"), Desk(page, desk.system, desk.kept)
    await apart.open("/config/extensions/new", "New extension")
    await text_box(page, "Name").fill(name)
    await text_box(page, "Number").fill(digits())
    await page.route("**/api/v1/**", lambda route: route.abort())
    await save(apart)
    await expect(page.get_by_role("alert").filter(has_text="The server can't be reached")).to_be_visible()
    await expect(text_box(page, "Name")).to_have_value(name)
    await page.unroute_all()
    await save(apart)
    await expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


async def test_a_form_outlives_its_token_and_a_slip_of_the_mouse(desk: Desk) -> None:
    person, page, name = await extension(desk), desk.page, fresh("Weekend team")
    await desk.open("/config/ring-groups/new", "New ring group")
    await text_box(page, "Name").fill(name)
    await page.get_by_role("combobox", name="Add extensions").fill(person["number"])
    await page.get_by_role("option", name=f"{person['name']} ({person['number']})").click()
    await choose(page.get_by_role("group", name="When nobody answers"), page, "Kind", "Hang up")
    await page.get_by_role("link", name="Numbers").click()
    leave = page.get_by_role("dialog", name="Leave without saving?")
    await leave.get_by_role("button", name="Cancel").click()
    await expect(leave).to_be_hidden()
    await expect(text_box(page, "Name")).to_have_value(name)

    refused: list[str] = []

    async def expire_once(route: Route) -> None:
        if refused or route.request.method != "POST":
            await route.continue_()
            return
        refused.append(route.request.url)
        await route.fulfill(status=401, content_type="application/problem+json", body='{"title": "Please log in"}')

    await page.route("**/api/v1/ring-groups", expire_once)
    await save(desk)
    await expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    assert len(refused) == 1
    await expect(page.get_by_role("group", name="Extensions").get_by_text(person["name"])).to_be_visible()

    await text_box(page, "Number").fill(digits())
    typed = await text_box(page, "Number").input_value()

    async def log_out(route: Route) -> None:
        if route.request.method == "GET":  # read anew by itself, it would show the login before the click
            await route.continue_()
            return
        await route.fulfill(status=401, content_type="application/problem+json", body='{"title": "Please log in"}')

    await page.route("**/api/v1/ring-groups/*", log_out)
    await page.route("**/api/v1/auth/refresh", log_out)
    await save(desk)
    await page.get_by_label("Email").fill(desk.system.settings.admin_email)
    await page.unroute("**/api/v1/ring-groups/*", log_out)
    await page.unroute("**/api/v1/auth/refresh", log_out)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()
    await expect(text_box(page, "Number")).to_have_value(typed)
    await save(desk)
    await expect(page.get_by_role("heading", level=1, name=f"{name} ({typed})")).to_be_visible()


async def test_a_week_of_hours_and_a_year_of_holidays(desk: Desk) -> None:
    page, name = desk.page, fresh("Shop hours")
    await desk.open("/config/time-conditions/new", "New opening hours")
    await text_box(page, "Name").fill(name)
    await choose(page.get_by_role("main"), page, "Location", "Main")
    await page.get_by_role("button", name="Add hours: Monday").click()
    monday = page.get_by_role("group", name="Monday")
    await monday.get_by_label("To", exact=True).fill("08:00")
    await expect(monday).to_contain_text("Hours end after they start")
    await monday.get_by_label("To", exact=True).fill("18:30")
    await page.get_by_role("button", name="Monday: Copy to Monday").click()
    await page.get_by_role("button", name="Open all day: Sunday").click()
    await choose(page.get_by_role("group", name="While open"), page, "Kind", "Hang up")
    await choose(page.get_by_role("group", name="While closed"), page, "Kind", "Hang up")
    await desk.accessible()
    await save(desk)
    await expect(page.get_by_text("Saved as draft")).to_be_visible()
    stored = (await desk.system.api.get("/time-conditions", name=name))["items"][0]
    assert stored["open_hours"] == [
        {"days": ["mon", "tue", "wed", "thu", "fri"], "start": "09:00:00", "end": "18:30:00"},
        {"days": ["sun"], "start": "00:00:00", "end": "00:00:00"},
    ]
    calendar = await make(desk, "holiday-calendars", name=fresh("New York"), holidays=[])
    await desk.open(f"/config/holiday-calendars/{calendar['id']}", calendar["name"])
    await page.get_by_role("button", name="Add public holidays").click()
    dialog = page.get_by_role("dialog", name="Add public holidays")
    await text_box(dialog, "State or province").fill("ny")
    await text_box(dialog, "Years").fill("2027")
    await desk.accessible()
    await dialog.get_by_role("button", name="Add", exact=True).click()
    await expect(page.locator("input[type=date]").first).to_have_value("2027-01-01")
    await desk.accessible()


async def test_a_template_and_what_a_location_does_otherwise(desk: Desk) -> None:
    page, name = desk.page, fresh("Store flow")
    await desk.open("/config/routing-templates/new", "New routing template")
    await text_box(page, "Name").fill(name)
    await text_box(page, "New name, such as mailbox").fill("Mailbox")
    await page.get_by_role("button", name="Add", exact=True).click()
    await text_box(page, "New step's name").fill("Phones")
    await page.get_by_role("combobox", name="Kind").first.click()
    await page.get_by_role("option", name="queue", exact=True).click()
    await page.get_by_role("button", name="Add step").click()
    await page.get_by_role("button", name="phones · queue").click()
    await page.get_by_role("button", name="Add all extensions of the location").click()
    await choose(page.get_by_role("group", name="Then calls go to"), page, "Kind", "The location's mailbox")
    await choose(page, page, "Calls come first to", "phones")
    await desk.accessible()
    await save(desk)
    await expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    template = (await desk.system.api.get("/routing-templates", name=name))["items"][0]
    assert template["parts"]["phones"]["overflow"] == {"here": "mailbox"}
    assert template["parts"]["phones"]["members"] == [{"here": "all_extensions", "penalty": 0}]

    place = await make(desk, "locations", name=fresh("Store"), timezone="America/New_York")
    routing = await make(
        desk, "location-routings", name=fresh("Routing"), location_id=place["id"], template_id=template["id"],
        slots={"mailbox": {"destination": HANGUP}},
    )  # fmt: skip
    await desk.open(f"/config/location-routings/{routing['id']}", routing["name"])
    await page.get_by_role("button", name="phones · queue").click()
    await page.get_by_role("switch", name="Longest wait: otherwise here").check()
    await page.get_by_role("spinbutton", name="Longest wait").fill("45")
    await desk.accessible()
    await save(desk)
    await expect(page.get_by_role("region", name="What it becomes")).to_contain_text("otherwise here: Longest wait")
    now = await desk.system.api.get(f"/location-routings/{routing['id']}")
    assert now["overrides"] == {"phones": {"max_wait_s": 45}}


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
