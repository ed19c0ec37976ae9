"""Calls to the telephone network: routes, trunks in their order, and which number the other side sees."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from controlplane.entrypoints.throw_away import ThrowAwaySystem
from controlplane.lab.addresses import own_address
from controlplane.lab.baresip import BaresipTools
from controlplane.lab.phone import Phone
from controlplane.lab.sipp import Sipp, phone_call, refusing
from tests.system.office import HANGUP, Desk, Office, Phones, Told, hang_up, legs, story, talk

pytestmark = pytest.mark.asterisk

DESK_HZ, FAR_HZ, CALLER_HZ = 1000, 1500, 440
OWN, ROUTES, FIXED = "+12125550101", "+12125550102", "+12125550103"


@dataclass(frozen=True)
class World:
    named: Desk  # with a number of its own
    plain: Desk
    far: Phone  # behind the trunk that most routes take
    fixed: Phone  # behind one that shows a fixed number, in national form
    forwarded: str  # line to +13105557777
    ours: str  # a number of the desks' location
    shared: str  # one of no location
    theirs: str  # one of another location


@pytest.fixture(scope="module")
async def world(
    office: Office, phone_tools: Path, system: ThrowAwaySystem, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """The carriers are there before the trunks, and until the end: trunks that don't answer OPTIONS are passed over."""
    far, fixed, broken, full = (own_address() for _ in range(4))
    home = tmp_path_factory.mktemp("carriers")

    async def trunk(host: str, **fields: object) -> str:
        return await office.make("trunks", identity="ip", host=host, **fields)

    async def route(pattern: str, *trunks: str, **fields: object) -> None:
        await office.make("outbound-routes", pattern=pattern, trunk_ids=trunks, **fields)

    def refuses(address: str, status: int, reason: str) -> Sipp:
        return refusing(phone_tools / "bin/sipp", home / str(status), status, reason, address=address, port=5060)

    async with AsyncExitStack() as stack:
        phones = Phones(BaresipTools.from_tree(phone_tools), system, home, stack)
        far_phone, fixed_phone = await phones.carrier(far, FAR_HZ), await phones.carrier(fixed, FAR_HZ)
        await stack.enter_async_context(refuses(broken, 503, "Service Unavailable"))
        await stack.enter_async_context(refuses(full, 486, "Busy Here"))
        works, is_broken, says_busy = await trunk(far), await trunk(broken), await trunk(full)
        shows = await trunk(fixed, caller_id={"mode": "fixed", "number": FIXED}, number_format="national")
        await route("9NXXNXXXXXX", works, strip=1, prepend="+1", caller_number=ROUTES)
        await route("+1NXXNXXXXXX", works, caller_number=ROUTES)
        await route("8NXXNXXXXXX", shows, strip=1, prepend="+1")
        await route("7NXXNXXXXXX", is_broken, works, strip=1, prepend="+1")
        await route("6NXXNXXXXXX", says_busy, works, strip=1, prepend="+1")
        await route("911", works, position=1, emergency=True, recording={"enabled": True})
        named, plain = await office.desk("801", caller_number=OWN), await office.desk("802")
        forwarded = await office.line({"kind": "external_number", "number": "+13105557777"})
        other = await office.api.post("/locations", {"name": "Other shop", "timezone": "UTC"})
        ours, shared, theirs = [
            await office.line(HANGUP, location_id=place) for place in (office.location, None, other["id"])
        ]
        await office.api.apply("World")
        await office.trunks_up(works, is_broken, says_busy, shows)
        yield World(named, plain, far_phone, fixed_phone, forwarded, ours, shared, theirs)


async def goes_out(desk: Phone, far: Phone, dialled: str) -> tuple[str, str]:
    """Calls, talks, hangs up; the number that the far side was asked for, and the one that it was shown."""
    out = await desk.dial(dialled)
    rung = await far.wait_ringing()
    await talk(desk, DESK_HZ, far, FAR_HZ)
    await hang_up(desk, out, (far, rung))
    invite = [one for one in far.sip_messages() if one.first_line.startswith("INVITE")][-1]
    return invite.first_line.partition("sip:")[2].partition("@")[0], rung.peer_number


async def test_digits_are_taken_off_and_put_in_front_and_the_own_number_is_shown(
    world: World, phones: Phones, told: Told
) -> None:
    desk = await phones.at(world.named, DESK_HZ)
    assert await goes_out(desk, world.far, "93105550001") == ("+13105550001", OWN)
    call = await told.call("+13105550001")
    assert (call["direction"], call["status"], call["extension_id"]) == ("outbound", "answered", world.named.id)
    assert story(call) == ["arrived", "carrier asked trunk", "ringing trunk", "connected trunk", "ended caller"]
    asked = call["timeline"][1]
    assert (asked["number"], asked["shown"]) == ("+13105550001", OWN)
    assert legs(call, "trunk")[0]["number"] == "+13105550001"


async def test_an_extension_without_a_number_shows_the_routes(world: World, phones: Phones, told: Told) -> None:
    desk = await phones.at(world.plain, DESK_HZ)
    assert await goes_out(desk, world.far, "+13105550002") == ("+13105550002", ROUTES)
    assert (await told.call("+13105550002"))["timeline"][1]["shown"] == ROUTES


async def test_a_trunk_with_a_fixed_number_shows_it_as_its_carrier_writes_numbers(
    world: World, phones: Phones, told: Told
) -> None:
    desk = await phones.at(world.named, DESK_HZ)
    assert await goes_out(desk, world.fixed, "83105550003") == ("3105550003", FIXED.removeprefix("+1"))
    assert (await told.call("3105550003"))["status"] == "answered"


async def test_the_second_trunk_is_asked_when_the_first_is_out_of_order(
    world: World, phones: Phones, told: Told
) -> None:
    desk = await phones.at(world.named, DESK_HZ)
    assert await goes_out(desk, world.far, "73105550004") == ("+13105550004", OWN)
    call = await told.call("+13105550004")
    assert call["status"] == "answered"
    assert [leg["outcome"] for leg in legs(call, "trunk")] == ["failed", "connected"]


async def test_the_second_trunk_is_not_asked_when_the_number_is_busy(world: World, phones: Phones, told: Told) -> None:
    desk = await phones.at(world.named, DESK_HZ)
    known = len(world.far.calls)
    out = await desk.dial("63105550005")
    await desk.wait_closed(out)
    assert out.cause.startswith("486")
    assert len(world.far.calls) == known
    call = await told.call("+13105550005")
    assert (call["status"], len(legs(call, "trunk"))) == ("busy", 1)


async def test_a_call_is_forwarded_out_and_shows_who_called(
    world: World, office: Office, phones: Phones, told: Told
) -> None:
    far, caller = world.far, await phones.outside(office, CALLER_HZ)
    out = await caller.dial(world.forwarded)
    rung = await far.wait_ringing()
    await talk(caller, CALLER_HZ, far, FAR_HZ)
    await hang_up(caller, out, (far, rung))
    assert rung.peer_number == caller.account.user
    call = await told.call(caller.account.user)
    assert (call["direction"], call["status"], call["dialed_number"]) == ("inbound", "answered", world.forwarded)
    assert story(call)[:3] == ["arrived", "sent to external_number number", "carrier asked trunk"]


async def test_an_emergency_call_goes_out_as_dialled_and_is_never_recorded(
    world: World, phones: Phones, told: Told
) -> None:
    desk = await phones.at(world.named, DESK_HZ)
    assert await goes_out(desk, world.far, "911") == ("911", OWN)
    call = await told.call("911")
    assert (call["direction"], call["status"], call["recording"]) == ("outbound", "answered", None)
    assert "recording armed" not in story(call)


@pytest.mark.parametrize(
    ("dialled", "header", "shown"),
    [
        ("93105550006", "{ours}", "{ours}"),
        ("93105550006", "{shared}", "{shared}"),
        ("93105550006", "{theirs}", OWN),
        ("93105550006", "+13105550006", OWN),
        ("93105550006", "{theirs})}}${{EVAL(${{EXTEN}})}}", OWN),
        ("911", "{ours}", OWN),  # the dispatcher must see where it burns
    ],
)
async def test_a_phone_chooses_among_the_numbers_of_its_location(
    world: World, phones: Phones, phone_tools: Path, dialled: str, header: str, shown: str
) -> None:
    numbers = {"ours": world.ours, "shared": world.shared, "theirs": world.theirs}
    call = phone_call(
        phone_tools / "bin/sipp", phones.folder / "chooses", phones.server, world.named.device, world.named.secret,
        dialled, header=f"X-Show-Number: {header.format(**numbers)}",
    )  # fmt: skip
    async with call:
        rung = await world.far.wait_ringing()
        result = await call.finished(timeout_s=60)
    assert (result.successful, result.errors) == (1, "")
    assert rung.peer_number == shown.format(**numbers)
    await world.far.wait_closed(rung)


async def test_a_number_that_no_route_takes_is_refused(world: World, phones: Phones, told: Told) -> None:
    desk = await phones.at(world.named)
    out = await desk.dial("00442071234567")
    await desk.wait_closed(out)
    assert out.cause.startswith("404")
    assert story(await told.call("00442071234567")) == ["arrived", "sent to hangup unknown", "ended system"]
