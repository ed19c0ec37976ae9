"""Forms of configuration objects: fields, secrets, and what goes wrong between two people or with the line."""

import re

from playwright.async_api import Route, expect

from controlplane.entrypoints.throw_away import PASSWORD
from tests.e2e.desk import Desk
from tests.e2e.form import HANGUP, choose, digits, extension, fresh, make, save, text_box


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
