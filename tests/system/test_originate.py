"""Click to call: the caller's own phone rings first, then the number it dials."""

import asyncio
from dataclasses import dataclass

import pytest

from controlplane.kit.ids import new_id
from controlplane.lab.addresses import own_address
from controlplane.lab.client import ApiClient, Json
from controlplane.lab.phone import Phone
from tests.system.office import Desk, Office, Phones, Told, hang_up, legs, story, talk

pytestmark = pytest.mark.asterisk

MINE_HZ, OTHER_HZ = 440, 1000
SHOWN = "+12125550177"


@dataclass(frozen=True)
class World:
    mine: Desk
    other: Desk
    carrier: str
    trunk: str


@pytest.fixture(scope="module")
async def world(office: Office) -> World:
    carrier = own_address()
    trunk = await office.make("trunks", identity="ip", host=carrier)
    await office.make("outbound-routes", pattern="5NXXNXXXXXX", trunk_ids=[trunk], strip=1, prepend="+1")
    mine, other = await office.desk("871", caller_number=SHOWN), await office.desk("872")
    await office.api.apply("Click to call")
    return World(mine, other, carrier, trunk)


async def registered(phones: Phones, api: ApiClient, desk: Desk, hz: float) -> Phone:
    """A phone that the control plane has heard of."""
    phone = await phones.at(desk, hz)
    await api.until(
        "/nodes",
        lambda page: any(desk.device in node["registered_devices"] for node in page["items"]),
        timeout_s=60, what=f"told of {desk.device}",
    )  # fmt: skip
    return phone


async def outcome(api: ApiClient, asked: Json, *states: str) -> Json:
    return await api.until(
        f"/calls/originate/{asked['id']}", lambda one: one["state"] in states, timeout_s=60, what=" or ".join(states)
    )


async def test_my_phone_rings_then_my_colleagues(world: World, phones: Phones, told: Told) -> None:
    mine = await registered(phones, told.api, world.mine, MINE_HZ)
    other = await phones.at(world.other, OTHER_HZ)
    asked = await told.api.post("/calls/originate", {"extension_id": world.mine.id, "number": "872"})
    assert asked["device"] == world.mine.device
    ringing = await mine.wait_ringing()
    await asyncio.sleep(1)
    assert other.calls == []  # nobody else before I have answered
    await mine.answer(ringing)
    rung = await other.wait_ringing()
    assert (rung.peer_number, rung.peer_name) == ("871", "Desk 871")
    await other.answer(rung)
    await talk(mine, MINE_HZ, other, OTHER_HZ)
    await hang_up(mine, ringing, (other, rung))
    call = await told.call("872")
    assert (call["direction"], call["status"], call["extension_id"]) == ("internal", "answered", world.other.id)
    assert (call["caller_number"], call["caller_name"], call["dialed_number"]) == ("871", "Desk 871", "872")
    assert [leg["extension_id"] for leg in legs(call, "caller")] == [world.mine.id]
    assert [leg["extension_id"] for leg in legs(call, "phone")] == [world.other.id]
    done = await outcome(told.api, asked, "answered")
    assert done["call_id"] == call["id"]


async def test_an_outside_number_goes_the_way_of_the_routes(
    world: World, office: Office, phones: Phones, told: Told
) -> None:
    far = await phones.carrier(world.carrier, OTHER_HZ)
    await office.trunks_up(world.trunk)
    mine = await registered(phones, told.api, world.mine, MINE_HZ)
    await told.api.post("/calls/originate", {"extension_id": world.mine.id, "number": "+13105550871"})
    ringing = await mine.wait_ringing()
    await mine.answer(ringing)
    rung = await far.wait_ringing()
    assert rung.peer_number == SHOWN
    await talk(mine, MINE_HZ, far, OTHER_HZ)
    await hang_up(mine, ringing, (far, rung))
    call = await told.call("+13105550871")
    assert (call["direction"], call["status"], call["extension_id"]) == ("outbound", "answered", world.mine.id)
    assert story(call) == ["arrived", "carrier asked trunk", "ringing trunk", "connected trunk", "ended caller"]
    assert (call["caller_number"], call["timeline"][1]["shown"]) == ("871", SHOWN)


async def test_the_same_key_dials_once(world: World, phones: Phones, told: Told) -> None:
    mine = await registered(phones, told.api, world.mine, MINE_HZ)
    body, key = {"extension_id": world.mine.id, "number": "872"}, str(new_id())
    answers = await asyncio.gather(*(told.api.post("/calls/originate", body, idempotency_key=key) for _ in range(3)))
    assert len({answer["id"] for answer in answers}) == 1
    ringing = await mine.wait_ringing()
    await mine.hangup(ringing)
    await mine.wait_closed(ringing)
    again = await told.api.post("/calls/originate", body, idempotency_key=key)
    assert again["id"] == answers[0]["id"]
    await asyncio.sleep(2)
    assert len(mine.calls) == 1
    assert await told.nothing_of("872")
