"""Figures of many calls, and who may see of which."""

from typing import Any

import pytest

from tests.api.calls.system import System
from tests.api.calls.test_calls import ALL, be_person_of, listed
from tests.api.clients import Client

DAY = {"from": "2026-11-21T00:00:00Z", "to": "2026-11-22T00:00:00Z"}


async def summary(client: Client, **query: Any) -> dict[str, Any]:
    answer = await client.get("/calls/summary", params={**DAY, **query})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_the_figures_are_those_of_the_list(system: System, admin: Client) -> None:
    await system.tell(*ALL)
    calls, told = await listed(admin, limit=50), await summary(admin)
    assert told["total"] == len(calls) == sum(told["by_direction"].values())
    assert told["by_status"] == {
        status: len(await listed(admin, status=status)) for status in {call["status"] for call in calls}
    }
    came = [call["status"] for call in calls if call["direction"] == "inbound"]
    assert told["answered_share"] == pytest.approx(came.count("answered") / len(came))
    waits = [call["wait_s"] for call in calls if call["queue_id"]]
    assert told["average_wait_s"] == pytest.approx(sum(waits) / len(waits))
    talks = [call["talk_s"] for call in calls if call["status"] == "answered"]
    assert told["average_talk_s"] == pytest.approx(sum(talks) / len(talks))
    assert (await summary(admin, direction="outbound"))["total"] == 1


async def test_without_a_call_there_is_no_average(system: System, admin: Client) -> None:
    assert await summary(admin) == {
        "total": 0, "by_status": {}, "by_direction": {}, "answered_share": None, "average_wait_s": None,
        "average_talk_s": None,
    }  # fmt: skip


async def test_everybody_counts_what_they_may_see(
    system: System, manager: Client, executive: Client, staff: Client, other_org_admin: Client,
    locations: dict[str, str],
) -> None:  # fmt: skip
    await system.tell(*(name for name in ALL if name != "busy"))
    await system.tell("busy", location_id=locations["Branch"])
    assert (await summary(executive))["total"] == len(await listed(executive))
    assert (await summary(executive, location_id=locations["Branch"]))["total"] == 1
    assert (await summary(manager))["total"] == len(await listed(manager))
    assert (await summary(manager, location_id=locations["Branch"]))["total"] == 0
    assert (await summary(staff))["total"] == 0
    await be_person_of(staff, 201)
    assert (await summary(staff))["total"] == len(await listed(staff)) > 0
    assert (await summary(other_org_admin))["total"] == 0


@pytest.mark.parametrize(
    "query", [{}, {"from": "yesterday"}, {"from": "2026-01-01T00:00:00Z", "to": "2026-11-01T00:00:00Z"}]
)
async def test_a_range_is_needed_and_not_too_long(admin: Client, query: dict[str, str]) -> None:
    answer = await admin.get("/calls/summary", params=query)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "from"
