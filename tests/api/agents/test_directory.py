"""The internal phone list of the softphone."""

import pytest

from tests.api.agents.conftest import Floor
from tests.api.clients import Client


async def listed(client: Client, **query: str | int | bool) -> list[str]:
    answer = await client.get("/directory", params=query)
    assert answer.status_code == 200, answer.text
    return [f"{one['number']} {one['name']}" for one in answer.json()["items"]]


@pytest.fixture
async def people(floor: Floor, locations: dict[str, str]) -> None:
    """Besides Ada (201) and Ben (202) at Main."""
    await floor.make("extensions", name="Cy 100%", number="203", location_id=None)
    await floor.make("extensions", name="Dee 100 times", number="204", location_id=locations["Branch"])
    await floor.make("extensions", name="Ed", number="205", location_id=locations["Main"], enabled=False)
    await floor.apply()
    await floor.make("extensions", name="Flo, a draft", number="206", location_id=locations["Main"])


@pytest.mark.usefixtures("people")
async def test_everybody_finds_who_works_at_their_locations(floor: Floor, staff: Client, manager: Client) -> None:
    mine = ["201 Ada", "202 Ben", "203 Cy 100%"]
    assert await listed(staff) == await listed(manager) == mine
    assert await listed(floor.admin) == [*mine, "204 Dee 100 times"]
    assert (await staff.get("/directory", params={"q": "ada"})).json()["items"] == [{"name": "Ada", "number": "201"}]


@pytest.mark.usefixtures("people")
async def test_it_is_searched_by_name_or_number_and_comes_page_by_page(floor: Floor) -> None:
    assert await listed(floor.admin, q="0%") == ["203 Cy 100%"]
    assert await listed(floor.admin, q="_") == []
    assert await listed(floor.admin, q="04") == ["204 Dee 100 times"]
    assert await listed(floor.admin, sort="-number", limit=1) == ["204 Dee 100 times"]
    first = (await floor.admin.get("/directory", params={"limit": 3, "with_total": True})).json()
    assert (len(first["items"]), first["total"]) == (3, 4)
    assert await listed(floor.admin, limit=3, cursor=first["next_cursor"]) == ["204 Dee 100 times"]


async def test_others_see_nobody(floor: Floor, executive: Client, other_org_admin: Client) -> None:
    assert await listed(other_org_admin) == []
    assert (await executive.get("/directory")).status_code == 403
    assert (await floor.node.http.get("/api/v1/directory")).status_code == 401


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"q": "x" * 255}, {"sort": "secret"}, {"cursor": "x"}, {"search": "Ada"}]
)
async def test_bad_input(floor: Floor, query: dict[str, str | int]) -> None:
    assert (await floor.admin.get("/directory", params=query)).status_code == 422
