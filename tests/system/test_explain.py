"""Real calls explained, those that failed above all: what went wrong, by which object and which line of dialplan."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from controlplane.entrypoints.throw_away import ThrowAwaySystem
from controlplane.lab.addresses import own_address
from controlplane.lab.client import Json
from controlplane.lab.sipp import refusing
from tests.system.office import HANGUP, Desk, Office, Phones, Told, hang_up, talk, to, wait_heard

pytestmark = pytest.mark.asterisk

CALLER_HZ, DESK_HZ, MENU_HZ, BEN_HZ, WHISPER_HZ, NOTICE_HZ = 440, 1000, 1700, 1300, 2000, 2500


@dataclass(frozen=True)
class Shop:
    desk: Desk
    away: Desk  # its phone is never there
    line: str
    away_line: str
    menu_line: str
    menu: str
    queue_line: str  # nobody is in the queue
    shut_line: str
    hours: str
    carrier: str  # trunk that refuses


@pytest.fixture(scope="module")
async def shop(
    office: Office, phone_tools: Path, system: ThrowAwaySystem, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Shop]:
    refuser = own_address()
    sipp = refusing(phone_tools / "bin/sipp", tmp_path_factory.mktemp("no") / "c", 503, "Service Unavailable",
                    address=refuser, port=5060)  # fmt: skip
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(sipp)
        trunk = await office.make("trunks", name="Refuser", identity="ip", host=refuser, port=5060)
        await office.make(
            "outbound-routes", name="Ohio", pattern="5NXXNXXXXXX", trunk_ids=[trunk], strip=1, prepend="+1"
        )
        desk = await office.desk("951", name="Front desk", no_answer=HANGUP, busy=HANGUP)
        away = await office.desk("952", name="Back office", no_answer=HANGUP)
        menu = await office.make("ivr-menus", name="Shop menu", prompt=await office.says(MENU_HZ, 1), wait_s=5,
                                 options=[{"digit": "1", "destination": desk.here}], on_timeout=HANGUP,
                                 on_invalid=HANGUP)  # fmt: skip
        queue = await office.make("queues", name="Lonely", members=[{"extension_id": away.id}], overflow=HANGUP)
        hours = await office.make("time-conditions", name="Never", open=HANGUP, closed=desk.here, timezone="Asia/Tokyo")
        shop = Shop(
            desk, away, await office.line(desk.here), await office.line(away.here),
            await office.line(to("ivr_menu", menu)), menu, await office.line(to("queue", queue)),
            await office.line(to("time_condition", hours)), hours, trunk,
        )  # fmt: skip
        await office.api.apply("Shop")
        await office.trunks_up(trunk)
        yield shop


async def explained(told: Told, number: str) -> Json:
    call = await told.call(number)
    return await told.api.get(f"/calls/{call['id']}/explain")


def words(explanation: Json, what: str) -> list[str]:
    return [step["words"] for step in explanation["steps"] if step["what"] == what]


def step(explanation: Json, what: str) -> Any:
    return next(step for step in explanation["steps"] if step["what"] == what)


async def test_a_declined_call_is_told_by_phone_cause_line_and_release(
    shop: Shop, office: Office, system: ThrowAwaySystem, phones: Phones, told: Told
) -> None:
    desk, caller = await phones.at(shop.desk, DESK_HZ), await phones.outside(office)
    out = await caller.dial(shop.line)
    await desk.hangup(await desk.wait_ringing())
    await caller.wait_closed(out)
    explanation = await explained(told, caller.account.user)
    rang = step(explanation, "ringing")
    assert rang["words"].startswith(f"extension 951 Front desk ({shop.desk.device}) rang for ")
    assert rang["words"].endswith(rang["leg"]["sip_words"])
    assert rang["leg"]["sip"] in {486, 603}
    assert rang["leg"]["q850"] in {17, 21}
    assert rang["source"]["text"].startswith("Dial(")
    assert rang["source"]["made_from"] == {"kind": "extension", "id": shop.desk.id, "name": "951 Front desk"}
    ended = step(explanation, "dial ended")["source"]
    assert (ended["context"], ended["exten"]) == (f"ext-{shop.desk.id.replace('-', '')}", "s")
    assert ended["text"] == f"CELGenUserEvent(CP_DIAL_END,id={shop.desk.id}|status=${{DIALSTATUS}})"
    lines = (system.running.layout.current / ended["file"]).read_text().split("\n")
    assert ended["text"] in lines[ended["line"] - 1]
    (live,) = (await office.api.get("/config/releases", state="live"))["items"]
    in_force = explanation["release"]
    assert (in_force["number"], in_force["reason"], in_force["certain"]) == (live["number"], live["reason"], True)
    assert explanation["unknown"] == []


async def test_a_phone_that_is_not_there(shop: Shop, office: Office, phones: Phones, told: Told) -> None:
    caller = await phones.outside(office)
    out = await caller.wait_closed(await caller.dial(shop.away_line))
    explanation = await explained(told, caller.account.user)
    assert words(explanation, "dial ended") == ["extension 952 Back office: no phone of it was registered"]
    assert words(explanation, "ringing") == []
    assert words(explanation, "ended") == ["we ended the call: no route; the caller was told 404 Not Found"]
    assert out.cause.startswith("404 Not Found")  # what the caller was really told


async def test_a_number_that_nobody_has(office: Office, shop: Shop, phones: Phones, told: Told) -> None:
    caller = await phones.outside(office)
    await caller.wait_closed(await caller.dial("+12025559998"))
    explanation = await explained(told, caller.account.user)
    assert explanation["steps"][0]["words"] == f"{caller.account.user} called +12025559998 by trunk Carrier"
    assert words(explanation, "sent to") == ["was refused, because nothing has that number"]
    assert words(explanation, "ended") == ["we ended the call: unknown number; the caller was told 404 Not Found"]
    source = step(explanation, "sent to")["source"]
    assert (source["context"], source["made_from"]["name"]) == ("cp-refused", "part of every release")


async def test_a_carrier_that_refuses(shop: Shop, phones: Phones, told: Told) -> None:
    desk = await phones.at(shop.desk, DESK_HZ)
    out = await desk.dial("53105550009")
    await desk.wait_closed(out)
    assert out.cause.startswith("503")
    explanation = await explained(told, "+13105550009")
    assert words(explanation, "carrier asked") == [
        "trunk Refuser was asked for +13105550009 by outbound route Ohio, showing no number"
    ]
    tried = step(explanation, "ringing")
    assert tried["words"].endswith(" s: 503 Service Unavailable: it can't take calls now")
    assert tried["leg"]["channel"].startswith(f"PJSIP/trunk-{shop.carrier.replace('-', '')}-")
    assert tried["source"]["made_from"]["name"] == "Ohio"


async def test_a_caller_who_leaves_the_menu_and_one_who_finds_nobody_in_the_queue(
    shop: Shop, office: Office, phones: Phones, told: Told
) -> None:
    caller = await phones.outside(office)
    out = await caller.dial(shop.menu_line)
    await wait_heard(out, MENU_HZ)
    await hang_up(caller, out)
    explanation = await explained(told, caller.account.user)
    assert words(explanation, "ended") == ["the caller hung up in menu Shop menu"]
    listened = explanation["steps"][1]
    assert "; the caller listened for " in listened["words"]
    assert listened["words"].endswith(" s until the call ended")
    assert listened["took_s"] > 0.5
    other = await phones.outside(office)
    await other.wait_closed(await other.dial(shop.queue_line))
    explanation = await explained(told, other.account.user)
    (left,) = words(explanation, "queue left")
    assert left == "left queue Lonely without an answer: it has no member that could take calls"
    assert step(explanation, "queue left")["source"]["made_from"]["name"] == "Lonely"


async def test_hours_say_what_the_clock_said_there(shop: Shop, office: Office, phones: Phones, told: Told) -> None:
    caller, desk = await phones.outside(office, CALLER_HZ), await phones.at(shop.desk, DESK_HZ, answer_after_s=0.1)
    out = await caller.dial(shop.shut_line)
    rung = await desk.wait_ringing()
    await talk(caller, CALLER_HZ, desk, DESK_HZ)
    await asyncio.sleep(0.5)
    await hang_up(desk, rung, (caller, out))
    explanation = await explained(told, caller.account.user)
    (said,) = words(explanation, "hours")
    assert said.startswith("hours Never said: closed; it was ")
    assert said.endswith(" in Asia/Tokyo; open never")
    assert words(explanation, "ended") == ["the other side hung up: normal clearing"]
    arrived, hours = step(explanation, "arrived"), step(explanation, "hours")
    assert arrived["words"].startswith(f"{caller.account.user} called {shop.shut_line} (")
    assert (arrived["source"]["exten"], arrived["source"]["made_from"]["kind"]) == (shop.shut_line, "phone_number")
    assert hours["source"]["made_from"]["name"] == "Never"


async def test_a_call_from_before_a_change_is_told_with_the_names_of_then(
    office: Office, phones: Phones, told: Told
) -> None:
    desk = await office.desk("953", name="Repairs", no_answer=HANGUP)
    line = await office.line(desk.here)
    await office.api.apply("A desk for repairs")
    caller = await phones.outside(office)
    await caller.wait_closed(await caller.dial(line))
    before = await explained(told, caller.account.user)
    assert words(before, "dial ended") == ["extension 953 Repairs: no phone of it was registered"]
    await office.api.patch(f"/extensions/{desk.id}", {"name": "Storage"})
    await office.api.apply("Rename repairs")
    assert await explained(told, caller.account.user) == before
    later = await phones.outside(office)
    await later.wait_closed(await later.dial(line))
    after = await explained(told, later.account.user)
    assert words(after, "dial ended") == ["extension 953 Storage: no phone of it was registered"]
    assert after["release"]["number"] > before["release"]["number"]
    assert after["release"]["reason"] == "Rename repairs"


async def test_a_whole_call_through_menu_queue_whisper_recording_and_transfer(
    office: Office, phones: Phones, told: Told
) -> None:
    ann, ben = await office.desk("961", name="Ann"), await office.desk("962", name="Ben")
    queue = await office.make("queues", name="Helpers", members=[{"extension_id": ann.id}], overflow=HANGUP,
                              whisper=await office.says(WHISPER_HZ, 1),
                              recording={"enabled": True, "consent": await office.says(NOTICE_HZ)})  # fmt: skip
    menu = await office.make("ivr-menus", name="Help menu", prompt=await office.says(MENU_HZ, 1), wait_s=5,
                             options=[{"digit": "4", "destination": to("queue", queue)}], on_timeout=HANGUP,
                             on_invalid=HANGUP)  # fmt: skip
    line = await office.line(to("ivr_menu", menu))
    await office.api.apply("Helpers")
    first, second = await phones.at(ann, DESK_HZ), await phones.at(ben, BEN_HZ, answer_after_s=0.2)
    caller = await phones.outside(office, CALLER_HZ)
    out = await caller.dial(line)
    await wait_heard(out, MENU_HZ)
    await caller.send_dtmf("4")
    await first.answer(await first.wait_ringing())
    await wait_heard(out, MENU_HZ, NOTICE_HZ, DESK_HZ)
    await first.transfer("962")
    await second.wait_hears(CALLER_HZ, call=await second.wait_ringing())
    await hang_up(caller, out)
    call = await told.call(caller.account.user, lambda one: one["recording"])
    explanation = await told.api.get(f"/calls/{call['id']}/explain")
    assert [step["what"] for step in explanation["steps"]] == [
        "arrived", "sent to", "key", "sent to", "recording notice", "recording armed", "ringing", "whisper",
        "connected", "recording started", "transferred", "sent to", "ringing", "connected", "ended",
    ]  # fmt: skip
    said = [step["words"] for step in explanation["steps"]]
    assert said[2] == "the caller pressed 4 in menu Help menu"
    assert said[3].startswith("went to queue Helpers, because of the key pressed; the caller waited for ")
    assert said[3].endswith(" s until somebody answered")
    assert said[7] == "the answering side alone heard the whisper of queue Helpers"
    assert said[10] == f"extension 961 Ann ({ann.device}) passed the call on to 962 (blind transfer)"
    assert said[13].startswith(f"connected with extension 962 Ben ({ben.device}) for ")
    assert said[14] == "the caller hung up"
    assert explanation["afterwards"][0].startswith("recorded: ")
    assert explanation["steps"][6]["source"]["text"].startswith("Queue(")
    assert explanation["steps"][12]["source"]["made_from"]["name"] == "962 Ben"
