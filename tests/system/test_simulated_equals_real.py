"""Random configurations, random calls: what is played is what really happens.

Each call is made twice: by SIPp through the node's own Asterisk, with real phones, real waits and real sounds, and by
`POST /simulations`. Both timelines must be the same. `CP_SIMULATED_PAIRS` says how many calls (default 24), and
`CP_SIMULATED_SEED` repeats a run.
"""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from controlplane.entrypoints.throw_away import ThrowAwaySystem
from controlplane.lab.media_pcap import KeyPress, write_call_media
from controlplane.lab.sipp import Caller, Sipp, answering, carrier_calls, refusing, registering
from controlplane.rehearsal.telling import once_each
from tests.system.office import Office, Phones, another_office, new_caller
from tests.system.random_calls import WAIT_S, Architect, Cell

pytestmark = pytest.mark.asterisk

PAIRS = int(os.environ.get("CP_SIMULATED_PAIRS", "24"))
SEED = int(os.environ.get("CP_SIMULATED_SEED", "0")) or random.SystemRandom().randrange(1, 10**9)
CALLS_OF_A_CELL = 4
AT_ONCE = 16
LISTENS_S = 0.7
"""After this time in a menu a caller presses a key; the next menu listens at the latest so long after it."""
STAYS_MS = 12_000

Told = list[tuple[str, str, str]]


@dataclass
class Pair:
    """One call to be made twice."""

    cell: Cell
    keys: list[str]
    caller: str = field(default_factory=new_caller)

    def __str__(self) -> str:
        made = "\n  ".join(self.cell.made)
        return f"seed {SEED}: {self.cell.number} keys {self.keys} phones {self.cell.phones}\n  {made}"


@pytest.fixture
async def office(system: ThrowAwaySystem) -> AsyncIterator[Office]:
    async with another_office(system, "Chance", "chance") as office:
        yield office


async def test_the_played_call_is_the_real_one(
    office: Office, phones: Phones, system: ThrowAwaySystem, phone_tools: Path, tmp_path: Path
) -> None:
    chance = random.Random(SEED)
    await office.make("outbound-routes", pattern="+X.", trunk_ids=[office.trunk])
    architect = Architect(office, chance)
    towns: list[list[Pair]] = []
    for first in range(0, PAIRS, CALLS_OF_A_CELL):
        cell = await architect.cell()
        towns.append([Pair(cell, architect.keys()) for _ in range(min(CALLS_OF_A_CELL, PAIRS - first))])
    await office.api.apply("Chance")
    telephony = RealWorld(phone_tools / "bin" / "sipp", phones.server, tmp_path / "real", office.carrier)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(telephony.far_side())
        await office.trunks_up(office.trunk)
        await telephony.people(stack, [calls[0].cell for calls in towns])
        gate = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(telephony.calls(calls, gate) for calls in towns))
    pairs = [pair for calls in towns for pair in calls]
    different = [problem for pair in pairs if (problem := await compare(office, pair))]
    assert not different, f"{len(different)} of {len(pairs)} differ\n" + "\n\n".join(different[:5])


class RealWorld:
    """Phones and callers of flesh and SIPp."""

    def __init__(self, sipp: Path, server: str, folder: Path, carrier: str) -> None:
        self._sipp, self._server, self._folder, self._carrier = sipp, server, folder, carrier

    def far_side(self) -> Sipp:
        """Whoever is called through the carrier; `-aa` answers the OPTIONS by which Asterisk looks for it."""
        values = {"ring_ms": 50, "talk_ms": 600_000, "media": "", "media_port": "media_port"}
        folder = self._folder / "carrier"
        return Sipp(
            self._sipp, folder, "answer", values=values, options=["-aa"], address=self._carrier, port=5060
        )  # fmt: skip

    async def people(self, stack: AsyncExitStack, cells: Sequence[Cell]) -> None:
        """All phones that are there, registered: one SIPp for all that behave alike."""
        for state in ("free", "busy", "no_answer"):
            users = [
                (desk.device, desk.secret)
                for cell in cells
                for desk, how in zip(cell.desks, cell.states, strict=True)
                if how == state
            ]
            if not users:
                continue
            folder = self._folder / state
            registration = registering(self._sipp, folder / "register", self._server, users)
            async with registration as process:
                result = await process.finished(30)
                assert result.failed == 0, result.errors
            address, port = registration.address, registration.port
            if state == "busy":
                phone = refusing(self._sipp, folder, 486, "Busy Here", address=address, port=port)
            else:
                ring_ms = 50 if state == "free" else 600_000
                phone = answering(self._sipp, folder, ring_ms=ring_ms, address=address, port=port)
            await stack.enter_async_context(phone)

    async def calls(self, pairs: Sequence[Pair], gate: asyncio.Semaphore) -> None:
        """The calls of one cell, one after the other: each finds the phones as the cell says."""
        async with gate:
            for pair in pairs:
                await self._call(pair)

    async def _call(self, pair: Pair) -> None:
        """One caller with a will of their own: presses keys and hangs up, whatever happens."""
        folder = self._folder / pair.caller
        folder.mkdir(parents=True)
        media = write_call_media(folder / "keys.pcap", np.zeros(0), presses(pair.keys), duration_s=STAYS_MS / 1000)
        caller = Caller(number=pair.caller, media=media, talk_ms=STAYS_MS)
        call = carrier_calls(self._sipp, folder, self._server, [pair.cell.number], caller=caller, address=self._carrier)
        async with call as process:
            await process.finished(60)  # one that is never answered is a failure only to SIPp


def presses(keys: Sequence[str]) -> list[KeyPress]:
    """When each key is pressed: each time that a menu listens."""
    found: list[KeyPress] = []
    at_s = 0.0
    for key in keys:
        if not key:
            at_s += WAIT_S + 0.3  # the menu plays its prompt again
            continue
        at_s += LISTENS_S
        for digit in key:
            found.append(KeyPress(digit, at_s, 0.1))
            at_s += 0.25
    return found


async def compare(office: Office, pair: Pair) -> str:
    """What differs between the two; empty if nothing does."""
    page = await office.api.until(
        "/calls", lambda page: bool(page["items"]) and all(one["ended_at"] for one in page["items"]),
        timeout_s=30, what=f"told of {pair.caller}", number=pair.caller,
    )  # fmt: skip
    real = await office.api.get(f"/calls/{page['items'][0]['id']}")
    played = await office.api.post(
        "/simulations",
        {"number": pair.cell.number, "caller": pair.caller, "keys": pair.keys, "phones": pair.cell.phones,
         "source": "live"},
    )  # fmt: skip
    happened = told([(one["what"], (one["where"] or {}).get("id"), one["why"]) for one in once_each(real["timeline"])])
    would = told([(one["what"], (one["object"] or {}).get("id"), one["why"]) for one in played["steps"]])
    if happened == would:
        return ""
    return f"{pair}\nreal:   {happened}\nplayed: {would}"


def told(steps: Sequence[tuple[str, str | None, str | None]]) -> Told:
    """Steps to compare. In a box the real caller stays, and may end the message by a key: that is their choice."""
    left = {"message left": "voicemail", "no message": "voicemail"}
    in_a_box = any(what in left for what, _, _ in steps)
    return [
        (left.get(what, what), where or "", "" if what == "ended" and in_a_box else why or "")
        for what, where, why in steps
    ]
