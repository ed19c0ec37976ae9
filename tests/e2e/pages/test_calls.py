"""The call log and a call's page: real calls by real phones, found again, heard, noted, ended, made."""

import asyncio
import csv
import io
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.async_api import Download, expect

from controlplane.entrypoints.throw_away import PASSWORD, ThrowAwaySystem
from controlplane.kit import clock
from controlplane.lab.client import Json
from controlplane.lab.phone_model import Account
from tests.e2e.desk import Desk
from tests.system.office import Desk as PhoneDesk
from tests.system.office import Office, Phones, Told, another_office, hang_up, new_caller, talk

CALLER_HZ, DESK_HZ = 440, 1000
EVIL = "<img src=x onerror=alert(1)> מתוקה"
LONG = "Desk <b>bold</b> مكتب 🎈 " + "x" * 70


@dataclass(frozen=True)
class Shop:
    """Two desks, and a line whose calls are recorded."""

    office: Office
    ann: PhoneDesk
    ben: PhoneDesk
    line: str


@pytest.fixture(scope="module")
async def shop(system: ThrowAwaySystem) -> AsyncIterator[Shop]:
    async with another_office(system, "Call log", "calls") as office:
        ann, ben = await office.desk("801", name=LONG), await office.desk("802", name="Ben")
        for email, role, extensions in (
            ("boss@calls.test", "manager", [ann.id]),
            ("new@calls.test", "staff", []),
        ):
            await office.api.post(
                "/users",
                {
                    "email": email, "name": role, "role": role, "password": PASSWORD,
                    "location_ids": [office.location], "extension_ids": extensions,
                },
            )  # fmt: skip
        line = await office.line(ann.here, recording={"enabled": True})
        await office.api.apply("Call log")
        yield Shop(office, ann, ben, line)


@pytest.fixture
async def boss(desk: Desk) -> Desk:
    return await desk.become("boss@calls.test")


async def recorded_call(shop: Shop, phones: Phones, name: str = EVIL) -> Json:
    """A caller talks with a desk for two seconds; gives the record."""
    since = clock.now()
    desk = await phones.at(shop.ann, DESK_HZ, answer_after_s=0.1)
    account = Account.of_carrier(new_caller(), phones.server, name)
    caller = await phones.start(account, CALLER_HZ, address=shop.office.carrier)
    out = await caller.dial(shop.line)
    rung = await desk.wait_ringing()
    await talk(caller, CALLER_HZ, desk, DESK_HZ)
    await asyncio.sleep(2)  # talk
    await hang_up(caller, out, (desk, rung))
    return await Told(shop.office.api, since).call(account.user, lambda one: one["recording"])


async def test_a_call_of_last_week_is_found_and_heard(boss: Desk, shop: Shop, phones: Phones) -> None:
    call = await recorded_call(shop, phones)
    await boss.page.clock.set_system_time(clock.now() + timedelta(days=7))
    await boss.open("/calls", "Call log")
    await boss.page.get_by_label("When").click()
    await boss.page.get_by_role("option", name="Last week").click()
    await boss.page.get_by_label("Caller or dialled").fill(call["caller_number"][:9])
    row = boss.page.get_by_role("row").filter(has_text=EVIL).first  # the newest: other tests have called so, too
    await expect(row).to_be_visible()
    await expect(boss.page).to_have_url(re.compile("when=lastweek&number="))
    await expect(boss.page.locator("img[src=x]")).to_have_count(0)
    await boss.accessible()
    await boss.picture("found")
    await boss.page.reload()
    await row.get_by_role("link").click()
    await expect(boss.page.get_by_role("heading", level=1)).to_contain_text(EVIL)
    await expect(boss.page.get_by_role("region", name="Why it went there")).to_contain_text("connected with extension")
    player = boss.page.get_by_role("group", name="Recording")
    await player.get_by_role("button", name="Play").click()
    await expect(player.get_by_role("button", name="Pause")).to_be_visible()
    await expect(player.get_by_text("0:02 /")).to_be_visible()
    await boss.page.mouse.move(0, 0)
    await expect(boss.page.get_by_role("tooltip")).to_have_count(0)
    await boss.accessible()
    await boss.picture("heard")
    listened = await shop.office.api.get("/audit-log", action="recording.listen", object_id=call["id"])
    assert [line["actor"] for line in listened["items"]] == ["boss@calls.test"], "noted once, and not by looking"


async def test_notes_are_kept_and_never_written_over_anothers(boss: Desk, shop: Shop, phones: Phones) -> None:
    call = await recorded_call(shop, phones, "Ann")
    page = boss.page
    await boss.open(f"/calls/{call['id']}", "Call from Ann")
    await page.get_by_label("Tags").fill("Wants a bike 🚲")
    await page.get_by_label("Tags").press("Enter")
    await page.get_by_role("textbox", name="Notes").fill("<script>alert(1)</script> שלום")
    await page.get_by_role("link", name="Call log", exact=True).click()
    await page.get_by_role("button", name="Cancel").click()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    kept = await shop.office.api.get(f"/calls/{call['id']}")
    assert (kept["tags"], kept["notes"]) == (["wants a bike 🚲"], "<script>alert(1)</script> שלום")
    await shop.office.api.patch(f"/calls/{call['id']}", {"outcome": "sold"})
    await page.get_by_label("Outcome").fill("lost")
    await page.get_by_role("button", name="Save").click()
    refused = page.get_by_role("alert").filter(has_text="meanwhile")
    await expect(refused).to_contain_text("admin@demo.test")
    await boss.picture("meanwhile")
    await refused.get_by_role("button", name="Show theirs").click()
    await expect(page.get_by_label("Outcome")).to_have_value("sold")


async def exported(download: Download) -> list[str]:
    """The calls in a table that was saved."""
    table = await asyncio.to_thread((await download.path()).read_text)
    return [line["id"] for line in csv.DictReader(io.StringIO(table))]


async def test_views_columns_tags_and_the_table(boss: Desk, shop: Shop, phones: Phones) -> None:
    call = await recorded_call(shop, phones)
    page = boss.page
    await boss.open(f"/calls?number={call['caller_number'][1:]}&status=answered", "Call log")
    await expect(page.get_by_text("No call matches")).to_be_visible()
    await boss.accessible()
    await page.get_by_role("button", name="Clear filters").first.click()
    await page.get_by_label("Caller or dialled").fill(call["caller_number"])
    row = page.get_by_role("row").filter(has_text=EVIL)
    await expect(row).to_have_count(1)
    await page.get_by_role("button", name="Views").click()
    await page.get_by_role("button", name="Save this view").click()
    await page.get_by_label("Name of the view").fill("<i>מבט</i>")
    await page.get_by_role("button", name="Save").click()
    await page.get_by_role("button", name="Columns").click()
    await page.get_by_role("menuitemcheckbox", name="Wait").click()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("columnheader", name="Wait")).to_be_visible()
    await row.get_by_role("checkbox").check()
    async with page.expect_download() as downloading:
        await page.get_by_role("button", name="Export selected").click()
    assert await exported(await downloading.value) == [call["id"]]
    await page.get_by_role("button", name="Tag …", exact=True).click()
    await page.get_by_role("textbox", name="Tag").fill("VIP")
    await page.get_by_role("button", name="Save").click()
    await expect(row).to_contain_text("vip")
    async with page.expect_download() as downloading:
        await page.get_by_role("button", name="Export CSV").click()
    table = await asyncio.to_thread((await (await downloading.value).path()).read_text)
    (line,) = csv.DictReader(io.StringIO(table))
    assert (line["caller_number"], line["tags"]) == (f"'{call['caller_number']}", "vip")
    await boss.open("/calls", "Call log")
    await expect(page.get_by_role("columnheader", name="Wait")).to_be_visible()
    await page.get_by_role("button", name="Views").click()
    await page.get_by_role("button", name="<i>מבט</i>", exact=True).click()
    await expect(page.get_by_label("Caller or dialled")).to_have_value(call["caller_number"])


async def test_a_live_call_is_seen_and_hung_up(boss: Desk, shop: Shop, phones: Phones) -> None:
    await boss.open("/calls/live", "Live calls")
    await expect(boss.page.get_by_text("Nobody is on the phone")).to_be_visible()
    await boss.accessible()
    desk = await phones.at(shop.ann, DESK_HZ, answer_after_s=0.5)
    caller = await phones.outside(shop.office, CALLER_HZ, name="Ann")
    out = await caller.dial(shop.line)
    row = boss.page.get_by_role("row").filter(has_text="Ann")
    await expect(row).to_contain_text("Talking")
    await expect(row).to_contain_text(LONG)
    await expect(row).to_contain_text("0:03")
    await boss.accessible()
    await boss.picture("live")
    await row.get_by_role("button", name="Hang up").click()
    await boss.page.get_by_role("dialog").get_by_role("button", name="Hang up").click()
    await caller.wait_closed(out)
    await desk.wait_closed()
    await expect(row).to_have_count(0)


async def test_a_click_calls_back(boss: Desk, shop: Shop, phones: Phones) -> None:
    since = clock.now()
    ann, ben = await phones.at(shop.ann, CALLER_HZ), await phones.at(shop.ben, DESK_HZ, answer_after_s=0.1)
    out = await ann.dial(shop.ben.number)
    await ben.wait_ringing()
    await talk(ann, CALLER_HZ, ben, DESK_HZ)
    await hang_up(ann, out)
    call = await Told(shop.office.api, since).call(shop.ben.number)
    await boss.open(f"/calls/{call['id']}", "Call from")
    await boss.page.get_by_role("button", name="Call", exact=True).click()
    dialog = boss.page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Call", exact=True).click()
    await expect(dialog.get_by_role("alert")).to_contain_text(f"The phone {shop.ann.device} rings")
    await boss.accessible()
    await ann.wait_ringing()
    await ann.answer()
    await ben.wait_ringing()
    await talk(ann, CALLER_HZ, ben, DESK_HZ)
    await expect(dialog.get_by_role("alert")).to_contain_text("Picked up")
    await ann.hangup(ann.current)
    await ben.wait_closed()


async def test_who_has_no_calls_or_a_wrong_address_is_told_so(desk: Desk, shop: Shop) -> None:
    await desk.become("new@calls.test")
    await desk.open("/calls", "Call log")
    await expect(desk.page.get_by_text("There are no calls yet")).to_be_visible()
    await desk.page.goto("/calls/00000000-0000-7000-8000-000000000000")
    await expect(desk.page.get_by_role("alert")).to_contain_text("There is no such call")
    await desk.accessible()
    await desk.page.get_by_role("link", name="Back to the calls").click()
    await expect(desk.page.get_by_role("heading", level=1, name="Call log")).to_be_visible()
