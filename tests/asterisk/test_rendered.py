"""A rendered release in a real Asterisk, with real phones and a carrier."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from controlplane.kit.destination import Kind
from controlplane.lab import tones
from controlplane.lab.addresses import own_address
from controlplane.lab.baresip import BaresipTools
from controlplane.lab.phone import Phone
from controlplane.lab.phone_model import Account
from controlplane.lab.sipp import refusing, registering
from controlplane.node.runtime import ensure_tree

from .rendered import Pbx, Running, password, running, story

pytestmark = pytest.mark.asterisk

ALICE_HZ, BOB_HZ, CARRIER_HZ, MENU_HZ, WHISPER_HZ, NOTICE_HZ, GREETING_HZ, WRONG_HZ = (
    440,
    1000,
    1500,
    700,
    2000,
    2500,
    3000,
    600,
)
NASTY = "A,b;--c&|${SHELL(id)}$[1+1]{}[x]\"'\\()<201>😀é"
NASTY_CALLER = "Joe, X; ${CP_RELEASE} é | 'z' (q) <w>"


class World:
    """What the module's PBX is made of."""

    def __init__(self, home: Path) -> None:
        self.carrier, self.dead_carrier = own_address(), own_address()
        pbx = self.pbx = Pbx(home)
        trunk: dict[str, Any] = {"identity": "ip", "country": "US"}
        self.trunk = pbx.add(Kind.TRUNK, NASTY, host=self.carrier, port=5070, number_format="national", **trunk)
        self.dead = pbx.add(Kind.TRUNK, "Dead " + NASTY, host=self.dead_carrier, port=5070, **trunk,
                            caller_id={"mode": "fixed", "number": "+12125550199"})  # fmt: skip
        self.box = pbx.add(Kind.VOICEMAIL_BOX, "Box " + NASTY, secrets={"pin": "4711"}, number="900",
                           greeting=pbx.says("greeting", GREETING_HZ))  # fmt: skip
        self.alice = pbx.add(Kind.EXTENSION, NASTY, number="201", voicemail_box_id=self.box, ring_s=2,
                             caller_number="+12125550101", location_id=pbx.store)  # fmt: skip
        self.bob = pbx.add(Kind.EXTENSION, "Bob", number="202")
        pbx.phone("alice", self.alice)
        pbx.phone("bob", self.bob, max_contacts=2)
        self.queue = pbx.add(
            Kind.QUEUE, "Sales " + NASTY, number="600", members=[{"extension_id": self.alice}],
            overflow=self.to("voicemail", self.box), whisper=pbx.says("whisper", WHISPER_HZ),
            recording={"enabled": True, "consent": pbx.says("recorded", NOTICE_HZ)},
        )  # fmt: skip
        self.many = pbx.add(Kind.QUEUE, "Bob's", number="601", members=[{"extension_id": self.bob}], max_wait_s=3,
                            overflow=self.to("hangup"), join_empty=True)  # fmt: skip
        self.group = pbx.add(Kind.RING_GROUP, "Both", number="610", extension_ids=[self.alice, self.bob], ring_s=2,
                             no_answer=self.to("queue", self.many))  # fmt: skip
        self.menu = pbx.add(
            Kind.IVR_MENU, "Menu " + NASTY, prompt=pbx.says("menu", MENU_HZ), dial_extensions=True, wait_s=1,
            invalid_prompt=pbx.says("wrong", WRONG_HZ),
            attempts=2, on_timeout=self.to("hangup"), on_invalid=self.to("voicemail", self.box),
            options=[{"digit": "1", "destination": self.to("queue", self.queue)},
                     {"digit": "2", "destination": {"kind": "external_number", "number": "+12125557777"}},
                     {"digit": "3", "destination": self.to("extension", self.alice)}],
        )  # fmt: skip
        self.calendar = pbx.add(Kind.HOLIDAY_CALENDAR, "Days", holidays=[{"date": "2026-12-25", "name": NASTY}])
        self.hours = pbx.add(
            Kind.TIME_CONDITION, "Hours " + NASTY, location_id=pbx.store, holiday_calendar_ids=[self.calendar],
            open_hours=[{"days": ["mon", "fri"], "start": "09:00", "end": "17:00"}],
            open=self.to("hangup"), closed=self.to("ivr_menu", self.menu), holiday=self.to("ring_group", self.group),
        )  # fmt: skip
        always = pbx.add(Kind.TIME_CONDITION, "Always", timezone="UTC", closed=self.to("hangup"),
                         open=self.to("extension", self.alice),
                         open_hours=[{"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
                                      "start": "00:00", "end": "00:00"}])  # fmt: skip
        self.direct = pbx.add(Kind.PHONE_NUMBER, "Direct", number="+12125550100",
                              destination=self.to("time_condition", always), caller_name_prefix="Shop")  # fmt: skip
        pbx.add(Kind.PHONE_NUMBER, "Menu", number="+12125550102", destination=self.to("ivr_menu", self.menu))
        pbx.add(Kind.PHONE_NUMBER, "Other trunk", number="+12125550103", trunk_id=self.dead,
                destination=self.to("ivr_menu", self.menu))  # fmt: skip
        pbx.add(Kind.PHONE_NUMBER, "Hours", number="+12125550104", destination=self.to("time_condition", self.hours))
        pbx.add(Kind.OUTBOUND_ROUTE, "US " + NASTY, pattern="+1NXXNXXXXXX", trunk_ids=[self.dead, self.trunk])
        pbx.add(Kind.OUTBOUND_ROUTE, "Nine", pattern="9.", strip=1, prepend="+1", trunk_ids=[self.trunk], position=5)
        self.help = pbx.add(Kind.OUTBOUND_ROUTE, "Help", pattern="911", trunk_ids=[self.trunk], position=1,
                            emergency=True)  # fmt: skip

    @staticmethod
    def to(kind: str, id_: UUID | None = None) -> dict[str, object]:
        return {"kind": kind, "id": id_}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("r") / "n")


@pytest.fixture(scope="module")
def asterisk(world: World) -> Iterator[Running]:
    pbx = world.pbx
    with running(pbx.home, pbx.configuration(), address=pbx.address) as live:
        yield live


@pytest.fixture
async def phone(asterisk: Running, world: World, tmp_path: Path) -> AsyncIterator[Callable[..., Awaitable[Phone]]]:
    """Makes alice or bob, registered, or the carrier."""
    tools = BaresipTools.from_tree(ensure_tree("phones", progress=print))
    async with AsyncExitStack() as stack:

        async def make(who: str, hz: float, answer_after_s: float | None = None, name: str = "") -> Phone:
            says = tones.write_wav(tmp_path / f"{who}.wav", tones.tone(hz, 60))
            if who.startswith("+") or who.isdigit():
                account = Account.of_carrier(who, asterisk.server, name)
                made = Phone(tools, tmp_path / "carrier", account, plays=says, answer_after_s=answer_after_s,
                             address=world.carrier, sip_port=5070)  # fmt: skip
                return await stack.enter_async_context(made)
            account = Account(who, asterisk.server, password(who), lamp=who == "alice")
            made = Phone(tools, tmp_path / who, account, plays=says, answer_after_s=answer_after_s)
            await stack.enter_async_context(made)
            await made.register()
            return made

        yield make


def test_asterisk_has_what_was_promised_and_complains_of_nothing(asterisk: Running, world: World) -> None:
    assert asterisk.complaints_at_start == []
    for context, priorities in asterisk.release.expect.contexts.items():
        answer = asterisk.cli(f"dialplan show {context}")
        count = re.search(r"\((\d+) priorit", answer)
        assert count is not None, context
        assert int(count[1]) == priorities, answer
    queues = asterisk.cli("queue show")
    for queue in asterisk.release.expect.queues:
        assert queue in queues
    endpoints = asterisk.cli("pjsip show endpoints")
    for endpoint in [*asterisk.release.expect.trunks, *asterisk.release.expect.devices]:
        assert re.search(rf"Endpoint:  {endpoint}(/\d+)?\s", endpoints), endpoint
    assert f"CP_RELEASE={'release-1'}" in asterisk.cli("dialplan show globals")
    assert re.search(r"vm-\w+ +900 ", asterisk.cli("voicemail show users"))


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-12-25 12:00:00", "holiday"),
        ("2027-12-24 08:59:59", "closed"),
        ("2027-12-24 09:00:00", "open"),
        ("2027-12-24 16:59:59", "open"),
        ("2027-12-24 17:00:00", "closed"),
        ("2027-12-25 12:00:00", "closed"),  # a Saturday; a holiday in another year only
    ],
)
def test_hours_are_those_of_the_location(asterisk: Running, world: World, moment: str, expected: str) -> None:
    before = len(asterisk.rows())
    at = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("America/New_York"))
    asterisk.originate(f"hrs-{world.hours.hex}", "s", TESTTIME=int(at.timestamp()))
    told = asterisk.wait_event("AT", after=before).pairs
    assert (told["why"], told["hours"]) == (expected, str(world.hours))
    asterisk.cli("channel request hangup all")  # what it rings is no matter here, and not to be heard in the next test
    asterisk.wait_cli("core show channels count", "^0 active channels")


async def test_the_fast_path_and_what_the_phone_sees(
    asterisk: Running, world: World, phone: Callable[..., Awaitable[Phone]]
) -> None:
    alice = await phone("alice", ALICE_HZ, answer_after_s=0.1)
    carrier = await phone("3105551234", CARRIER_HZ, name=NASTY_CALLER)
    before = len(asterisk.rows())
    call = await carrier.dial("2125550100")
    await carrier.wait_established(call)
    rung = await alice.wait_ringing()
    assert rung.peer_number == "+13105551234"
    assert rung.peer_name == f"Shop {NASTY_CALLER}"
    await asyncio.gather(carrier.wait_hears(ALICE_HZ), alice.wait_hears(CARRIER_HZ))
    await carrier.hangup(call)
    asterisk.wait_ended(after=before)
    events = asterisk.events(after=before)
    assert story(events) == ["INBOUND +12125550100 +13105551234", "AT extension open"]
    assert events[0].pairs["did"] == str(world.direct)
    assert events[0].pairs["trunk"] == str(world.trunk)
    assert events[0].pairs["release"] == "release-1"


async def test_menu_queue_whisper_and_recording(
    asterisk: Running, world: World, phone: Callable[..., Awaitable[Phone]]
) -> None:
    alice = await phone("alice", ALICE_HZ, answer_after_s=0.2)
    carrier = await phone("+13105551234", CARRIER_HZ)
    before = len(asterisk.rows())
    call = await carrier.dial("+12125550102")
    await carrier.wait_established(call)
    await carrier.wait_hears(MENU_HZ)
    await carrier.send_dtmf("1")
    rung = await alice.wait_ringing()
    await asyncio.gather(carrier.wait_hears(ALICE_HZ), alice.wait_hears(CARRIER_HZ))
    await asyncio.sleep(1)
    await alice.hangup(rung)
    await asyncio.gather(carrier.wait_closed(call), alice.wait_closed(rung))
    asterisk.wait_ended(after=before)
    assert story(asterisk.events(after=before)) == [
        "AT ivr_menu number +12125550102 +13105551234", "KEY 1 chosen", "AT queue key", "CONSENT", "RECORD",
        "WHISPER",
    ]  # fmt: skip
    whispered = [span.hz for span in tones.tone_spans(rung.heard, [WHISPER_HZ, CARRIER_HZ, NOTICE_HZ])]
    assert whispered == [WHISPER_HZ, CARRIER_HZ]
    assert not tones.tone_spans(call.heard, [WHISPER_HZ])
    assert tones.tone_spans(call.heard, [NOTICE_HZ])
    name = asterisk.wait_event("RECORD", after=before).pairs["file"]
    assert name.startswith(asterisk.events(after=before)[0].linkedid + "~")
    recorded = np.fromfile(asterisk.layout.spool / "monitor" / name, "<i2").reshape(-1, 2)
    left, right = (
        {hz for hz in (ALICE_HZ, CARRIER_HZ, WHISPER_HZ) if tones.spans_in(side.astype(float), 8000, [hz])}
        for side in (recorded[:, 0], recorded[:, 1])
    )
    assert (left, right) == ({CARRIER_HZ}, {ALICE_HZ})


async def test_direct_dialling_wrong_keys_and_voicemail(
    asterisk: Running, world: World, phone: Callable[..., Awaitable[Phone]]
) -> None:
    carrier = await phone("+13105551234", CARRIER_HZ)
    before = len(asterisk.rows())
    call = await carrier.dial("+12125550102")
    await carrier.wait_established(call)
    await carrier.send_dtmf("209")
    await carrier.wait_hears(WRONG_HZ)
    await carrier.send_dtmf("7")
    await carrier.wait_hears(GREETING_HZ)
    await asyncio.sleep(4)
    await carrier.hangup(call)
    left = asterisk.wait_event("VOICEMAIL", after=before)
    asterisk.wait_ended(after=before)
    assert story(asterisk.events(after=before)) == [
        "AT ivr_menu number +12125550102 +13105551234", "KEY 209 invalid", "KEY 7 invalid",
        "AT voicemail invalid", "VOICEMAIL SUCCESS",
    ]  # fmt: skip
    assert left.pairs["box"] == str(world.box)
    assert tones.tone_spans(Path(left.pairs["file"] + ".wav"), [CARRIER_HZ])


async def test_an_extension_that_nobody_answers_leads_to_its_box_and_lamp(
    asterisk: Running, world: World, phone: Callable[..., Awaitable[Phone]]
) -> None:
    alice, bob = await phone("alice", ALICE_HZ), await phone("bob", BOB_HZ)
    before = len(asterisk.rows())
    call = await bob.dial("201")
    rung = await alice.wait_ringing()
    assert (rung.peer_number, rung.peer_name) == ("202", "Bob")
    await bob.wait_hears(GREETING_HZ)
    await asyncio.sleep(4)
    await bob.hangup(call)
    await alice.wait_messages_waiting()
    asterisk.wait_ended(after=before)
    events = asterisk.events(after=before)
    assert story(events) == [
        "INTERNAL 201", "AT extension dialed", "DIAL_END NOANSWER", "AT voicemail no_answer",
        "VOICEMAIL SUCCESS",
    ]  # fmt: skip
    assert events[0].pairs["ext"] == str(world.bob)
    checked = len(asterisk.rows())
    await alice.wait_established(await alice.dial("*97"))
    assert asterisk.wait_event("VOICEMAIL_CHECK", after=checked).pairs == {"box": str(world.box)}


async def test_a_phone_at_an_address_of_a_carrier_stays_a_phone(
    asterisk: Running, world: World, tmp_path: Path
) -> None:
    sipp, users = ensure_tree("phones", progress=print) / "bin/sipp", [("alice", password("alice"))]
    async with registering(sipp, tmp_path, asterisk.server, users, address=world.carrier) as alice:
        assert (await alice.finished(10)).exit_code == 0


@pytest.mark.parametrize("dialed", ["201", "600"])
@pytest.mark.parametrize(
    "moved_to", ["sip:911@x", "sip:PJSIP%2F911%40trunk-{trunk}@x", "sip:Local%2F911%40rte-{route}@x"]
)
async def test_a_phone_that_says_it_moved_sends_calls_nowhere(
    asterisk: Running, world: World, phone: Callable[..., Awaitable[Phone]], tmp_path: Path, dialed: str, moved_to: str
) -> None:
    contact = moved_to.format(trunk=world.trunk.hex, route=world.help.hex)
    sipp, address = ensure_tree("phones", progress=print) / "bin/sipp", own_address()
    users = [("alice", password("alice"))]
    async with registering(sipp, tmp_path / "register", asterisk.server, users, address=address, port=5060) as alice:
        assert (await alice.finished(10)).exit_code == 0
    bob = await phone("bob", BOB_HZ)
    before = len(asterisk.rows())
    async with refusing(sipp, tmp_path / "moved", 302, "Moved", contact=contact, address=address, port=5060):
        call = await bob.dial(dialed)
        await asyncio.sleep(3)
        await bob.hangup(call)
    asterisk.wait_ended(after=before)
    linkedid = asterisk.wait_event("INTERNAL", after=before).linkedid
    channels = {row["channame"].rpartition("-")[0] for row in asterisk.rows() if row["linkedid"] == linkedid}
    assert channels == {"PJSIP/bob", "PJSIP/alice"}
    assert "OUTBOUND" not in {event.name for event in asterisk.events(after=before)}


async def test_a_phone_with_two_contacts_in_a_queue_and_a_group(
    asterisk: Running, world: World, phone: Callable[..., Awaitable[Phone]]
) -> None:
    bob = await phone("bob", BOB_HZ, answer_after_s=0.1)
    alice = await phone("alice", ALICE_HZ)
    before = len(asterisk.rows())
    await alice.dial("601")
    await bob.wait_ringing()
    await asyncio.gather(alice.wait_hears(BOB_HZ), bob.wait_hears(ALICE_HZ))
    await alice.hangup()
    asterisk.wait_ended(after=before)
    assert story(asterisk.events(after=before)) == ["INTERNAL 601", "AT queue dialed"]
    await alice.dial("202")
    await bob.wait_ringing()
    await asyncio.gather(alice.wait_hears(BOB_HZ), bob.wait_hears(ALICE_HZ))
    await alice.hangup()


async def test_routes_fail_over_and_show_the_right_number(
    asterisk: Running, world: World, phone: Callable[..., Awaitable[Phone]]
) -> None:
    alice = await phone("alice", ALICE_HZ)
    carrier = await phone("+13105551234", CARRIER_HZ, answer_after_s=0.1)
    for trunk, state in ((world.dead, "Unavail"), (world.trunk, "Avail")):  # asked by itself every 30 s only
        asterisk.cli(f"pjsip qualify trunk-{trunk.hex}")
        asterisk.wait_cli("pjsip show contacts", rf"{trunk.hex}/sip:\S+ +\S+ +{state}")
    before = len(asterisk.rows())
    out = await alice.dial("+13105550000")
    incoming = await carrier.wait_ringing(20)
    assert incoming.peer_number == "2125550101"
    invite = next(m for m in carrier.sip_messages() if m.first_line.startswith("INVITE"))
    assert invite.first_line.startswith("INVITE sip:3105550000@")
    await asyncio.gather(alice.wait_hears(CARRIER_HZ), carrier.wait_hears(ALICE_HZ))
    await alice.hangup(out)
    asterisk.wait_ended(after=before)
    assert story(asterisk.events(after=before)) == [
        "INTERNAL +13105550000", "OUTBOUND +13105550000 +12125550199", "OUTBOUND 3105550000 2125550101",
    ]  # fmt: skip
    await alice.wait_closed(await alice.dial("00000"))
    assert story(asterisk.events())[-1] == "AT hangup unknown"


async def test_a_number_of_another_trunk_and_an_unknown_one_are_refused(
    asterisk: Running, world: World, phone: Callable[..., Awaitable[Phone]]
) -> None:
    carrier = await phone("+13105551234", CARRIER_HZ)
    for dialed in ("+12125550103", "+12125550999"):
        before = len(asterisk.rows())
        call = await carrier.dial(dialed)
        await carrier.wait_closed(call)
        assert call.cause.startswith("404"), call.cause
        asterisk.wait_ended(after=before)
        assert story(asterisk.events(after=before)) == [
            f"INBOUND {dialed} +13105551234", "AT hangup unknown",
        ]  # fmt: skip
