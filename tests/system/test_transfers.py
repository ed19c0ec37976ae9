"""Calls that are passed on after a word, or while the next phone still rings, and what their record says."""

import asyncio
from dataclasses import dataclass

import pytest

from controlplane.lab.client import Json
from controlplane.lab.phone import Phone
from controlplane.lab.phone_model import PhoneCall
from tests.system.office import HANGUP, LOUD, Desk, Office, Phones, Told, hang_up, story, to

pytestmark = pytest.mark.asterisk

CALLER_HZ, ANN_HZ, BEN_HZ, AWAY_HZ = 440, 1000, 1500, 2000


@dataclass(frozen=True)
class Shop:
    ann: Desk
    ben: Desk  # rings for four seconds, then there is an announcement
    line: str  # to the queue of Ann
    own_line: str  # to Ann, who may be in another call


@pytest.fixture(scope="module")
async def shop(office: Office) -> Shop:
    ann = await office.desk("501", name="Ann")
    away = to("announcement", await office.prompt(AWAY_HZ, 3))
    ben = await office.desk("502", name="Ben", ring_s=5, no_answer=away)
    queue = await office.make(
        "queues", name="Sales", members=[{"extension_id": ann.id}], overflow=HANGUP, retry_s=1
    )  # fmt: skip
    line, own_line = await office.line(to("queue", queue)), await office.line(ann.here)
    await office.api.apply("Shop")
    return Shop(ann, ben, line, own_line)


async def answered(caller: Phone, ann: Phone, line: str) -> tuple[PhoneCall, PhoneCall]:
    """The caller talks with Ann: the call as each of them sees it."""
    out = await caller.dial(line)
    rung = await ann.wait_ringing()
    await ann.answer(rung)
    await caller.wait_hears(ANN_HZ, call=out, level=LOUD)
    return out, rung


async def until_live(told: Told, caller: Phone, phase: str) -> Json:
    """The call as the wallboard shows it; nobody waits in the queue."""
    page = await told.api.until(
        "/calls", lambda page: page["items"] and page["items"][0]["phase"] == phase, timeout_s=60, what=phase,
        number=caller.account.user,
    )  # fmt: skip
    assert not any(queue["waiting"] for queue in (await told.api.get("/queues/live"))["items"])
    live: Json = page["items"][0]
    return live


async def test_a_word_first_then_the_caller_talks_on(shop: Shop, office: Office, phones: Phones, told: Told) -> None:
    ann, ben = await phones.at(shop.ann, ANN_HZ), await phones.at(shop.ben, BEN_HZ)
    caller = await phones.outside(office, CALLER_HZ)
    out, first = await answered(caller, ann, shop.line)
    await ann.hold()
    asked = await ann.dial("502")
    rung = await ben.wait_ringing()
    await ben.answer(rung)
    await ann.wait_established(asked)
    await ann.connect(first, asked)
    await ben.wait_hears(CALLER_HZ, call=rung, level=LOUD)
    await asyncio.sleep(1)
    live = await until_live(told, caller, "answered")
    await hang_up(caller, out, (ben, rung))
    call = await told.call(caller.account.user)
    assert call["id"] == live["id"]
    assert (call["status"], call["extension_id"]) == ("answered", shop.ann.id)
    assert call["talk_s"] == pytest.approx(call["duration_s"] - call["wait_s"], abs=0.2)
    assert [leg["extension_id"] for leg in call["legs"]] == [None, shop.ann.id, shop.ben.id]
    assert story(call)[-3:] == ["transferred extension attended", "connected extension", "ended caller"]
    between = await told.call("501")
    assert (between["direction"], between["status"]) == ("internal", "answered")


async def test_the_phone_that_rings_still_is_answered_by_its_owner(
    shop: Shop, office: Office, phones: Phones, told: Told
) -> None:
    ann, ben = await phones.at(shop.ann, ANN_HZ), await phones.at(shop.ben, BEN_HZ)
    caller = await phones.outside(office, CALLER_HZ)
    out, first = await answered(caller, ann, shop.line)
    asked = await ann.dial("502")
    rung = await ben.wait_ringing()
    await ann.connect(first, asked)
    await until_live(told, caller, "ringing")
    await ben.answer(rung)
    await caller.wait_hears(BEN_HZ, call=out, level=LOUD)
    await asyncio.sleep(1)
    await hang_up(caller, out, (ben, rung))
    call = await told.call(caller.account.user)
    assert [(leg["extension_id"], leg["outcome"]) for leg in call["legs"]] == [
        (None, "caller"), (shop.ann.id, "connected"), (shop.ben.id, "connected"),
    ]  # fmt: skip
    assert call["legs"][2]["talk_s"] > 0.9


async def test_who_is_passed_to_nobody_goes_where_that_phone_leads(
    shop: Shop, office: Office, phones: Phones, told: Told
) -> None:
    ann, ben = await phones.at(shop.ann, ANN_HZ), await phones.at(shop.ben, BEN_HZ)
    caller = await phones.outside(office, CALLER_HZ)
    out, first = await answered(caller, ann, shop.line)
    asked = await ann.dial("502")
    await ben.wait_ringing()
    await ann.connect(first, asked)
    await caller.wait_hears(AWAY_HZ, call=out, level=LOUD)
    await hang_up(caller, out)
    call = await told.call(caller.account.user)
    assert call["status"] == "answered"
    assert story(call)[4:] == [
        "ringing extension", "transferred extension attended", "dial ended extension noanswer",
        "sent to announcement no_answer", "ended caller",
    ]  # fmt: skip
    assert call["legs"][2]["outcome"] == "no answer"


async def test_a_caller_comes_into_an_older_call(shop: Shop, office: Office, phones: Phones, told: Told) -> None:
    ann, ben = await phones.at(shop.ann, ANN_HZ), await phones.at(shop.ben, BEN_HZ)
    asked = await ann.dial("502")
    rung = await ben.wait_ringing()
    await ben.answer(rung)
    await ann.wait_established(asked)
    caller = await phones.outside(office, CALLER_HZ)
    await ann.hold()
    out, first = await answered(caller, ann, shop.own_line)
    await ann.connect(first, asked)
    await ben.wait_hears(CALLER_HZ, call=rung, level=LOUD)
    await asyncio.sleep(1)
    await until_live(told, caller, "answered")
    await hang_up(caller, out, (ben, rung))
    call = await told.call(caller.account.user)
    assert call["talk_s"] == pytest.approx(call["duration_s"] - call["wait_s"], abs=0.2)
    assert call["legs"][-1]["extension_id"] == shop.ben.id
    assert call["legs"][-1]["talk_s"] > 0.9
