"""The voicemail inbox: messages left by real callers, heard, forwarded to a real lamp, deleted and brought back."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Locator, expect

from controlplane.entrypoints.throw_away import PASSWORD, ThrowAwaySystem
from controlplane.lab import tones
from tests.e2e.desk import Desk
from tests.system.office import Desk as PhoneDesk
from tests.system.office import Office, Phones, another_office, hang_up

MESSAGE_HZ = 1000
SALES = "Sales <b>bold</b> מכירות 🎈"


@dataclass(frozen=True)
class Mail:
    """Two desks with a box each, and the line of the first."""

    office: Office
    sales: PhoneDesk
    sales_box: str
    line: str


@pytest.fixture(scope="module")
async def mail(system: ThrowAwaySystem) -> AsyncIterator[Mail]:
    async with another_office(system, "Inbox", "inbox") as office:
        front_box = await office.make("voicemail-boxes", name="Front desk", number="611")
        sales_box = await office.make("voicemail-boxes", name=SALES, number="612")
        front = await office.desk("611", voicemail_box_id=front_box, ring_s=1)
        sales = await office.desk("612", voicemail_box_id=sales_box, ring_s=1)
        for role in ("manager", "executive"):
            user = {"email": f"{role}@inbox.test", "name": role, "role": role, "password": PASSWORD}
            await office.api.post("/users", {**user, "location_ids": [office.location]})
        line = await office.line(front.here)
        await office.api.apply("Inbox")
        yield Mail(office, sales, sales_box, line)


@pytest.fixture
async def boss(desk: Desk) -> Desk:
    return await desk.become("manager@inbox.test")


async def leave_message(mail: Mail, phones: Phones, name: str) -> None:
    caller = await phones.outside(mail.office, 0, name=name)
    out = await caller.dial(mail.line)
    await caller.wait_beep()
    message = tones.write_wav(phones.folder / "message.wav", tones.tone(MESSAGE_HZ, 2))
    await caller.play(message)
    await asyncio.sleep(2.5)  # what it plays
    await hang_up(caller, out)


async def opened(boss: Desk, name: str) -> Locator:
    """The message of this caller, unfolded."""
    message = boss.page.get_by_role("list", name="Messages").get_by_role("listitem").filter(has_text=name)
    await message.get_by_role("button", name=name).click()
    return message


async def test_a_message_is_heard_and_forwarded_to_a_lamp(boss: Desk, mail: Mail, phones: Phones) -> None:
    phone = await phones.at(mail.sales, lamp=True)
    await phone.wait_messages_waiting(False)
    await leave_message(mail, phones, "Bob <i>א</i>")
    await boss.open("/voicemails?heard=false", "Voicemail")
    message = await opened(boss, "Bob <i>א</i>")
    await expect(message.get_by_role("img", name="New")).to_be_visible()
    await message.get_by_role("button", name="Play", exact=True).click()
    await expect(message.get_by_role("button", name="Mark as new")).to_be_visible()
    await expect(message.get_by_role("img", name="New")).to_have_count(0)  # and yet it stays while it is open
    await boss.page.mouse.move(0, 0)
    await expect(boss.page.get_by_role("tooltip")).to_have_count(0)
    await boss.accessible()
    await boss.picture("opened")
    await message.get_by_role("button", name="Forward").click()
    dialog = boss.page.get_by_role("dialog")
    await dialog.get_by_label("To these boxes").fill("sales")
    await boss.page.get_by_role("option", name="Sales").click()
    await dialog.get_by_label("Note").fill("For <u>you</u>")
    await boss.accessible()
    await dialog.get_by_role("button", name="Forward").click()
    await expect(boss.page.get_by_role("alert")).to_contain_text(f"Forwarded to {SALES}.")
    await phone.wait_messages_waiting()
    await boss.page.get_by_role("navigation", name="Boxes").get_by_role("button", name="Sales").click()
    copy = boss.page.get_by_role("list", name="Messages").get_by_role("listitem")
    await expect(copy).to_have_count(1)
    await copy.get_by_role("button", name="Bob").click()
    await expect(copy).to_contain_text("For <u>you</u>")
    await expect(copy).to_contain_text("Forwarded by manager@inbox.test")
    await copy.get_by_role("button", name="Mark as heard").click()
    await phone.wait_messages_waiting(False)


async def test_a_deleted_message_comes_back(boss: Desk, mail: Mail, phones: Phones) -> None:
    await leave_message(mail, phones, "Cleo")
    await boss.open("/voicemails", "Voicemail")
    message = await opened(boss, "Cleo")
    await message.get_by_role("button", name="Delete").click()
    await expect(message).to_have_count(0)
    await boss.page.get_by_role("button", name="Undo").click()
    await expect(message).to_have_count(1)
    await message.get_by_role("link", name="Go to the call").click()
    await expect(boss.page.get_by_role("heading", level=1, name="Call from Cleo")).to_be_visible()
    await boss.page.get_by_role("link", name="Listen to the message").click()
    await expect(message.get_by_role("button", name="Play", exact=True)).to_be_visible()


async def test_a_greeting_is_recorded_in_the_browser(boss: Desk, mail: Mail) -> None:
    page = boss.page
    await boss.open(f"/voicemails?box={mail.sales_box}", "Voicemail")
    await page.get_by_role("button", name="Greeting").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("The phone system's own greeting.")
    await dialog.get_by_role("button", name="Record").click()
    await expect(dialog.get_by_role("timer")).to_contain_text(re.compile("0:0[2-5]"))
    await dialog.get_by_role("button", name="Stop").click()
    await expect(dialog.get_by_label("Your recording")).to_be_visible()
    await boss.accessible()
    await boss.picture("recorded")
    await dialog.get_by_role("button", name="Use this greeting").click()
    await expect(page.get_by_role("alert").filter(has_text="The greeting is saved")).to_be_visible()
    box = await mail.office.api.get(f"/voicemail-boxes/{mail.sales_box}")
    sound = await mail.office.api.get(f"/prompts/{box['greeting']['prompt_id']}/sound")
    assert sound["state"] == "ready"
    assert 1500 < sound["duration_ms"] < 6000


async def test_who_may_not_listen_and_empty_boxes(desk: Desk, mail: Mail) -> None:
    await desk.open("/voicemails", "Voicemail")
    await expect(desk.page.get_by_text("There are no messages")).to_be_visible()
    await desk.accessible()
    await desk.become("executive@inbox.test")
    await expect(desk.page.get_by_role("link", name="Voicemail", exact=True)).to_have_count(0)
    await desk.open("/voicemails", "Voicemail")
    await expect(desk.page.get_by_text("You may not see this").first).to_be_visible()
    await desk.accessible()
