"""Waiting lines: music, members in their order, whisper, recording, and all ways out."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from controlplane.lab import tones
from controlplane.lab.phone import PATIENCE_S
from controlplane.lab.phone_model import PhoneCall
from controlplane.lab.tones import SAMPLE_RATE
from tests.system.office import LOUD, Desk, Office, Phones, Told, hang_up, hears, story, to

pytestmark = pytest.mark.asterisk

CALLER_HZ, ANN_HZ, BEN_HZ, WHISPER_HZ, OVERFLOW_HZ = 440, 1000, 1500, 2000, 2500
MUSIC_RMS = 30.0


@dataclass(frozen=True)
class Sales:
    ann: Desk
    ben: Desk  # of a higher penalty
    cid: Desk  # of the short queue
    whispering: str  # line to a queue of Ann that whispers and records
    two: str  # line to a queue of Ann, and of Ben when she can't
    short: str  # line to a queue that is patient for two seconds
    short_queue: str


@pytest.fixture(scope="module")
async def sales(office: Office) -> Sales:
    ann, ben, cid = await office.desk("401"), await office.desk("402"), await office.desk("403")
    overflow = to("announcement", await office.prompt(OVERFLOW_HZ))

    async def queue(*members: Desk, **fields: object) -> str:
        listed = [{"extension_id": desk.id, "penalty": penalty} for penalty, desk in enumerate(members)]
        return await office.make("queues", members=listed, overflow=overflow, retry_s=1, **fields)

    whispering = await queue(ann, whisper=await office.says(WHISPER_HZ, 1), recording={"enabled": True})
    short = await queue(cid, max_wait_s=2)
    sales = Sales(
        ann, ben, cid,
        whispering=await office.line(to("queue", whispering)),
        two=await office.line(to("queue", await queue(ann, ben))),
        short=await office.line(to("queue", short)),
        short_queue=short,
    )  # fmt: skip
    await office.api.apply("Sales")
    return sales


async def music(call: PhoneCall) -> None:
    """Waits until music has been heard for a while; silence has a loudness of 8 at most."""
    async with asyncio.timeout(PATIENCE_S):
        while not is_music(call.recording.samples()):  # noqa: ASYNC110 - sound brings no event
            await asyncio.sleep(0.1)


def is_music(heard: tones.Samples) -> bool:
    return heard.size > SAMPLE_RATE and float(np.sqrt(np.mean(heard**2))) > MUSIC_RMS


async def test_music_then_whisper_then_talk_which_alone_is_recorded(
    sales: Sales, office: Office, phones: Phones, told: Told, tmp_path: Path
) -> None:
    ann, caller = await phones.at(sales.ann, ANN_HZ), await phones.outside(office, CALLER_HZ)
    out = await caller.dial(sales.whispering)
    rung = await ann.wait_ringing()
    await music(out)
    await ann.answer(rung)
    await caller.wait_hears(ANN_HZ, level=LOUD)
    await asyncio.sleep(1.5)  # talk
    await hang_up(caller, out, (ann, rung))
    assert hears(rung.heard, WHISPER_HZ, CALLER_HZ) == [WHISPER_HZ, CALLER_HZ]
    assert hears(out.heard, WHISPER_HZ, ANN_HZ) == [ANN_HZ]
    call = await told.call(caller.account.user, lambda one: one["recording"])
    assert (call["status"], call["extension_id"]) == ("answered", sales.ann.id)
    assert 1 < call["wait_s"] < 6
    assert call["talk_s"] == pytest.approx(1.8, abs=1)
    assert story(call) == [
        "arrived", "sent to queue number", "recording armed", "ringing extension", "whisper queue",
        "connected extension", "ended caller",
    ]  # fmt: skip
    recording = await told.sound(f"/calls/{call['id']}/recording", tmp_path / "recording.wav")
    sides = [
        {span.hz for span in tones.tone_spans(recording, [CALLER_HZ, ANN_HZ, WHISPER_HZ], channel=side)}
        for side in (0, 1)
    ]
    assert sides == [{CALLER_HZ}, {ANN_HZ}]
    assert call["recording"]["channels"] == 2
    assert call["recording"]["duration_s"] == pytest.approx(call["talk_s"], abs=0.5)


async def test_a_higher_penalty_rings_only_when_a_lower_one_is_busy(
    sales: Sales, office: Office, phones: Phones, told: Told
) -> None:
    ann = await phones.at(sales.ann, ANN_HZ, answer_after_s=0.1)
    ben = await phones.at(sales.ben, BEN_HZ, answer_after_s=0.1)
    first, second = await phones.outside(office, CALLER_HZ), await phones.outside(office, CALLER_HZ)
    one = await first.dial(sales.two)
    await first.wait_hears(ANN_HZ, level=LOUD)
    assert ben.calls == []
    two = await second.dial(sales.two)
    await second.wait_hears(BEN_HZ, level=LOUD)
    assert len(ann.calls) == 1
    await asyncio.gather(hang_up(first, one), hang_up(second, two))
    answered = [(await told.call(caller.account.user))["extension_id"] for caller in (first, second)]
    assert answered == [sales.ann.id, sales.ben.id]


async def test_who_has_waited_long_enough_goes_to_the_overflow(
    sales: Sales, office: Office, phones: Phones, told: Told
) -> None:
    cid, caller = await phones.at(sales.cid), await phones.outside(office)
    out = await caller.dial(sales.short)
    rung = await cid.wait_ringing()
    await caller.wait_hears(OVERFLOW_HZ, level=LOUD)
    await asyncio.gather(caller.wait_closed(out), cid.wait_closed(rung))
    call = await told.call(caller.account.user)
    assert (call["status"], call["queue_id"]) == ("missed", sales.short_queue)
    assert call["wait_s"] == pytest.approx(2, abs=1)
    assert story(call)[-3:] == ["queue left queue timeout", "sent to announcement overflow", "ended system"]


async def test_a_queue_without_a_reachable_member_lets_nobody_wait(
    sales: Sales, office: Office, phones: Phones, told: Told
) -> None:
    caller = await phones.outside(office)
    out = await caller.dial(sales.short)
    await caller.wait_hears(OVERFLOW_HZ, level=LOUD)
    await caller.wait_closed(out)
    assert "sent to announcement empty" in story(await told.call(caller.account.user))


async def test_a_caller_who_leaves_the_line_has_abandoned(
    sales: Sales, office: Office, phones: Phones, told: Told
) -> None:
    ann, caller = await phones.at(sales.ann), await phones.outside(office)
    out = await caller.dial(sales.whispering)
    rung = await ann.wait_ringing()
    await music(out)
    await hang_up(caller, out, (ann, rung))
    call = await told.call(caller.account.user)
    assert (call["status"], call["answered_at"], call["talk_s"], call["recording"]) == ("abandoned", None, 0, None)
    assert call["wait_s"] == pytest.approx(call["duration_s"], abs=0.5)
