"""What is recorded, what is not, and what the caller is told beforehand."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from controlplane.lab import tones
from controlplane.lab.process import LabError
from tests.system.office import LOUD, Desk, Office, Phones, Told, hang_up, hears, story, talk

pytestmark = pytest.mark.asterisk

CALLER_HZ, DESK_HZ, NOTICE_HZ = 440, 1000, 2000


@dataclass(frozen=True)
class Studio:
    desk: Desk
    recorded: str
    plain: str


@pytest.fixture(scope="module")
async def studio(office: Office) -> Studio:
    desk = await office.desk("701")
    policy = {"enabled": True, "consent": await office.says(NOTICE_HZ, 1.2)}
    studio = Studio(desk, await office.line(desk.here, recording=policy), await office.line(desk.here))
    await office.api.apply("Studio")
    return studio


async def test_the_caller_hears_the_notice_before_anything_rings_and_both_sides_are_recorded(
    studio: Studio, office: Office, phones: Phones, told: Told, tmp_path: Path
) -> None:
    desk = await phones.at(studio.desk, DESK_HZ, answer_after_s=0.1)
    caller = await phones.outside(office, CALLER_HZ)
    out = await caller.dial(studio.recorded)
    await caller.wait_hears(NOTICE_HZ)
    assert desk.calls == []
    rung = await desk.wait_ringing()
    await talk(caller, CALLER_HZ, desk, DESK_HZ)
    await asyncio.sleep(1.5)  # talk
    await hang_up(desk, rung, (caller, out))
    assert hears(out.heard, NOTICE_HZ, DESK_HZ) == [NOTICE_HZ, DESK_HZ]
    assert hears(rung.heard, NOTICE_HZ, CALLER_HZ) == [CALLER_HZ]
    call = await told.call(caller.account.user, lambda one: one["recording"])
    assert story(call)[:5] == [
        "arrived", "recording notice", "recording armed", "sent to extension number", "ringing extension",
    ]  # fmt: skip
    recording = await told.sound(f"/calls/{call['id']}/recording", tmp_path / "recording.wav")
    for side, own, others in ((0, CALLER_HZ, DESK_HZ), (1, DESK_HZ, CALLER_HZ)):
        sound, _ = tones.read_audio(recording, channel=side)
        assert tones.heard_from(sound, own, threshold=LOUD) is not None
        assert tones.tone_level(recording, others, channel=side, start_s=0.4, end_s=1.2) < 100
    assert tones.duration_s(recording) == pytest.approx(call["talk_s"], abs=0.5)


async def test_without_the_wish_nothing_is_recorded(studio: Studio, office: Office, phones: Phones, told: Told) -> None:
    desk = await phones.at(studio.desk, DESK_HZ, answer_after_s=0.1)
    caller = await phones.outside(office, CALLER_HZ)
    out = await caller.dial(studio.plain)
    rung = await desk.wait_ringing()
    await caller.wait_hears(DESK_HZ)
    await hang_up(desk, rung, (caller, out))
    call = await told.call(caller.account.user)
    assert (call["recording"], "recording armed" in story(call)) == (None, False)
    with pytest.raises(LabError, match="404"):
        await told.api.content(f"/calls/{call['id']}/recording")
