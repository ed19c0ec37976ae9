"""Two organisations on one node are strangers to each other."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from controlplane.entrypoints.throw_away import ThrowAwaySystem
from controlplane.lab.process import LabError
from tests.system.office import Desk, Office, Phones, Told, another_office, hang_up, story

pytestmark = pytest.mark.asterisk

ANN_HZ, BEN_HZ = 440, 1000


@dataclass(frozen=True)
class Neighbours:
    theirs: Office
    ours: Desk  # 1001 of the first organisation
    only_ours: Desk  # 1002 of the first organisation; the second has no such number
    ann: Desk  # 1000 of the second organisation
    ben: Desk  # 1001 of the second organisation
    our_line: str


@pytest.fixture(scope="module")
async def neighbours(system: ThrowAwaySystem, office: Office) -> AsyncIterator[Neighbours]:
    ours, only_ours = await office.desk("1001"), await office.desk("1002")
    our_line = await office.line(ours.here)
    await office.api.apply("Neighbours")
    async with another_office(system, "The neighbours", "next") as theirs:
        ann, ben = await theirs.desk("1000"), await theirs.desk("1001")
        await theirs.api.apply("Open next door")
        yield Neighbours(theirs, ours, only_ours, ann, ben, our_line)


async def test_the_same_number_rings_inside_ones_own_organization(
    neighbours: Neighbours, phones: Phones, told: Told
) -> None:
    ann = await phones.at(neighbours.ann, ANN_HZ)
    ben = await phones.at(neighbours.ben, BEN_HZ, answer_after_s=0.1)
    ours = await phones.at(neighbours.ours)
    out = await ann.dial("1001")
    await asyncio.gather(ann.wait_hears(BEN_HZ), ben.wait_hears(ANN_HZ, call=await ben.wait_ringing()))
    await hang_up(ann, out)
    assert ours.calls == []
    call = await told.of(neighbours.theirs).call("1001")
    assert (call["status"], call["extension_id"]) == ("answered", neighbours.ben.id)
    assert await told.nothing_of("1001")
    with pytest.raises(LabError, match="404"):
        await told.api.get(f"/calls/{call['id']}")


@pytest.mark.parametrize("by", ["number", "device"])
async def test_nobody_dials_into_another_organization(
    neighbours: Neighbours, phones: Phones, told: Told, by: str
) -> None:
    number = str(getattr(neighbours.only_ours, by))
    ann, stranger = await phones.at(neighbours.ann), await phones.at(neighbours.only_ours)
    out = await ann.dial(number)
    await ann.wait_closed(out)
    assert out.cause.startswith("404")
    assert stranger.calls == []


async def test_a_trunk_brings_calls_of_its_own_organization_only(
    neighbours: Neighbours, phones: Phones, told: Told
) -> None:
    ours, caller = await phones.at(neighbours.ours), await phones.outside(neighbours.theirs)
    out = await caller.dial(neighbours.our_line)
    await caller.wait_closed(out)
    assert out.cause.startswith("404")
    assert ours.calls == []
    refused = await told.of(neighbours.theirs).call(caller.account.user)
    assert (refused["status"], story(refused)[1]) == ("failed", "sent to hangup unknown")
    assert await told.nothing_of(caller.account.user)
