"""Calls that are only played: what would happen, on the rendered dialplan, without a phone that rings."""

from dataclasses import dataclass

import pytest

from controlplane.entrypoints.throw_away import ThrowAwaySystem
from controlplane.lab.client import ApiClient, Json
from controlplane.lab.process import LabError
from tests.system.office import HANGUP, Desk, Office, to

pytestmark = pytest.mark.asterisk

MONDAY, SUNDAY, CHRISTMAS = "2026-11-23T10:00:00-05:00", "2026-11-22T12:00:00-05:00", "2026-12-25T10:00:00-05:00"


@dataclass(frozen=True)
class Shop:
    api: ApiClient
    line: str
    sales: Desk
    ids: dict[str, str]

    async def play(self, **situation: object) -> Json:
        """A call on a Monday morning, unless told otherwise."""
        return await self.api.post("/simulations", {"number": self.line, "moment": MONDAY, **situation})


@pytest.fixture(scope="module")
async def shop(office: Office) -> Shop:
    sales, second = await office.desk("601", name="Ann"), await office.desk("602", name="Bob")
    box = await office.make("voicemail-boxes", name="Sales box", number="690")
    queue = await office.make(
        "queues", name="Sales queue", overflow=to("voicemail", box), max_wait_s=90,
        members=[{"extension_id": sales.id}, {"extension_id": second.id}],
    )  # fmt: skip
    closed = await office.make("prompts", name="Closed", text="We are closed")
    menu = await office.make(
        "ivr-menus", name="Main menu", prompt={"text": "Press one for sales"}, dial_extensions=True, wait_s=7,
        options=[{"digit": "1", "destination": to("queue", queue)}], attempts=2, on_timeout=HANGUP, on_invalid=HANGUP,
    )  # fmt: skip
    calendar = await office.make("holiday-calendars", holidays=[{"date": "2026-12-25", "name": "Christmas"}])
    hours = await office.make(
        "time-conditions", name="Hours", timezone="America/New_York", holiday_calendar_ids=[calendar],
        open_hours=[{"days": ["mon", "tue", "wed", "thu", "fri"], "start": "09:00", "end": "17:00"}],
        open=to("ivr_menu", menu), closed=to("announcement", closed), holiday=to("voicemail", box),
    )  # fmt: skip
    line = await office.line(to("time_condition", hours))
    return Shop(office.api, line, sales, {"queue": queue, "menu": menu, "box": box, "closed": closed, "hours": hours})


async def test_a_key_leads_to_a_queue_where_a_phone_answers(shop: Shop) -> None:
    told = await shop.play(keys=["1"], phones={"602": "away"})
    assert [step["what"] for step in told["steps"]] == [
        "arrived", "hours", "sent to", "key", "sent to", "ringing", "connected", "ended",
    ]  # fmt: skip
    assert [one["name"] for one in told["passes"]] == ["Hours", "Main menu", "Sales queue", "Ann"]
    assert (told["end"]["how"], told["end"]["object"]["id"]) == ("answered", shop.sales.id)
    assert [one["words"] for one in told["hears"]] == ["Press one for sales", "music on hold"]
    waits = {one["object"]["name"]: one["longest_s"] for one in told["steps"] if one["longest_s"]}
    assert waits == {"Main menu": 14, "Sales queue": 90}


async def test_hours_and_holidays_go_by_the_moment_in_the_places_zone(shop: Shop) -> None:
    closed, holiday = await shop.play(moment=SUNDAY), await shop.play(moment=CHRISTMAS)
    assert (closed["end"]["how"], closed["end"]["object"]["name"]) == ("announcement", "Closed")
    assert [one["words"] for one in closed["hears"]] == ["We are closed"]
    assert (holiday["end"]["how"], holiday["end"]["object"]["name"]) == ("voicemail", "Sales box")
    minute_before_nine = await shop.play(moment="2026-11-23T13:59:59Z")
    assert minute_before_nine["end"]["object"]["name"] == "Closed"


@pytest.mark.parametrize(
    ("others", "why"), [("busy", "overflow"), ("no_answer", "overflow"), ("away", "empty")]
)  # fmt: skip
async def test_a_queue_that_nobody_takes_overflows(shop: Shop, others: str, why: str) -> None:
    told = await shop.play(keys=["1"], others=others)
    arrived = next(one for one in told["steps"] if (one["object"] or {}).get("id") == shop.ids["box"])
    assert (arrived["why"], told["end"]["how"], told["status"]) == (why, "voicemail", "missed")


async def test_members_that_are_not_at_work_are_not_rung(shop: Shop) -> None:
    told = await shop.play(keys=["1"], out={"Sales queue": ["601"]})
    assert [one["object"]["name"] for one in told["steps"] if one["what"] == "ringing"] == ["Bob"]
    told = await shop.play(keys=["1"])
    assert {one["object"]["name"] for one in told["steps"] if one["what"] == "ringing"} == {"Ann", "Bob"}


async def test_keys_are_pressed_one_menu_after_the_other(shop: Shop) -> None:
    direct = await shop.play(keys=["9", "602"])
    assert [(one["what"], one["why"]) for one in direct["steps"] if one["what"] == "key"] == [
        ("key", "invalid"), ("key", "chosen"),
    ]  # fmt: skip
    assert (direct["end"]["how"], direct["end"]["object"]["name"]) == ("answered", "Bob")
    nothing = await shop.play()
    assert [one["why"] for one in nothing["steps"] if one["what"] == "key"] == ["timeout", "timeout"]
    assert nothing["end"]["how"] == "hangup"


async def test_the_live_configuration_is_played_too(shop: Shop, office: Office) -> None:
    with pytest.raises(LabError, match=r"422.*none of our numbers"):
        await shop.play(source="live")
    await office.api.apply("Shop")
    assert (await shop.play(source="live", moment=SUNDAY))["end"]["object"]["name"] == "Closed"


@pytest.mark.parametrize(
    ("situation", "error"),
    [
        ({"number": "+12025550000"}, r"422.*number.*none of our numbers"),
        ({"phones": {"699": "busy"}}, r"422.*phones.699"),
        ({"out": {"No queue": ["601"]}}, r"422.*out.No queue"),
        ({"out": {"Sales queue": ["699"]}}, r"422.*no member"),
        ({"keys": ["x"]}, r"422.*keys"),
        ({"moment": "2026-11-23T10:00:00"}, r"422.*moment"),
    ],
)
async def test_what_is_not_there_is_refused_with_its_field(shop: Shop, situation: Json, error: str) -> None:
    with pytest.raises(LabError, match=error):
        await shop.play(**situation)


async def test_no_call_and_no_phone_of_a_rehearsal_is_seen_outside(shop: Shop, system: ThrowAwaySystem) -> None:
    await shop.play(keys=["1"], caller="+13105559999")
    calls = await shop.api.get("/calls", number="+13105559999")
    node = (await shop.api.get("/nodes"))["items"][0]
    phones = {one["name"] for one in (await shop.api.get("/devices"))["items"]}
    assert (calls["items"], phones & set(node["registered_devices"])) == ([], set())
