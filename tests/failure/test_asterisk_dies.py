"""Asterisk itself is killed with calls up: they end, and everything else goes on as if nothing had been."""

from datetime import datetime
from pathlib import Path

import pytest

from controlplane.entrypoints.throw_away import ThrowAwaySystem
from controlplane.kit import clock
from controlplane.lab import sipp
from controlplane.lab.client import Json
from controlplane.node.runtime import run_cli, running_pid
from tests.failure.house import SALES, House, kill, new_caller

pytestmark = pytest.mark.asterisk


async def test_asterisk_is_killed_with_calls_up(system: ThrowAwaySystem, house: House, tmp_path: Path) -> None:
    before = await house.node()
    waiting = sipp.Caller(new_caller(), talk_ms=600_000)
    async with (
        house.talk(tmp_path) as talk,
        sipp.carrier_calls(
            house.tree / "bin" / "sipp", tmp_path / "waiting", house.server, [SALES], caller=waiting,
            address=house.carrier,
        ),
    ):  # fmt: skip
        await house.ask(lambda: _is_live(house, waiting.number, "queued"), "waiting in the queue")
        await house.ask(lambda: _is_live(house, talk.number, "answered"), "talking")
        pid = running_pid(house.layout)
        assert pid is not None
        at = clock.now()
        await kill(pid)
        await house.ask(lambda: _has_state(house, "asterisk_down"), "told that Asterisk is down")
        await house.ask(lambda: _has_state(house, "up"), "told that Asterisk is up")
    cut_off = {number: (await house.records(number))[0] for number in (talk.number, waiting.number)}
    assert {number: one["status"] for number, one in cut_off.items()} == {
        talk.number: "answered",
        waiting.number: "abandoned",
    }
    for one in cut_off.values():
        assert one["hangup_cause"] == "end unknown"
        assert abs((datetime.fromisoformat(one["ended_at"]) - at).total_seconds()) < 5
    await _works_as_before(house, before, tmp_path)


async def _works_as_before(house: House, before: Json, folder: Path) -> None:
    after = await house.ask(lambda: _is_in_line(house), "in line again")
    assert (after["live_digest"], after["desired_digest"]) == (before["live_digest"], before["desired_digest"])
    [live] = (await house.api.get("/config/releases", state="live"))["items"]
    assert f"CP_RELEASE={live['id']}" in run_cli(house.layout, "dialplan show globals")
    async with house.crowd(folder), house.talk(folder) as talk:  # both phones register anew
        several = await house.call_crowd(folder, 3, rate=3)
        await talk.hang_up()
    [talked] = await house.records(talk.number, 1, recording=True)
    assert (talked["status"], talked["hangup_cause"]) == ("answered", "normal clearing")
    assert [one["status"] for one in await house.records(several, 3)] == ["answered"] * 3


async def _is_live(house: House, number: str, phase: str) -> bool:
    calls = (await house.api.get("/calls/live"))["items"]
    return any(one["caller_number"] == number and one["phase"] == phase for one in calls)


async def _has_state(house: House, state: str) -> bool:
    return bool((await house.node())["state"] == state)


async def _is_in_line(house: House) -> Json | None:
    node = await house.node()
    return node if node["state"] == "up" and not node["drift"] else None
