"""One template at two stores, by real calls: what the template says, what a store has otherwise, and what changes."""

from dataclasses import dataclass
from typing import Any

import pytest

from controlplane.lab.client import Json
from tests.system.office import ALL_WEEK, Desk, Office, Phones, Told, hang_up, story, talk, to, wait_heard

pytestmark = pytest.mark.asterisk

CALLER_HZ, DESK_HZ = 440, 1000
MENU_HZ, OWN_MENU_HZ, NEW_MENU_HZ, BOX_HZ = 600, 1200, 1700, 2200
OPEN = [{"days": ALL_WEEK, "start": "00:00", "end": "00:00"}]


@dataclass(frozen=True)
class Store:
    desk: Desk
    routing: str
    line: str


@dataclass(frozen=True)
class Chain:
    """A template, a store that does as it says, and one that is closed and has a menu of its own."""

    template: str
    parts: Json
    plain: Store
    own: Store


async def a_store(office: Office, template: str, name: str, **more: Any) -> Store:
    location = (await office.api.post("/locations", {"name": name, "timezone": "UTC"}))["id"]
    desk = await office.desk(location_id=location)
    box = await office.make("voicemail-boxes", number=desk.number, location_id=location,
                            greeting=await office.says(BOX_HZ))  # fmt: skip
    routing = await office.make(
        "location-routings", name=name, location_id=location, template_id=template,
        slots={"mailbox": {"destination": to("voicemail", box)}}, **more,
    )  # fmt: skip
    return Store(desk, routing, await office.line(to("location_routing", routing)))


@pytest.fixture(scope="module")
async def chain(office: Office) -> Chain:
    parts: Json = {
        "hours": {"kind": "time_condition", "open_hours": OPEN, "open": {"part": "menu"}, "closed": {"part": "sorry"}},
        "menu": {
            "kind": "ivr_menu", "prompt": await office.says(MENU_HZ, 1), "attempts": 1, "wait_s": 1,
            "options": [{"digit": "1", "destination": {"part": "phones"}}],
            "on_timeout": {"part": "phones"}, "on_invalid": {"part": "phones"},
        },
        "phones": {
            "kind": "ring_group", "extension_ids": [{"here": "all_extensions"}], "no_answer": {"here": "mailbox"},
        },
        "sorry": {"kind": "prompt", "text": "We are closed.", "then": {"here": "mailbox"}},
    }  # fmt: skip
    template = await office.make(
        "routing-templates", name="Store of a chain", location_id=None, entry="hours", parts=parts,
        slots={"mailbox": {"gives": "destination"}},
    )  # fmt: skip
    overrides = {"hours": {"open_hours": []}, "menu": {"prompt": await office.says(OWN_MENU_HZ, 1)}}
    plain = await a_store(office, template, "Plain store")
    own = await a_store(office, template, "Own store", overrides=overrides)
    await office.api.apply("Chain")
    return Chain(template, parts, plain, own)


async def greeted(chain: Chain, office: Office, phones: Phones, told: Told, hz: float) -> Json:
    """A call to the plain store: hears its menu, waits, reaches its phone."""
    desk = await phones.at(chain.plain.desk, DESK_HZ, answer_after_s=0.2)
    caller = await phones.outside(office, CALLER_HZ)
    out = await caller.dial(chain.plain.line)
    await wait_heard(out, hz)
    rung = await desk.wait_ringing()
    await talk(caller, CALLER_HZ, desk, DESK_HZ)
    await hang_up(caller, out, (desk, rung))
    return await told.call(caller.account.user)


async def test_a_store_with_hours_of_its_own_is_closed_and_takes_a_message(
    chain: Chain, office: Office, phones: Phones, told: Told
) -> None:
    caller = await phones.outside(office, CALLER_HZ)
    out = await caller.dial(chain.own.line)
    await wait_heard(out, BOX_HZ, timeout_s=25)
    await hang_up(caller, out)
    assert story(await told.call(caller.account.user))[:4] == [
        "arrived", "hours time_condition closed", "sent to announcement closed", "sent to voicemail played",
    ]  # fmt: skip


async def test_a_template_greets_and_rings_and_a_change_of_it_is_planned_and_heard(
    chain: Chain, office: Office, phones: Phones, told: Told
) -> None:
    call = await greeted(chain, office, phones, told, MENU_HZ)
    assert call["extension_id"] == chain.plain.desk.id
    assert story(call) == [
        "arrived", "hours time_condition open", "sent to ivr_menu open", "key ivr_menu timeout",
        "sent to ring_group timeout", "ringing extension", "connected extension", "ended caller",
    ]  # fmt: skip
    parts = {**chain.parts, "menu": {**chain.parts["menu"], "prompt": await office.says(NEW_MENU_HZ, 1)}}
    await office.api.patch(f"/routing-templates/{chain.template}", {"parts": parts})
    plan = await office.api.post("/config/plan")
    (menu,) = [one for one in plan["changes"] if one["template"]]
    assert (menu["location"], menu["template"]) == ("Plain store", "Store of a chain")
    assert menu["affected_numbers"] == [chain.plain.line]
    await office.api.apply("Another greeting")
    await greeted(chain, office, phones, told, NEW_MENU_HZ)
    await office.api.post(f"/location-routings/{chain.plain.routing}/detach")
    assert (await office.api.post("/config/plan"))["changes"] == []
