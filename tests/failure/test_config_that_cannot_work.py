"""Configuration that can't work is refused with the path to the object, and what runs goes on unchanged."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx2
import pytest

from controlplane.entrypoints.throw_away import PASSWORD, ThrowAwaySystem
from controlplane.lab.client import Json
from tests.failure.house import HANGUP, SALES, House

pytestmark = pytest.mark.asterisk

Made = list[tuple[str, str]]


class Drafts:
    """Objects that are drafted, and gone again at the end of the test."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.made: Made = []

    async def make(self, resource: str, name: str, **fields: object) -> Json:
        made = await self.house.make(resource, name, **fields)
        self.made.append((resource, made["id"]))
        return {"kind": made.get("kind", resource), "id": made["id"]}

    async def menu(self, name: str, **ways: object) -> str:
        fields = {"on_timeout": HANGUP, "on_invalid": HANGUP, **ways}
        made = await self.make(
            "ivr-menus", name, prompt={"prompt_id": self.house.ids["greeting"]},
            options=[{"digit": "1", "destination": HANGUP}], **fields,
        )  # fmt: skip
        return str(made["id"])


@pytest.fixture(scope="module")
async def http(system: ThrowAwaySystem) -> AsyncIterator[httpx2.AsyncClient]:
    """The API as it answers, errors and all."""
    async with httpx2.AsyncClient(base_url=f"{system.settings.api_url}/api/v1", timeout=30) as client:
        login = await client.post("/auth/login", json={"email": system.settings.admin_email, "password": PASSWORD})
        client.headers["Authorization"] = f"Bearer {login.json()['access_token']}"
        yield client


@pytest.fixture
async def drafts(house: House, http: httpx2.AsyncClient) -> AsyncIterator[Drafts]:
    drafts = Drafts(house)
    yield drafts
    for resource, id_ in reversed(drafts.made):
        if resource == "ivr-menus":  # they may lead to each other
            await house.api.patch(f"/{resource}/{id_}", {"on_timeout": HANGUP})
    for resource, id_ in reversed(drafts.made):
        assert (await http.delete(f"/{resource}/{id_}")).status_code == 204
    assert (await house.api.post("/config/plan"))["ok"]


async def circle_of_menus(drafts: Drafts) -> None:
    first = await drafts.menu("Round A")
    second = await drafts.menu("Round B", on_timeout={"kind": "ivr_menu", "id": first})
    await drafts.house.api.patch(f"/ivr-menus/{first}", {"on_timeout": {"kind": "ivr_menu", "id": second}})


async def dead_end(drafts: Drafts) -> None:
    off = await drafts.make("extensions", "Switched off", number="290", enabled=False)
    await drafts.menu("To nowhere", on_timeout={"kind": "extension", "id": off["id"]})


async def prompt_without_sound(drafts: Drafts) -> None:
    prompt = await drafts.make("prompts", "Silent")
    await drafts.make("voicemail-boxes", "Mute box", number="390", greeting={"prompt_id": prompt["id"]})


async def queue_without_members(drafts: Drafts) -> None:
    await drafts.make("queues", "Empty queue", overflow=HANGUP)


async def number_without_route(drafts: Drafts) -> None:
    await drafts.menu("Far away", on_timeout={"kind": "external_number", "number": "+441632960000"})


CANNOT_WORK: list[tuple[Callable[[Drafts], Awaitable[None]], str, str]] = [
    (circle_of_menus, "loop", "ivr_menus/Round A/on_timeout"),
    (dead_end, "dead-end", "ivr_menus/To nowhere/on_timeout"),
    (prompt_without_sound, "sound-missing", "voicemail_boxes/Mute box/greeting"),
    (queue_without_members, "queue-without-members", "queues/Empty queue/members"),
    (number_without_route, "no-route-for-number", "ivr_menus/Far away/on_timeout"),
]


@pytest.mark.parametrize(("draft", "slug", "path"), CANNOT_WORK, ids=[slug for _, slug, _ in CANNOT_WORK])
async def test_the_plan_names_the_object_and_an_apply_is_refused(
    draft: Callable[[Drafts], Awaitable[None]], slug: str, path: str, house: House, drafts: Drafts,
    http: httpx2.AsyncClient,
) -> None:  # fmt: skip
    before = await house.node()
    releases = (await house.api.get("/config/releases"))["items"]
    await draft(drafts)
    plan = await house.api.post("/config/plan")
    assert not plan["ok"]
    assert [(one["slug"], one["path"]) for one in plan["problems"] if one["severity"] == "error"] == [(slug, path)]

    answer = await http.post("/config/releases", json={"reason": "cannot work"})
    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert (problem["slug"], [error["field"] for error in problem["errors"]]) == ("plan-refused", [path])

    after = await house.node()
    assert (after["live_digest"], after["desired_digest"]) == (before["live_digest"], before["desired_digest"])
    assert (await house.api.get("/config/releases"))["items"] == releases


async def test_calls_go_through_beside_a_draft_that_cannot_work(house: House, drafts: Drafts, tmp_path: Path) -> None:
    await circle_of_menus(drafts)
    async with house.crowd(tmp_path):
        caller = await house.call_crowd(tmp_path, 2, rate=2)
    assert [one["status"] for one in await house.records(caller, 2)] == ["answered", "answered"]


NOT_STORED: list[tuple[str, str, Json, int, str]] = [
    ("a number that is taken", "phone-numbers", {"number": SALES, "destination": HANGUP}, 409, ""),
    ("an extension that is taken", "extensions", {"number": "201"}, 409, ""),
    (
        "an unknown time zone", "time-conditions",
        {"timezone": "Mars/Olympus", "open": HANGUP, "closed": HANGUP}, 422, "timezone",
    ),
    (
        "a destination that is not there", "time-conditions",
        {"open": {"kind": "queue", "id": "0193a000-0000-7000-8000-000000000000"}, "closed": HANGUP}, 422, "open",
    ),
    ("a queue member that is not there", "queues",
     {"overflow": HANGUP, "members": [{"extension_id": "0193a000-0000-7000-8000-000000000000"}]}, 422, "members.0"),
    ("a menu with a key twice", "ivr-menus",
     {"prompt": {"text": "Hi"}, "on_timeout": HANGUP, "on_invalid": HANGUP,
      "options": [{"digit": "1", "destination": HANGUP}] * 2}, 422, ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("resource", "fields", "status", "field"), [one[1:] for one in NOT_STORED], ids=[one[0] for one in NOT_STORED]
)
async def test_some_is_not_even_stored(
    resource: str, fields: Json, status: int, field: str, house: House, http: httpx2.AsyncClient
) -> None:
    before = (await house.api.get(f"/{resource}", limit=500))["items"]
    answer = await http.post(f"/{resource}", json={"name": "Wrong", "location_id": house.location, **fields})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    if field:
        assert [error["field"] for error in answer.json()["errors"] if error["field"].startswith(field)]
    assert (await house.api.get(f"/{resource}", limit=500))["items"] == before


async def test_a_location_needs_a_known_time_zone(house: House, http: httpx2.AsyncClient) -> None:
    answer = await http.patch(f"/locations/{house.location}", json={"timezone": "Mars/Olympus"})
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == ["timezone"]
