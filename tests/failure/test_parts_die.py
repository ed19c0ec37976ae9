"""A part of the control plane is killed during calls: nobody on the phone notices, and no call is lost to history."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.failure.conftest import Killed
from tests.failure.house import House

pytestmark = pytest.mark.asterisk

Note = Callable[[str, object], None]
PARTS = ("api", "worker", "media-worker", "postgresql", "noded")


@pytest.mark.parametrize("part", PARTS)
async def test_a_part_is_killed_during_calls(
    part: str, house: House, killed: Killed, tmp_path: Path, record_property: Note
) -> None:
    async with house.crowd(tmp_path), house.talk(tmp_path) as before:
        async with killed(part):
            await before.is_heard()
            several, message = await asyncio.gather(
                house.call_crowd(tmp_path, 5, rate=5), house.leave_message(tmp_path)
            )
        restarted = time.monotonic()
        await before.is_heard()
        await before.hang_up()
        assert before.longest_silence() < 1, "the talk went on through the kill"
    answered = await house.records(several, 5)
    record_property("seconds to all records", time.monotonic() - restarted)
    assert {(one["status"], one["direction"], one["hangup_cause"]) for one in answered} == {
        ("answered", "inbound", "normal clearing")
    }
    assert all(0.5 < one["talk_s"] < 3 for one in answered)
    [talk] = await house.records(before.number, 1, recording=True)
    assert talk["status"] == "answered"
    assert abs(talk["recording"]["duration_s"] - talk["talk_s"]) < 1.5
    [left] = await house.records(message, 1, voicemail_id=True)
    assert left["status"] == "voicemail"


async def test_a_hundred_calls_while_noded_is_down(
    house: House, killed: Killed, tmp_path: Path, record_property: Note
) -> None:
    record_property("seconds to all records", await _a_hundred_calls_without(("noded",), house, killed, tmp_path))


async def test_a_hundred_calls_while_all_of_the_control_plane_is_down(
    house: House, killed: Killed, tmp_path: Path, record_property: Note
) -> None:
    parts = ("api", "worker", "media-worker", "postgresql")
    record_property("seconds to all records", await _a_hundred_calls_without(parts, house, killed, tmp_path))


async def _a_hundred_calls_without(parts: tuple[str, ...], house: House, killed: Killed, folder: Path) -> float:
    async with house.crowd(folder), contextlib.AsyncExitStack() as down:
        for part in parts:
            await down.enter_async_context(killed(part))
        caller = await house.call_crowd(folder, 100, rate=20)
        await down.aclose()
        restarted = time.monotonic()
    records = await house.records(caller, 100)
    took_s = time.monotonic() - restarted
    assert {(one["status"], one["hangup_cause"]) for one in records} == {("answered", "normal clearing")}
    assert all(one["started_at"] < one["answered_at"] < one["ended_at"] for one in records)
    return took_s
