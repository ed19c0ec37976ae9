"""The inbox of a house with more boxes than a page of them."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import expect

from controlplane.entrypoints.throw_away import PASSWORD, ThrowAwaySystem
from tests.e2e.desk import Desk
from tests.system.office import Office, another_office

BOXES = 101
"""One more than a page has."""


@pytest.fixture(scope="module")
async def house(system: ThrowAwaySystem) -> AsyncIterator[Office]:
    async with another_office(system, "Many boxes", "boxes") as office:
        for number in range(BOXES):
            await office.make("voicemail-boxes", name=f"Room {number:03}", number=str(2000 + number))
        zoe = await office.make("voicemail-boxes", name="Zoe", number="3000")
        phone = await office.make("extensions", name="Zoe", number="3000", voicemail_box_id=zoe)
        for role, phones in (("admin", []), ("staff", [phone])):
            user = {"email": f"{role}@boxes.test", "name": role, "role": role, "extension_ids": phones,
                    "location_ids": [office.location]}  # fmt: skip
            await office.api.post("/users", {**user, "password": PASSWORD})
        yield office


async def test_staff_see_their_box_whatever_its_name(desk: Desk, house: Office) -> None:
    await desk.become("staff@boxes.test")
    await desk.open("/voicemails", "Voicemail")
    boxes = desk.page.get_by_role("navigation", name="Boxes").get_by_role("button")
    await expect(boxes).to_have_text(["All boxes", "Zoe3000"])


@pytest.mark.parametrize("width", [1280, 360])
async def test_every_box_can_be_chosen(desk: Desk, house: Office, width: int) -> None:
    page = desk.page
    await desk.become("admin@boxes.test")
    await page.set_viewport_size({"width": width, "height": 800})
    await desk.open("/voicemails", "Voicemail")
    if width == 360:
        await page.get_by_role("combobox", name="Boxes").fill("zo")
        await page.get_by_role("option", name="Zoe").click()
        await expect(page.get_by_role("combobox", name="Boxes")).to_have_value("Zoe")
    else:
        boxes = page.get_by_role("navigation", name="Boxes")
        await expect(boxes.get_by_role("button", name="Room 099")).to_be_attached()
        await expect(boxes.get_by_role("button", name="Zoe")).not_to_be_attached()
        await boxes.get_by_role("button", name="More boxes").click()
        await expect(boxes.get_by_role("button", name="Zoe")).to_be_visible()
        await boxes.get_by_label("Find a box").fill("3000")
        await expect(boxes.get_by_role("button")).to_have_count(1)
        await boxes.get_by_role("button", name="Zoe").click()
    await desk.accessible()
    await expect(page).to_have_url(re.compile("box="))
    await page.reload()
    await expect(page.get_by_role("button", name="Greeting")).to_be_visible()
