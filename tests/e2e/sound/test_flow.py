"""The call-flow designer: drawn with the mouse and heard on a phone, edited by keyboard alone, tried out."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Locator, Page, expect

from controlplane.entrypoints.throw_away import PASSWORD, ThrowAwaySystem
from controlplane.kit import clock
from controlplane.lab.client import Json
from tests.e2e.desk import Desk
from tests.e2e.sound.heard import hears_speech
from tests.system.office import HANGUP, Office, Phones, Told, another_office, hang_up, story, talk, to
from tests.system.office import Desk as PhoneDesk

CALLER_HZ, DESK_HZ = 440, 1000
ALWAYS = {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "start": "00:00", "end": "00:00"}
BOSS = "boss@flow.test"
STILL = """async () => {
    const seen = () => JSON.stringify(
        [...document.querySelectorAll(".react-flow__node")].map((one) => one.getBoundingClientRect()));
    for (let before; before !== seen();) {
        before = seen();
        for (let frame = 0; frame < 10; frame++) await new Promise(requestAnimationFrame);
    }
}"""
"""Waits until the nodes stand where they stay: what is added or tidied up moves them in the next frames."""


@dataclass(frozen=True)
class Shop:
    office: Office
    ann: PhoneDesk
    box: str
    queue: str
    hours: str


@pytest.fixture(scope="module")
async def shop(system: ThrowAwaySystem) -> AsyncIterator[Shop]:
    async with another_office(system, "Flow", "flow") as office:
        ann = await office.desk("801", name="Ann")
        box = await office.make("voicemail-boxes", name="Night box", number="890")
        queue = await office.make("queues", name="Sales", members=[{"extension_id": ann.id}], overflow=HANGUP)
        hours = await office.make(
            "time-conditions", name="Week", open_hours=[ALWAYS], open=to("queue", queue), closed=to("voicemail", box)
        )
        await office.api.post("/users", {"email": BOSS, "name": "Boss", "role": "admin", "password": PASSWORD})
        await office.api.apply("Shop")
        yield Shop(office, ann, box, queue, hours)


@pytest.fixture
async def boss(desk: Desk, shop: Shop) -> Desk:
    """The window of the shop's own admin."""
    return await desk.become(BOSS)


async def number_to(shop: Shop, destination: Json) -> tuple[str, str]:
    """A number of one's own, and its id."""
    number = await shop.office.line(destination)
    found = await shop.office.api.get("/phone-numbers", number=number)
    return number, found["items"][0]["id"]


async def read_destination(shop: Shop, phone_number: str) -> tuple[str, str | None]:
    destination = (await shop.office.api.get(f"/phone-numbers/{phone_number}"))["destination"]
    return destination["kind"], destination["id"]


def node(page: Page, name: str) -> Locator:
    """A node of the canvas by what it is and how it is called."""
    return page.get_by_role("group", name=name, exact=True)


def way(page: Page, name: str, port: str) -> Locator:
    """The knob of a way out."""
    return node(page, name).locator(f'[data-port="{port}"]')


def entrance(page: Page, name: str) -> Locator:
    return node(page, name).locator(".react-flow__handle.target")


async def middle(of: Locator) -> tuple[float, float]:
    box = await of.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


async def draw(page: Page, start: Locator, end: Locator | tuple[float, float]) -> None:
    """Draws a line with the mouse, to the middle of a knob or to a place beside everything."""
    await page.evaluate(STILL)
    begin, goal = await middle(start), end if isinstance(end, tuple) else await middle(end)
    await page.mouse.move(*begin)
    await page.mouse.down()
    await page.mouse.move((begin[0] + goal[0]) / 2, (begin[1] + goal[1]) / 2, steps=4)
    await page.mouse.move(*goal, steps=4)
    await page.mouse.up()


async def choose(page: Page, kind: str, name: str) -> None:
    """Takes something that exists, in the dialog that asks where a way shall lead."""
    dialog = page.get_by_role("dialog", name="Where shall the call go?")
    await dialog.get_by_label("Kind").click()
    await page.get_by_role("option", name=kind, exact=True).click()
    await dialog.get_by_label("Name or number").fill(name)
    await dialog.get_by_role("list", name="Something that is there already").get_by_role("button", name=name).click()


async def save(page: Page) -> None:
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_role("alert").filter(has_text="Saved as a draft")).to_be_visible()


async def test_a_menu_is_drawn_saved_applied_and_heard(boss: Desk, shop: Shop, phones: Phones) -> None:
    page = boss.page
    number, id_ = await number_to(shop, HANGUP)
    await boss.open("/flows", "Call flows")
    await expect(page.get_by_role("row").filter(has_text="Hang up")).to_be_visible()
    await boss.accessible()
    await page.get_by_role("link", name=(await shop.office.api.get(f"/phone-numbers/{id_}"))["name"]).click()
    await expect(page.get_by_role("application", name="Call flow")).to_be_visible()

    await page.get_by_role("button", name="Menu", exact=True).drag_to(
        page.locator(".react-flow__pane"), target_position={"x": 260, "y": 60}
    )
    await expect(node(page, "Menu New menu")).to_be_visible()
    settings = page.get_by_role("region", name="Settings")
    await settings.get_by_label("What is said").first.fill("Press one for Ann.")
    async with page.expect_response("**/api/v1/prompts/preview", timeout=90_000) as heard:
        await settings.get_by_role("button", name="Listen").first.click()
    assert (await heard.value).headers["content-type"] == "audio/wav"
    name = settings.get_by_label("Name", exact=False).first
    await name.fill("Front door")
    await boss.accessible()

    line = f"Phone number {(await shop.office.api.get(f'/phone-numbers/{id_}'))['name']}"
    await draw(page, way(page, line, "destination"), entrance(page, "Menu Front door"))
    await expect(page.get_by_text("No way leads here")).to_have_count(0)
    pane = await page.locator(".react-flow__pane").bounding_box()
    assert pane
    await draw(page, way(page, "Menu Front door", "options.0"), (pane["x"] + 120, pane["y"] + 40))
    await boss.accessible()
    await choose(page, "Extension", "Ann")
    await expect(node(page, "Extension Ann")).to_be_visible()
    await page.get_by_role("button", name="Tidy up").click()
    await draw(page, way(page, "Menu Front door", "on_timeout"), entrance(page, "Extension Ann"))
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_role("alert").filter(has_text="must be mended first")).to_be_visible()
    await settings.get_by_role("button", name="Change: Wrong keys only").click()
    await page.get_by_role("dialog").get_by_role("button", name="Hang up").click()
    await boss.picture("drawn")
    await save(page)

    kind, menu = await read_destination(shop, id_)
    assert kind == "ivr_menu"
    stored = await shop.office.api.get(f"/ivr-menus/{menu}")
    assert [one["destination"]["id"] for one in stored["options"]] == [shop.ann.id]
    assert (stored["on_timeout"]["id"], stored["on_invalid"]["kind"]) == (shop.ann.id, "hangup")

    await shop.office.api.apply("A menu that was drawn")
    await press_one_for_ann(shop, phones, number)


async def press_one_for_ann(shop: Shop, phones: Phones, number: str) -> None:
    """A caller hears the menu, presses 1 and talks with Ann; the call's record tells it so."""
    since = clock.now()
    ann, caller = await phones.at(shop.ann, DESK_HZ, answer_after_s=0.2), await phones.outside(shop.office, CALLER_HZ)
    out = await caller.dial(number)
    await caller.wait_established(out)
    await hears_speech(out, seconds=0.5)
    await caller.send_dtmf("1")
    rung = await ann.wait_ringing()
    await talk(caller, CALLER_HZ, ann, DESK_HZ)
    await hang_up(ann, rung, (caller, out))
    told = await Told(shop.office.api, since).call(caller.account.user)
    assert "key 1 ivr_menu chosen" in story(told)
    assert told["extension_id"] == shop.ann.id


async def test_what_is_drawn_is_taken_back_copied_and_deleted(boss: Desk, shop: Shop) -> None:
    page = boss.page
    _, id_ = await number_to(shop, to("time_condition", shop.hours))
    await page.goto(f"/flows/{id_}?view=canvas")
    week, box = node(page, "Opening hours Week"), node(page, "Voicemail box Night box")
    undo, redo = page.get_by_role("button", name="Undo"), page.get_by_role("button", name="Redo")
    await expect(undo).to_be_disabled()
    line = page.get_by_role("group", name="Opening hours Week, Closed: leads to Voicemail box Night box")
    await line.focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Delete")
    await expect(page.get_by_role("group", name="Opening hours Week, Closed: leads to Hang up")).to_be_attached()
    await expect(box.get_by_role("img", name="No way of this number leads here any more.")).to_be_visible()
    await undo.click()
    await expect(line).to_be_attached()
    await redo.click()
    await expect(line).to_have_count(0)
    await page.keyboard.press("Control+z")
    await expect(line).to_be_attached()
    await expect(undo).to_be_disabled()

    await week.click()
    await page.keyboard.press("Control+c")
    await page.keyboard.press("Control+v")
    copied = node(page, "Opening hours Week copy")
    await expect(copied).to_be_visible()
    await expect(page.get_by_role("group", name="Opening hours Week copy, Open: leads to Queue Sales")).to_be_attached()
    await copied.focus()
    await page.keyboard.press("Delete")
    await expect(copied).to_have_count(0)
    await page.keyboard.press("Control+z")
    await expect(copied).to_be_visible()

    await page.get_by_role("link", name="Call flows").click()
    await page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    await expect(week).to_be_visible()
    assert await read_destination(shop, id_) == ("time_condition", shop.hours), "nothing was saved"


async def test_a_tried_call_lights_its_way_up(boss: Desk, shop: Shop) -> None:
    page = boss.page
    _, id_ = await number_to(shop, to("time_condition", shop.hours))
    await page.goto(f"/flows/{id_}?view=canvas")
    await page.get_by_role("button", name="Try it").click()
    await page.get_by_role("button", name="Play the call").click()
    await expect(page.get_by_role("status").filter(has_text="connected with extension Ann")).to_be_visible()
    here = page.locator('[data-lit="here"]')
    await expect(here).to_contain_text("Sales")
    await expect(page.locator('[data-lit="passed"]')).to_have_count(2)
    await expect(node(page, "Voicemail box Night box").locator('[data-lit="no"]')).to_be_visible()
    await boss.accessible()
    await boss.picture("tried")
    await page.get_by_role("button", name="said: open").click()
    await expect(here).to_contain_text("Week")


async def test_the_outline_edits_the_same_flow_by_keyboard_alone(boss: Desk, shop: Shop) -> None:
    page = boss.page
    _, id_ = await number_to(shop, to("queue", shop.queue))
    await page.goto(f"/flows/{id_}?view=outline")
    outline = page.get_by_role("region", name="Outline of the call flow")
    await press(outline.get_by_role("button", name="Calls go to of"))
    await boss.accessible()
    fresh = page.get_by_role("list", name="Something new")
    await press(fresh.get_by_role("button", name="Voicemail box"))
    settings = page.get_by_role("region", name="Settings")
    await settings.get_by_label("Number").first.focus()
    await page.keyboard.type("891")
    await expect(outline.get_by_text("box 891")).to_be_visible()
    await boss.accessible()
    await boss.picture("outline")
    await press(page.get_by_role("button", name="Save", exact=True))
    secret = page.get_by_role("dialog", name="Note this down now")
    await expect(secret).to_contain_text("pin")
    await press(secret.get_by_role("button", name="Close"))
    kind, made = await read_destination(shop, id_)
    assert kind == "voicemail"
    assert (await shop.office.api.get(f"/voicemail-boxes/{made}"))["number"] == "891"


async def press(button: Locator) -> None:
    """By the keyboard."""
    await button.focus()
    await button.press("Enter")


async def test_who_was_slower_is_told_and_reads_it_again(boss: Desk, shop: Shop) -> None:
    page = boss.page
    _, id_ = await number_to(shop, to("queue", shop.queue))
    await page.goto(f"/flows/{id_}?view=outline")
    outline = page.get_by_role("region", name="Outline of the call flow")
    await expect(outline).to_contain_text("Sales")
    await shop.office.api.patch(f"/phone-numbers/{id_}", {"destination": to("voicemail", shop.box)})
    await outline.get_by_role("button", name="Calls go to of").click()
    await page.get_by_role("dialog").get_by_role("button", name="Hang up").click()
    await page.get_by_role("button", name="Save", exact=True).click()
    stale = page.get_by_role("dialog", name="Somebody else changed this meanwhile")
    await expect(stale).to_contain_text("Changed by")
    await stale.get_by_role("button", name="Read it again").click()
    await expect(outline).to_contain_text("Night box")
    assert await read_destination(shop, id_) == ("voicemail", shop.box)
