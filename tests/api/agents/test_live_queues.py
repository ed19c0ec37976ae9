"""Queues live: who waits since when, how the day goes, and who sees what of it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from controlplane.calls.models import Call
from controlplane.kit import clock
from controlplane.kit.ids import new_id
from tests.api.agents.conftest import Floor, give_extension
from tests.api.clients import Client


async def add_call(floor: Floor, **fields: Any) -> str:
    """A call of the queue; who waits joined it 20 s after the call began."""
    began = clock.now() - timedelta(seconds=60)
    step = {"what": "sent to", "where": {"kind": "queue", "id": floor.queue}, "why": "number"}
    row = {
        "id": new_id(), "org_id": floor.admin.org_id, "node": "main", "linkedid": f"main-{new_id()}",
        "direction": "inbound", "status": "live", "phase": "queued", "started_at": began, "answered_at": None,
        "ended_at": None, "ring_s": 0, "wait_s": 0, "talk_s": 0, "duration_s": None, "caller_number": "+12025550142",
        "caller_name": "Zoe", "dialed_number": "+12025550100", "queue_id": UUID(floor.queue), "extension_ids": [],
        "last_fact_at": began, "legs": [], "flags": [], "tags": [],
        "timeline": [{**step, "at": (began + timedelta(seconds=20)).isoformat()}], **fields,
    }  # fmt: skip
    async with floor.admin.services.uow() as uow:
        uow.session.add(Call(**row))
    return str(row["id"])


async def sales(client: Client) -> Any:
    (queue,) = (await client.get("/queues/live")).json()["items"]
    return queue


async def test_callers_wait_since_they_came_to_this_queue(floor: Floor, admin: Client) -> None:
    call = await add_call(floor)
    (one,) = (await sales(admin))["waiting"]
    assert (one["call_id"], one["caller_number"], one["caller_name"]) == (call, "+12025550142", "Zoe")
    waited = clock.now() - datetime.fromisoformat(one["since"])
    assert timedelta(seconds=39) < waited < timedelta(seconds=55)


async def test_staff_see_their_own_queues_and_not_who_calls(floor: Floor, staff: Client) -> None:
    await add_call(floor)
    assert (await staff.get("/queues/live")).json()["items"] == []
    await give_extension(staff, floor.ben)
    queue = await sales(staff)
    assert queue["mine"]
    assert [member["mine"] for member in queue["members"]] == [False, True]
    assert [(one["caller_number"], one["caller_name"]) for one in queue["waiting"]] == [(None, None)]


async def test_the_day_in_figures(floor: Floor, admin: Client) -> None:
    now = clock.now()
    over = {"phase": "ended", "ended_at": now, "started_at": now}
    await add_call(floor, **over, status="answered", answered_at=now, wait_s=10)
    await add_call(floor, **over, status="answered", answered_at=now, wait_s=50)
    await add_call(floor, **over, status="abandoned", wait_s=30)
    await add_call(floor, **over, status="voicemail", wait_s=300)
    await add_call(floor, **{**over, "started_at": now - timedelta(days=2)}, status="answered", answered_at=now)
    await add_call(floor)
    assert (await sales(admin))["today"] == {
        "answered": 2, "abandoned": 1, "overflowed": 1, "average_wait_s": 97.5, "longest_wait_s": 300,
        "service_level": 0.5, "service_level_2": 1 / 3,
    }  # fmt: skip


async def test_who_may_look(floor: Floor, executive: Client, other_org_admin: Client) -> None:
    assert (await sales(executive))["name"] == "Sales"
    assert (await other_org_admin.get("/queues/live")).json()["items"] == []
    assert (await floor.node.http.get("/api/v1/queues/live")).status_code == 401


async def test_a_location_narrows_the_list(floor: Floor, admin: Client, locations: dict[str, str]) -> None:
    for place, names in (("Main", ["Sales"]), ("Branch", [])):
        page = (await admin.get("/queues/live", params={"location_id": locations[place]})).json()
        assert [one["name"] for one in page["items"]] == names
