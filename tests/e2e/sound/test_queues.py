"""Queues live: the wallboard on the wall, and what members do about their calls, seen on real Asterisk."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import expect

from controlplane.entrypoints.throw_away import PASSWORD, ThrowAwaySystem
from tests.e2e.desk import Desk
from tests.system.office import HANGUP, Office, Phones, another_office, hang_up, talk, to
from tests.system.office import Desk as PhoneDesk

SOON_MS = 2000


@dataclass(frozen=True)
class Floor:
    """A queue with one member, who is also a user, and whose phone is a phone."""

    office: Office
    ben: PhoneDesk
    email: str
    line: str
    care: str


@pytest.fixture(scope="module")
async def floor(system: ThrowAwaySystem) -> AsyncIterator[Floor]:
    async with another_office(system, "Wallboard", "wall") as office:
        ben = await office.desk("701", name="Ben")
        queue = await office.make(
            "queues", name="Support", members=[{"extension_id": ben.id}], overflow=HANGUP, join_empty=True, retry_s=1
        )
        care = await office.make(
            "queues", name="Care", members=[{"extension_id": ben.id}], overflow=HANGUP, join_empty=True, wrap_up_s=5
        )
        for email, role, extensions in (("ben@wall.test", "staff", [ben.id]), ("boss@wall.test", "manager", [])):
            await office.api.post(
                "/users",
                {
                    "email": email, "name": role, "role": role, "password": PASSWORD,
                    "location_ids": [office.location], "extension_ids": extensions,
                },
            )  # fmt: skip
        line, care_line = await office.line(to("queue", queue)), await office.line(to("queue", care))
        await office.api.apply("Support")
        yield Floor(office, ben, "ben@wall.test", line, care_line)


async def test_the_wallboard_shows_who_waits_within_two_seconds(desk: Desk, floor: Floor, phones: Phones) -> None:
    await desk.become("boss@wall.test")
    await desk.open("/queues/wallboard", "Queues live")
    card = desk.page.get_by_role("region", name="Support")
    await expect(card).to_contain_text("Nobody takes calls")
    await phones.at(floor.ben)
    await expect(card).to_contain_text("All is calm", timeout=SOON_MS)
    gave_up = card.get_by_role("definition").nth(1)
    before = int(await gave_up.inner_text())
    caller = await phones.outside(floor.office)
    out = await caller.dial(floor.line)
    await expect(card.get_by_role("list", name="Waiting")).to_contain_text("(310) 555-", timeout=SOON_MS)
    await expect(card).to_contain_text("Ringing", timeout=SOON_MS)
    await desk.accessible()
    await desk.picture("waiting")
    await desk.page.get_by_role("button", name="Big screen").click()
    board = desk.page.get_by_role("dialog", name="Queues live")
    await expect(board.get_by_role("region", name="Support")).to_contain_text("Somebody waits")
    await desk.accessible()
    await desk.picture("big")
    await desk.page.keyboard.press("Escape")
    await expect(board).to_be_hidden()
    await caller.hangup(out)
    await caller.wait_closed(out)
    await expect(card).to_contain_text("Nobody waits", timeout=SOON_MS)
    await expect(gave_up).to_have_text(str(before + 1), timeout=SOON_MS)


async def test_a_member_pauses_and_logs_out_and_asterisk_does_so(desk: Desk, floor: Floor, phones: Phones) -> None:
    ben = await phones.at(floor.ben)
    await desk.become(floor.email)
    await desk.open("/my-queues", "My queues")
    mine = desk.page.get_by_role("region", name="Support")
    await expect(mine).to_contain_text("Free")
    await mine.get_by_role("button", name="Pause").click()
    await desk.accessible(but=("region",))  # menus lie beside the landmarks
    await desk.page.get_by_role("menuitem", name="Lunch").click()
    await expect(mine).to_contain_text("Paused: Lunch")
    caller = await phones.outside(floor.office)
    await caller.dial(floor.line)
    await expect(mine).to_contain_text("Waiting: 1")
    assert not ben.calls, "a paused member gets no call"
    await desk.picture("paused")
    await mine.get_by_role("button", name="Back to work").click()
    rung = await ben.wait_ringing()
    await expect(mine).to_contain_text("Ringing")
    await ben.hangup(rung)
    await mine.get_by_role("button", name="Log out").click()
    await expect(mine).to_contain_text("Logged out")
    await desk.accessible()
    await mine.get_by_role("button", name="Log in").click()
    await expect(mine.get_by_role("button", name="Pause")).to_be_visible()


async def test_after_a_call_a_member_has_time_to_write_it_up(desk: Desk, floor: Floor, phones: Phones) -> None:
    ben = await phones.at(floor.ben, 1000, answer_after_s=0.1)
    await desk.become(floor.email)
    await desk.open("/my-queues", "My queues")
    mine = desk.page.get_by_role("region", name="Care")
    await expect(mine).to_contain_text("Free")
    caller = await phones.outside(floor.office, 440)
    out = await caller.dial(floor.care)
    rung = await ben.wait_ringing()
    await talk(caller, 440, ben, 1000)
    await expect(mine).to_contain_text("In a call")
    await hang_up(caller, out, (ben, rung))
    await expect(mine).to_contain_text("Wrap-up", timeout=SOON_MS)
    await desk.accessible()
    await expect(mine).to_contain_text("Free", timeout=10_000)
