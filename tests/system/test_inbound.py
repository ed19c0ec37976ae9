"""Calls from outside: numbers, opening hours and holidays by the clock of the place, menus."""

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from controlplane.kit import clock
from controlplane.lab.client import Json
from controlplane.lab.phone import Phone
from tests.system.office import (
    ALL_WEEK,
    Desk,
    Office,
    Phones,
    Told,
    hang_up,
    hears,
    story,
    talk,
    to,
    wait_heard,
)

pytestmark = pytest.mark.asterisk

CALLER_HZ, DESK_HZ = 440, 1000
OPEN_HZ, CLOSED_HZ, HOLIDAY_HZ, GREETING_HZ = 1500, 2000, 2500, 3000
MENU_HZ, WRONG_HZ, TIMEOUT_HZ, INVALID_HZ, KEY_HZ = 600, 800, 1200, 1700, 2200

EARLY, LATE = "Pacific/Kiritimati", "Pacific/Pago_Pago"
"""25 hours apart: it is never the same day in both."""


@dataclass(frozen=True)
class Town:
    desk: Desk
    direct: str
    shut: str  # closed all week: leads to the box
    box: str
    menu_line: str
    hours: dict[str, str]  # time zone -> line that is open on the early zone's day
    holidays: dict[str, str]  # time zone -> line whose calendar has the early zone's day


@pytest.fixture(scope="module")
async def town(office: Office) -> Town:
    desk = await office.desk("301")
    box = await office.make("voicemail-boxes", number="390", greeting=await office.says(GREETING_HZ))
    closed_hours = await office.make("time-conditions", open=desk.here, closed=to("voicemail", box))
    hours, holidays = await zoned_lines(office)
    town = Town(
        desk=desk,
        direct=await office.line(desk.here),
        shut=await office.line(to("time_condition", closed_hours)),
        box=box,
        menu_line=await office.line(to("ivr_menu", await menu(office))),
        hours=hours,
        holidays=holidays,
    )
    await office.api.apply("Town")
    return town


async def zoned_lines(office: Office) -> tuple[dict[str, str], dict[str, str]]:
    """The same hours and the same calendar at two places."""
    said = {word: to("announcement", await office.prompt(hz)) for word, hz in
            (("open", OPEN_HZ), ("closed", CLOSED_HZ), ("holiday", HOLIDAY_HZ))}  # fmt: skip
    today = clock.now().astimezone(ZoneInfo(EARLY))
    days = [today, today + timedelta(days=1)]  # midnight may come while the tests run
    open_days = [{"days": [ALL_WEEK[day.weekday()] for day in days], "start": "00:00", "end": "00:00"}]
    calendar = await office.make("holiday-calendars", holidays=[holiday(day) for day in days])
    hours, holidays = {}, {}
    for zone in (EARLY, LATE):
        place = (await office.api.post("/locations", {"name": zone, "timezone": zone}))["id"]
        condition = await office.make("time-conditions", location_id=place, open_hours=open_days,
                                      open=said["open"], closed=said["closed"])  # fmt: skip
        hours[zone] = await office.line(to("time_condition", condition))
        condition = await office.make("time-conditions", location_id=place, open_hours=[always()],
                                      holiday_calendar_ids=[calendar], **said)  # fmt: skip
        holidays[zone] = await office.line(to("time_condition", condition), location_id=place)
    return hours, holidays


def holiday(day: datetime) -> Json:
    return {"date": day.date().isoformat(), "name": f"Day {day.date()}"}


def always() -> Json:
    return {"days": ALL_WEEK, "start": "00:00", "end": "00:00"}


async def menu(office: Office) -> str:
    async def says(hz: float) -> Json:
        return to("announcement", await office.prompt(hz))

    return await office.make(
        "ivr-menus", prompt=await office.says(MENU_HZ, 1), invalid_prompt=await office.says(WRONG_HZ),
        options=[{"digit": "1", "destination": await says(KEY_HZ)}], dial_extensions=True, wait_s=1, attempts=2,
        on_timeout=await says(TIMEOUT_HZ), on_invalid=await says(INVALID_HZ),
    )  # fmt: skip


@dataclass(frozen=True)
class Press:
    key: str
    after: tuple[float, ...]  # what the caller has heard by then


async def heard_to_the_end(caller: Phone, number: str, listen_for: Sequence[float], *presses: Press) -> list[float]:
    """Calls, presses keys, waits until the system ends the call."""
    call = await caller.dial(number)
    await caller.wait_established(call)
    for press in presses:
        await wait_heard(call, *press.after)
        await caller.send_dtmf(press.key)
    await caller.wait_closed(call)
    return hears(call.heard, *listen_for)


async def test_a_number_leads_to_its_extension(town: Town, office: Office, phones: Phones, told: Told) -> None:
    desk, caller = await phones.at(town.desk, DESK_HZ, answer_after_s=0.2), await phones.outside(office, CALLER_HZ)
    out = await caller.dial(town.direct)
    rung = await desk.wait_ringing()
    await talk(caller, CALLER_HZ, desk, DESK_HZ)
    await hang_up(desk, rung, (caller, out))
    assert rung.peer_number == caller.account.user
    call = await told.call(caller.account.user)
    assert (call["direction"], call["status"], call["dialed_number"]) == ("inbound", "answered", town.direct)
    assert (call["extension_id"], call["location_id"]) == (town.desk.id, office.location)
    assert (call["recording"], call["voicemail_id"]) == (None, None)
    assert story(call) == [
        "arrived", "sent to extension number", "ringing extension", "connected extension", "ended other side",
    ]  # fmt: skip


async def test_a_number_that_is_nobodys_is_refused_and_told(office: Office, phones: Phones, told: Told) -> None:
    caller = await phones.outside(office)
    call = await caller.dial("+12025559999")
    await caller.wait_closed(call)
    assert call.cause.startswith("404")
    record = await told.call(caller.account.user)
    assert (record["status"], record["dialed_number"], record["phone_number_id"]) == ("failed", "+12025559999", None)
    assert story(record) == ["arrived", "sent to hangup unknown", "ended system"]


async def test_closed_hours_lead_to_voicemail(town: Town, office: Office, phones: Phones, told: Told) -> None:
    caller = await phones.outside(office, CALLER_HZ)
    call = await caller.dial(town.shut)
    await wait_heard(call, GREETING_HZ)
    await caller.wait_beep()
    await asyncio.sleep(3)  # the message itself
    await hang_up(caller, call)
    record = await told.call(caller.account.user, lambda one: one["voicemail_id"])
    assert record["status"] == "voicemail"
    assert [step for step in story(record) if "hours" in step or "sent" in step] == [
        "hours time_condition closed", "sent to voicemail closed",
    ]  # fmt: skip


async def test_one_weekday_is_open_here_and_closed_there(
    town: Town, office: Office, phones: Phones, told: Told
) -> None:
    for zone, wanted, state in ((EARLY, OPEN_HZ, "open"), (LATE, CLOSED_HZ, "closed")):
        caller = await phones.outside(office)
        assert await heard_to_the_end(caller, town.hours[zone], [OPEN_HZ, CLOSED_HZ]) == [wanted]
        record = await told.call(caller.account.user)
        assert f"hours time_condition {state}" in story(record)
        assert f"sent to announcement {state}" in story(record)


async def test_today_is_a_holiday_here_and_none_there(town: Town, office: Office, phones: Phones, told: Told) -> None:
    for zone, wanted, state in ((EARLY, HOLIDAY_HZ, "holiday"), (LATE, OPEN_HZ, "open")):
        caller = await phones.outside(office)
        assert await heard_to_the_end(caller, town.holidays[zone], [OPEN_HZ, HOLIDAY_HZ]) == [wanted]
        assert f"hours time_condition {state}" in story(await told.call(caller.account.user))


async def test_a_menu_takes_a_key(town: Town, office: Office, phones: Phones, told: Told) -> None:
    caller = await phones.outside(office)
    heard = await heard_to_the_end(caller, town.menu_line, [MENU_HZ, KEY_HZ], Press("1", (MENU_HZ,)))
    assert heard == [MENU_HZ, KEY_HZ]
    record = await told.call(caller.account.user)
    assert story(record) == [
        "arrived", "sent to ivr_menu number", "key 1 ivr_menu chosen", "sent to announcement key", "ended system",
    ]  # fmt: skip


async def test_a_menu_without_a_key_gives_up_after_its_attempts(
    town: Town, office: Office, phones: Phones, told: Told
) -> None:
    caller = await phones.outside(office)
    heard = await heard_to_the_end(caller, town.menu_line, [MENU_HZ, TIMEOUT_HZ])
    assert heard == [MENU_HZ, MENU_HZ, TIMEOUT_HZ]
    assert story(await told.call(caller.account.user))[2:] == [
        "key ivr_menu timeout", "key ivr_menu timeout", "sent to announcement timeout", "ended system",
    ]  # fmt: skip


async def test_a_menu_says_what_is_wrong_and_gives_up(town: Town, office: Office, phones: Phones, told: Told) -> None:
    caller = await phones.outside(office)
    wrong = Press("7", (MENU_HZ,)), Press("8", (MENU_HZ, WRONG_HZ, MENU_HZ))
    heard = await heard_to_the_end(caller, town.menu_line, [MENU_HZ, WRONG_HZ, INVALID_HZ], *wrong)
    assert heard == [MENU_HZ, WRONG_HZ, MENU_HZ, INVALID_HZ]
    assert story(await told.call(caller.account.user))[2:] == [
        "key 7 ivr_menu invalid", "key 8 ivr_menu invalid", "sent to announcement invalid", "ended system",
    ]  # fmt: skip


async def test_a_menu_lets_callers_dial_an_extension(town: Town, office: Office, phones: Phones, told: Told) -> None:
    desk, caller = await phones.at(town.desk, DESK_HZ, answer_after_s=0.1), await phones.outside(office, CALLER_HZ)
    out = await caller.dial(town.menu_line)
    await wait_heard(out, MENU_HZ)
    await caller.send_dtmf("301")
    rung = await desk.wait_ringing()
    await talk(caller, CALLER_HZ, desk, DESK_HZ)
    await hang_up(caller, out, (desk, rung))
    record = await told.call(caller.account.user)
    assert (record["status"], record["extension_id"]) == ("answered", town.desk.id)
    assert "key 301 ivr_menu chosen" in story(record)


async def test_a_caller_who_leaves_a_menu_has_abandoned(town: Town, office: Office, phones: Phones, told: Told) -> None:
    caller = await phones.outside(office)
    out = await caller.dial(town.menu_line)
    await wait_heard(out, MENU_HZ)
    await hang_up(caller, out)
    assert (await told.call(caller.account.user))["status"] == "abandoned"


async def test_a_callers_name_does_no_harm(
    town: Town, office: Office, phones: Phones, told: Told, request: pytest.FixtureRequest
) -> None:
    folder = tempfile.TemporaryDirectory(prefix="t")  # a short path: a caller's name has 80 characters
    request.addfinalizer(folder.cleanup)
    trap = Path(folder.name, "x")
    name = f"; ${{SHELL(touch {trap})}} | , & < > é 😀 ' $[1+1] `id` %0a"
    desk, caller = await phones.at(town.desk, DESK_HZ, answer_after_s=0.1), await phones.outside(office, name=name)
    out = await caller.dial(town.direct)
    rung = await desk.wait_ringing()
    await caller.wait_established(out)
    await hang_up(caller, out, (desk, rung))
    assert rung.peer_name == name
    record = await told.call(caller.account.user)
    assert (record["caller_name"], record["status"]) == (name, "answered")
    assert not trap.exists()  # noqa: ASYNC240 - one look


async def test_quotes_in_a_callers_name_do_no_harm(town: Town, office: Office, phones: Phones, told: Told) -> None:
    desk = await phones.at(town.desk, DESK_HZ, answer_after_s=0.1)
    caller = await phones.outside(office, name='O"Brien \\ "; Hangup() ; "')
    out = await caller.dial(town.direct)
    rung = await desk.wait_ringing()
    await caller.wait_established(out)
    await hang_up(caller, out, (desk, rung))
    record = await told.call(caller.account.user)
    assert (record["caller_name"], record["status"]) == ('O"Brien \\ "; Hangup() ; "', "answered")
