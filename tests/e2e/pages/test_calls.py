"""The call log and a call's page: real calls by real phones, found again, heard, noted, ended, made."""

import asyncio
import csv
import io
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.async_api import Download, Locator, Page, expect

from controlplane.entrypoints.demo import speak
from controlplane.entrypoints.throw_away import PASSWORD, ThrowAwaySystem
from controlplane.kit import clock
from controlplane.lab import tones
from controlplane.lab.baresip import BaresipTools
from controlplane.lab.client import Json
from controlplane.lab.phone_model import Account
from tests.e2e.desk import Desk
from tests.system.office import Desk as PhoneDesk
from tests.system.office import Office, Phones, Told, another_office, hang_up, new_caller, talk

CALLER_HZ, DESK_HZ = 440, 1000
SAID = ("Hello, this is Anna.", "Please call me back on Monday morning.")
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
async def boss(desk: Desk, shop: Shop) -> Desk:
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


PAUSE_S = 3.0
SOUNDS = """
    window.sounds = [];
    window.jumps = [];
    const Sound = window.Audio;
    window.Audio = function (address) {
        const sound = new Sound(address);
        let before = 0;
        sound.addEventListener("timeupdate", () => { before = sound.currentTime; });
        sound.addEventListener("seeking", () => window.jumps.push([before, sound.currentTime]));
        window.sounds.push(sound);
        return sound;
    };
"""
"""What the page plays it plays by elements that are in no tree: kept, with where each jumped from and to."""
JUMPED = "at => Math.abs(jumps.at(-1)[1] - at) < 0.1"


@pytest.fixture(scope="module")
async def spoken(
    shop: Shop, phone_tools: Path, system: ThrowAwaySystem, tmp_path_factory: pytest.TempPathFactory
) -> Json:
    """A recorded call in which the caller says something, is silent for long, and says something else."""
    folder, since = tmp_path_factory.mktemp("spoken"), clock.now()
    said = [tones.read_audio(await speak(text, folder / "text.wav"))[0] for text in SAID]
    words = tones.write_wav(folder / "words.wav", said[0], tones.silence(PAUSE_S), said[1])
    async with AsyncExitStack() as stack:
        phones = Phones(BaresipTools.from_tree(phone_tools), system, folder, stack)
        desk, caller = await phones.at(shop.ann, answer_after_s=0.1), await phones.outside(shop.office, 0, name="Sue")
        out = await caller.dial(shop.line)
        await caller.wait_established(out)
        await caller.play(words)
        await asyncio.sleep(tones.duration_s(words))
        await hang_up(caller, out, (desk, desk.current))
    done = await Told(shop.office.api, since).call(
        caller.account.user, lambda one: one["transcript"] and one["transcript"]["state"] == "done"
    )
    words = (await shop.office.api.get(f"/calls/{done['id']}/transcript"))["words"]
    return {**done, "words": sorted(words, key=lambda word: word["start_s"])}


@pytest.fixture
async def player(boss: Desk, spoken: Json) -> Locator:
    """The player on the page of that call."""
    await boss.page.add_init_script(SOUNDS)
    await boss.open(f"/calls/{spoken['id']}", "Call from Sue")
    return boss.page.get_by_role("group", name="Recording")


def silent_between(spoken: Json) -> tuple[Json, Json]:
    """The words between which nothing is said for longest."""
    return max(pairwise(spoken["words"]), key=lambda pair: float(pair[1]["start_s"] - pair[0]["end_s"]))


async def set_speed(page: Page, player: Locator, speed: float) -> None:
    await player.get_by_role("combobox", name="Speed").click()
    await page.get_by_role("option", name=f"{speed}\N{MULTIPLICATION SIGN}", exact=True).click()


async def test_silence_is_skipped_when_asked_to(boss: Desk, player: Locator, spoken: Json) -> None:
    page = boss.page
    last, first = silent_between(spoken)
    await player.get_by_role("switch", name="Skip silence").check()
    await player.get_by_role("button", name="Play").click()
    await page.wait_for_function("since => sounds.length && sounds[0].currentTime > since", arg=first["start_s"])
    jumps = [jump for jump in await page.evaluate("jumps") if jump[1] - jump[0] > 1]
    assert any(
        last["end_s"] - 1 < left and came < first["start_s"] + 1 and came - left > PAUSE_S / 2 for left, came in jumps
    ), jumps


async def test_a_recording_plays_as_fast_as_one_likes_and_its_transcript_follows_and_leads_it(
    boss: Desk, player: Locator, spoken: Json
) -> None:
    page, (_, after_the_pause) = boss.page, silent_between(spoken)
    lines = page.get_by_role("list", name="Transcript").get_by_role("listitem")
    await set_speed(page, player, 2)
    await lines.first.get_by_role("button", name="Play from").click()
    await expect(lines.first).to_have_attribute("aria-current", "true")
    await expect(lines.last).not_to_have_attribute("aria-current", "true")
    assert await page.evaluate("sounds[0].playbackRate") == 2, "chosen before the sound was there"
    await expect(lines.last).to_have_attribute("aria-current", "true")
    await expect(lines.first).not_to_have_attribute("aria-current", "true")
    await lines.last.get_by_role("button", name="Play from").click()
    await page.wait_for_function(JUMPED, arg=after_the_pause["start_s"])
    await lines.first.get_by_text(spoken["words"][1]["word"], exact=True).first.click()
    await page.wait_for_function(JUMPED, arg=spoken["words"][1]["start_s"])
    await set_speed(page, player, 0.75)
    assert await page.evaluate("sounds[0].playbackRate") == 0.75
    await player.get_by_role("button", name="Pause").click()
    assert await page.evaluate("[sounds.length, sounds[0].paused]") == [1, True]


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
    await boss.accessible()
    await page.get_by_role("button", name="Save this view").click()
    await page.get_by_label("Name of the view").fill("<i>מבט</i>")
    await page.get_by_role("button", name="Save").click()
    await page.get_by_role("button", name="Columns").click()
    await boss.accessible(but=("region",))  # menus lie beside the landmarks
    await page.get_by_role("menuitemcheckbox", name="Wait").click()
    await page.get_by_role("menuitemcheckbox", name="Dialled").click()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("columnheader", name="Wait")).to_be_visible()
    await expect(page.get_by_role("columnheader", name="Dialled")).to_have_count(0)
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
    await expect(page.get_by_role("columnheader", name="Dialled")).to_have_count(0)
    await page.get_by_role("button", name="Views").click()
    await page.get_by_role("button", name="<i>מבט</i>", exact=True).click()
    await expect(page.get_by_label("Caller or dialled")).to_have_value(call["caller_number"])


async def test_the_log_is_turned_round_and_opened_by_keyboard(
    boss: Desk, shop: Shop, spoken: Json, phones: Phones
) -> None:
    page, since = boss.page, clock.now()
    caller = await phones.outside(shop.office, CALLER_HZ, name="Zoe")
    await caller.wait_closed(await caller.dial(shop.line))  # no phone is registered
    await Told(shop.office.api, since).call(caller.account.user)
    newest = [one["id"] for one in (await shop.office.api.get("/calls", limit=100))["items"]]
    assert newest.index(spoken["id"]) > 0
    links = page.get_by_role("row").get_by_role("link")
    await boss.open("/calls", "Call log")
    await expect(links.first).to_have_attribute("href", f"/calls/{newest[0]}")
    await page.get_by_role("button", name="Newest first").click()
    await expect(links.first).to_have_attribute("href", f"/calls/{newest[-1]}")
    await expect(page).to_have_url(re.compile("sort=started_at"))
    await page.reload()
    await expect(links.first).to_have_attribute("href", f"/calls/{newest[-1]}")
    await page.get_by_role("button", name="Oldest first").click()
    await expect(links.first).to_have_attribute("href", f"/calls/{newest[0]}")
    await page.get_by_role("region", name="Call log").focus()
    for _ in ("all", "this one", "its link"):
        await page.keyboard.press("Tab")
    await expect(links.first).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1, name="Call from Zoe")).to_be_visible()


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


async def test_the_log_follows_its_calls_and_tells_of_new_ones_that_match(
    boss: Desk, shop: Shop, phones: Phones
) -> None:
    page = boss.page
    await boss.open("/calls", "Call log")
    others = await page.context.new_page()
    await others.goto("/calls?direction=outbound")
    await expect(others.get_by_role("heading", level=1, name="Call log")).to_be_visible()
    desk = await phones.at(shop.ann, DESK_HZ)
    caller = await phones.outside(shop.office, CALLER_HZ, name="Vera")
    out = await caller.dial(shop.line)
    rung = await desk.wait_ringing()
    await page.get_by_role("button", name="1 new call since: show").click()
    row = page.get_by_role("row").filter(has_text="Vera")
    await expect(row).to_contain_text("Ringing")
    await desk.answer(rung)
    await expect(row).to_contain_text("Talking")
    await hang_up(caller, out, (desk, rung))
    await expect(row).to_contain_text("Answered")
    await expect(page.get_by_role("button", name="since: show")).to_have_count(0)
    await expect(others.get_by_role("button", name="since: show")).to_have_count(0)


@pytest.mark.parametrize(("path", "heading", "empty"), [
    ("/calls/live", "Live calls", "Nobody is on the phone"),
    ("/", "Home", "No call goes on right now."),
])  # fmt: skip
async def test_nobody_is_said_to_be_silent_before_it_is_known(boss: Desk, path: str, heading: str, empty: str) -> None:
    page = boss.page
    await page.route_web_socket(re.compile("/api/v1/events"), lambda _: None)  # it connects, and then says nothing
    await boss.open(path, heading)
    await expect(page.get_by_label("Loading …").first).to_be_visible()
    await expect(page.get_by_text(empty)).to_have_count(0)


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
