"""What phones and carriers answer when they refuse a call is written down, leg by leg, by a real Asterisk."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import UUID

import pytest

from controlplane.kit.destination import Kind
from controlplane.lab import tones
from controlplane.lab.addresses import own_address
from controlplane.lab.baresip import BaresipTools
from controlplane.lab.phone import Phone
from controlplane.lab.phone_model import Account
from controlplane.lab.sipp import Sipp, refusing
from controlplane.node.runtime import ensure_tree
from tests.asterisk.rendered import Pbx, Running, password, running, story

pytestmark = pytest.mark.asterisk


class World:
    """One phone that calls, two that may refuse, two carriers that refuse, one that is asked after the first."""

    def __init__(self, home: Path) -> None:
        self.pbx = pbx = Pbx(home)
        self.broken, self.full = own_address(), own_address()
        trunks = [pbx.add(Kind.TRUNK, name, identity="ip", host=host, port=5060)
                  for name, host in (("Broken", self.broken), ("Full", self.full))]  # fmt: skip
        self.one_at_a_time = own_address()
        self.narrow = pbx.add(Kind.TRUNK, "Narrow", identity="ip", host=self.one_at_a_time, port=5060, max_calls=1)
        pbx.add(Kind.OUTBOUND_ROUTE, "Help", pattern="911", trunk_ids=[self.narrow, trunks[1]])
        self.wide_at = own_address()
        self.wide = pbx.add(Kind.TRUNK, "Wide", identity="ip", host=self.wide_at, port=5060)
        pbx.add(Kind.OUTBOUND_ROUTE, "More", pattern="922", trunk_ids=[self.narrow, self.wide])
        pbx.add(Kind.OUTBOUND_ROUTE, "Emergency", pattern="933", trunk_ids=[trunks[1], self.narrow], emergency=True)
        pbx.add(Kind.OUTBOUND_ROUTE, "One", pattern="944", trunk_ids=[self.narrow])
        self.ann, self.ben, self.cid = (self.desk(name, number) for name, number in
                                        (("ann", "201"), ("ben", "202"), ("cid", "203")))  # fmt: skip
        pbx.add(Kind.RING_GROUP, "Both", number="610", extension_ids=[self.ben, self.cid], ring_s=5,
                no_answer={"kind": "hangup"})  # fmt: skip
        pbx.add(Kind.QUEUE, "Wait", number="600", members=[{"extension_id": self.ben}], max_wait_s=2, retry_s=5,
                overflow={"kind": "hangup"})  # fmt: skip
        pbx.add(Kind.OUTBOUND_ROUTE, "US", pattern="+1NXXNXXXXXX", trunk_ids=trunks)
        self.trunks = trunks

    def desk(self, name: str, number: str) -> UUID:
        """An extension with a phone."""
        extension = self.pbx.add(Kind.EXTENSION, name, number=number)
        self.pbx.phone(name, extension)
        return extension


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("c") / "n")


@pytest.fixture(scope="module")
def asterisk(world: World) -> Iterator[Running]:
    pbx = world.pbx
    with running(pbx.home, pbx.configuration(), address=pbx.address) as live:
        yield live


@pytest.fixture(scope="module")
def tools() -> Path:
    return ensure_tree("phones", progress=print)


class Desks:
    """The phones of one test."""

    def __init__(self, tools: Path, asterisk: Running, folder: Path, stack: AsyncExitStack) -> None:
        self._tools, self._asterisk, self._folder, self._stack = tools, asterisk, folder, stack

    async def phone(self, name: str) -> Phone:
        """A registered phone."""
        says = tones.write_wav(self._folder / f"{name}.wav", tones.tone(440, 30))
        account = Account(name, self._asterisk.server, password(name))
        made = Phone(BaresipTools.from_tree(self._tools), self._folder / name, account, plays=says)
        await self._stack.enter_async_context(made)
        await made.register()
        return made

    async def carrier(self, address: str) -> Phone:
        """A carrier that answers."""
        account = Account.of_carrier("carrier", self._asterisk.server)
        made = Phone(BaresipTools.from_tree(self._tools), self._folder / address, account, answer_after_s=0.1,
                     address=address, sip_port=5060)  # fmt: skip
        return await self._stack.enter_async_context(made)

    async def refuses(self, address: str, status: int, reason: str) -> Sipp:
        """A carrier that says no."""
        sipp = refusing(
            self._tools / "bin/sipp", self._folder / str(status), status, reason, address=address, port=5060
        )
        return await self._stack.enter_async_context(sipp)


def causes(asterisk: Running, after: int) -> list[tuple[str, str]]:
    """Endpoint and status code of each leg that was refused."""
    asterisk.wait_ended(after=after)
    found = [event.pairs for event in asterisk.events(after=after) if event.name == "CAUSE"]
    return [(pairs["channel"].partition("/")[2].rpartition("-")[0], pairs["sip"]) for pairs in found]


async def test_a_phone_that_declines_and_one_that_has_none_of_it(
    asterisk: Running, tools: Path, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        desks = Desks(tools, asterisk, tmp_path, stack)
        ann, ben = await desks.phone("ann"), await desks.phone("ben")
        before = len(asterisk.rows())
        call = await ann.dial("202")
        await ben.hangup(await ben.wait_ringing())
        await ann.wait_closed(call)
        (found,) = causes(asterisk, before)
        assert (found[0], found[1][0]) == ("ben", "4"), found
        before = len(asterisk.rows())
        await ann.wait_closed(await ann.dial("203"))
        assert causes(asterisk, before) == []  # not registered: nobody was asked
        assert "DIAL_END CHANUNAVAIL" in story(asterisk.events(after=before))


async def test_each_member_of_a_group_and_of_a_queue_is_told_apart(
    asterisk: Running, tools: Path, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        desks = Desks(tools, asterisk, tmp_path, stack)
        ann, ben, cid = await desks.phone("ann"), await desks.phone("ben"), await desks.phone("cid")
        before = len(asterisk.rows())
        call = await ann.dial("610")
        for phone in (ben, cid):
            await phone.hangup(await phone.wait_ringing())
        await ann.wait_closed(call)
        assert sorted(name for name, _ in causes(asterisk, before)) == ["ben", "cid"]
        before = len(asterisk.rows())
        call = await ann.dial("600")
        await ben.hangup(await ben.wait_ringing())
        await ann.wait_closed(call)
        assert [name for name, _ in causes(asterisk, before)] == ["ben"]
        before = len(asterisk.rows())
        call = await ann.dial("202")
        await ben.wait_ringing()
        await asyncio.sleep(0.5)
        await ann.hangup(call)
        assert causes(asterisk, before) == []  # the caller gave up: nobody refused


async def test_each_carrier_that_refused_is_told_apart(
    asterisk: Running, world: World, tools: Path, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        desks = Desks(tools, asterisk, tmp_path, stack)
        await desks.refuses(world.broken, 503, "Service Unavailable")
        await desks.refuses(world.full, 486, "Busy Here")
        for trunk in world.trunks:
            asterisk.cli(f"pjsip qualify trunk-{trunk.hex}")
            asterisk.wait_cli("pjsip show contacts", rf"{trunk.hex}/sip:\S+ +\S+ +Avail")
        ann = await desks.phone("ann")
        before = len(asterisk.rows())
        await ann.wait_closed(await ann.dial("+12125550000"))
        names = [f"trunk-{trunk.hex}" for trunk in world.trunks]
        assert causes(asterisk, before) == list(zip(names, ("503", "486"), strict=True))


async def test_a_trunk_that_is_passed_over_is_told(
    asterisk: Running, world: World, tools: Path, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        desks = Desks(tools, asterisk, tmp_path, stack)
        await desks.refuses(world.full, 486, "Busy Here")
        carrier = await desks.carrier(world.one_at_a_time)
        for trunk in (world.narrow, world.trunks[1]):
            asterisk.cli(f"pjsip qualify trunk-{trunk.hex}")
            asterisk.wait_cli("pjsip show contacts", rf"{trunk.hex}/sip:\S+ +\S+ +Avail")
        ann, ben = await desks.phone("ann"), await desks.phone("ben")
        talking = await ben.dial("911")
        await carrier.wait_ringing()
        await ben.wait_established(talking)
        before = len(asterisk.rows())
        await ann.wait_closed(await ann.dial("911"))
        asterisk.wait_ended(after=before)
        told = [event for event in asterisk.events(after=before) if event.name in {"TRUNK_FULL", "OUTBOUND"}]
        assert [(event.name, event.pairs["trunk"]) for event in told] == [
            ("TRUNK_FULL", str(world.narrow)), ("OUTBOUND", str(world.trunks[1])),
        ]  # fmt: skip


def trunks_tried(asterisk: Running, after: int) -> list[tuple[str, str]]:
    told = [event for event in asterisk.events(after=after) if event.name in {"TRUNK_FULL", "OUTBOUND"}]
    return [(event.name, event.pairs["trunk"]) for event in told]


async def test_a_limit_counts_who_is_on_the_trunk_and_stops_no_emergency(
    asterisk: Running, world: World, tools: Path, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        desks = Desks(tools, asterisk, tmp_path, stack)
        await desks.refuses(world.full, 486, "Busy Here")
        await desks.carrier(world.one_at_a_time)
        await desks.carrier(world.wide_at)
        for trunk in (world.narrow, world.wide, world.trunks[1]):
            asterisk.cli(f"pjsip qualify trunk-{trunk.hex}")
            asterisk.wait_cli("pjsip show contacts", rf"{trunk.hex}/sip:\S+ +\S+ +Avail")
        ann, ben, cid = [await desks.phone(name) for name in ("ann", "ben", "cid")]
        on_narrow = await ben.dial("922")
        await ben.wait_established(on_narrow)
        before = len(asterisk.rows())
        overflowed = await ann.dial("922")
        await ann.wait_established(overflowed)
        assert trunks_tried(asterisk, before) == [("TRUNK_FULL", str(world.narrow)), ("OUTBOUND", str(world.wide))]

        before = len(asterisk.rows())
        refused = await cid.dial("944")
        await cid.wait_closed(refused)
        assert "503" in refused.cause, "nothing was asked: no carrier has declined it"
        before = len(asterisk.rows())
        emergency = await cid.dial("933")
        await cid.wait_established(emergency)
        assert trunks_tried(asterisk, before) == [
            ("OUTBOUND", str(world.trunks[1])), ("OUTBOUND", str(world.narrow)),
        ]  # fmt: skip
        await cid.hangup(emergency)

        await ben.hangup(on_narrow)
        before = len(asterisk.rows())
        again = await ben.dial("922")
        await ben.wait_established(again)
        assert trunks_tried(asterisk, before) == [("OUTBOUND", str(world.narrow))]
        await ann.hangup(overflowed)
        await ben.hangup(again)
