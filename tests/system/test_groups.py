"""Ring groups: all at once, in turn, and nobody."""

import asyncio
from dataclasses import dataclass

import pytest

from tests.system.office import Desk, Office, Phones, Told, hang_up, hears, legs, story, talk, to

pytestmark = pytest.mark.asterisk

CALLER_HZ, ANN_HZ, BEN_HZ, NOBODY_HZ = 440, 1000, 1500, 2000


@dataclass(frozen=True)
class Groups:
    ann: Desk
    ben: Desk
    together: str
    in_turn: str


@pytest.fixture(scope="module")
async def groups(office: Office) -> Groups:
    ann, ben = await office.desk("501"), await office.desk("502")
    fields = {
        "extension_ids": [ann.id, ben.id],
        "ring_s": 2,
        "no_answer": to("announcement", await office.prompt(NOBODY_HZ)),
    }
    together = await office.make("ring-groups", strategy="all", **fields)
    in_turn = await office.make("ring-groups", strategy="in_turn", **fields)
    lines = [await office.line(to("ring_group", group)) for group in (together, in_turn)]
    await office.api.apply("Groups")
    return Groups(ann, ben, *lines)


async def test_all_ring_and_one_answers(groups: Groups, office: Office, phones: Phones, told: Told) -> None:
    ann, ben = await phones.at(groups.ann, ANN_HZ), await phones.at(groups.ben, BEN_HZ)
    caller = await phones.outside(office, CALLER_HZ)
    out = await caller.dial(groups.together)
    lost, rung = await asyncio.gather(ann.wait_ringing(), ben.wait_ringing())
    await ben.answer(rung)
    await asyncio.gather(talk(caller, CALLER_HZ, ben, BEN_HZ), ann.wait_closed(lost))
    await hang_up(caller, out, (ben, rung))
    assert hears(out.heard, ANN_HZ, BEN_HZ) == [BEN_HZ]
    call = await told.call(caller.account.user)
    assert (call["status"], call["extension_id"]) == ("answered", groups.ben.id)
    outcomes = {leg["extension_id"]: leg["outcome"] for leg in legs(call, "phone")}
    assert outcomes == {groups.ann.id: "answered elsewhere", groups.ben.id: "connected"}


async def test_one_rings_after_the_other(groups: Groups, office: Office, phones: Phones, told: Told) -> None:
    ann = await phones.at(groups.ann, ANN_HZ)
    ben = await phones.at(groups.ben, BEN_HZ, answer_after_s=0.1)
    caller = await phones.outside(office, CALLER_HZ)
    out = await caller.dial(groups.in_turn)
    passed = await ann.wait_ringing()
    assert ben.calls == []
    rung = await ben.wait_ringing()
    assert passed.state == "closed" or await ann.wait_closed(passed, 2)
    await talk(caller, CALLER_HZ, ben, BEN_HZ)
    await hang_up(caller, out, (ben, rung))
    call = await told.call(caller.account.user)
    assert (call["status"], call["extension_id"]) == ("answered", groups.ben.id)
    assert [leg["outcome"] for leg in legs(call, "phone")] == ["no answer", "connected"]
    assert legs(call, "phone")[0]["ring_s"] == pytest.approx(2, abs=0.5)


async def test_nobody_answers_and_the_call_goes_on(groups: Groups, office: Office, phones: Phones, told: Told) -> None:
    ann, caller = await phones.at(groups.ann), await phones.outside(office)
    out = await caller.dial(groups.together)
    rung = await ann.wait_ringing()
    await caller.wait_hears(NOBODY_HZ)
    await asyncio.gather(caller.wait_closed(out), ann.wait_closed(rung))
    call = await told.call(caller.account.user)
    assert call["status"] == "missed"
    assert story(call)[-3:] == ["dial ended ring_group noanswer", "sent to announcement no_answer", "ended system"]
