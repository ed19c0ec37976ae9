"""Members of queues: told by the node, shown live, and sent to work or home."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from controlplane.kit import clock
from tests.api.agents.conftest import Floor, give_extension
from tests.api.clients import Client


async def test_what_the_node_tells_is_shown(floor: Floor) -> None:
    assert await floor.states() == {"Ada": "unknown", "Ben": "unknown"}
    await floor.tell(floor.member(floor.ada), floor.member(floor.ben, device="unavailable"), is_whole=True)
    assert await floor.states() == {"Ada": "ready", "Ben": "unavailable"}
    await floor.tell(floor.member(floor.ada, device="in_call"))
    assert await floor.states() == {"Ada": "in_call", "Ben": "unavailable"}
    await floor.tell(floor.member(floor.ada), is_whole=True)
    assert await floor.states() == {"Ada": "ready", "Ben": "unknown"}
    await floor.post("heartbeat", {"asterisk_up": False})
    assert await floor.states() == {"Ada": "unknown", "Ben": "unknown"}


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ({"paused": True, "reason": "Lunch"}, "paused"),
        ({"paused": True, "reason": "logged-out"}, "logged_out"),
        ({"paused": True, "reason": "Lunch", "device": "in_call"}, "in_call"),
        ({"device": "ringing"}, "ringing"),
        ({"device": "on_hold"}, "on_hold"),
        ({"last_call_at": 10}, "wrap_up"),
        ({"last_call_at": 31}, "ready"),
        ({"last_call_at": 31, "wrap_up_s": 60}, "wrap_up"),
    ],
)
async def test_states_in_one_word(floor: Floor, told: dict[str, Any], state: str) -> None:
    if "last_call_at" in told:
        told = {**told, "last_call_at": (clock.now() - timedelta(seconds=told["last_call_at"])).isoformat()}
    await floor.tell(floor.member(floor.ada, **told))
    assert (await floor.states())["Ada"] == state


async def test_names_that_are_not_ours_and_repeats_change_nothing(floor: Floor, admin: Client) -> None:
    await floor.tell(floor.member(floor.ada))
    since = (await admin.get("/queues/live")).json()["items"][0]["members"][0]["since"]
    foreign = {**floor.member(floor.ada), "queue": "support"}
    await floor.tell(floor.member(floor.ada), foreign, floor.member("somebody"))
    assert (await admin.get("/queues/live")).json()["items"][0]["members"][0]["since"] == since


async def test_a_pause_is_an_order_to_the_node_and_an_audit_line(floor: Floor, staff: Client, admin: Client) -> None:
    await give_extension(staff, floor.ada)
    await floor.tell(floor.member(floor.ada), floor.member(floor.ben))
    pausing = asyncio.create_task(staff.post(f"/queues/{floor.queue}/members/me/pause", json={"reason": "Lunch"}))
    (command,) = await floor.commands()
    queue = floor.member(floor.ada)["queue"]
    assert command.args == {"queue": queue, "member": floor.ada, "paused": True, "reason": "Lunch"}
    assert await floor.states() == {"Ada": "ready", "Ben": "ready"}, "not before the node has done it"
    await floor.finish(command)
    assert (await pausing).status_code == 204
    assert await floor.states() == {"Ada": "paused", "Ben": "ready"}
    (line,) = (await admin.get("/audit-log", params={"action": "queue.pause"})).json()["items"]
    assert (line["object_id"], line["after"]) == (floor.queue, {"extension_id": floor.ada, "reason": "Lunch"})


@pytest.mark.parametrize(
    ("before", "action", "paused", "reason"),
    [
        ({}, "log-out", True, "logged-out"),
        ({"paused": True, "reason": "logged-out"}, "log-in", False, ""),
        ({"paused": True, "reason": "Lunch"}, "unpause", False, ""),
        ({}, "pause", True, "Break"),
    ],
)
async def test_orders(floor: Floor, before: dict[str, Any], action: str, paused: bool, reason: str) -> None:
    await floor.tell(floor.member(floor.ben, **before))
    asked = asyncio.create_task(floor.admin.post(f"/queues/{floor.queue}/members/{floor.ben}/{action}"))
    (command,) = await floor.commands()
    assert (command.args["paused"], command.args["reason"]) == (paused, reason)
    await floor.finish(command, ok=False, detail="Asterisk does not know this member of the queue.")
    answer = await asked
    assert (answer.status_code, answer.json()["detail"]) == (409, "Asterisk does not know this member of the queue.")


async def test_who_may_not(
    floor: Floor, staff: Client, manager: Client, executive: Client, other_org_admin: Client, locations: dict[str, str]
) -> None:
    await floor.tell(floor.member(floor.ada), floor.member(floor.ben, paused=True, reason="logged-out"))
    away = f"/queues/{floor.queue}/members/{floor.ben}/log-in"
    assert (await staff.post(f"/queues/{floor.queue}/members/me/pause")).status_code == 404, "no member"
    await give_extension(staff, floor.ada)
    assert (await staff.post(away)).status_code == 403, "not their own"
    assert (await executive.post(away)).status_code == 403
    assert (await other_org_admin.post(away)).status_code == 404
    assert (await floor.admin.post(away.replace("log-in", "unpause"))).status_code == 409, "logged out"
    branch = await floor.make("queues", name="Far", location_id=locations["Branch"], overflow={"kind": "hangup"},
                             members=[{"extension_id": floor.ben}])  # fmt: skip
    await floor.apply()
    assert (await manager.post(f"/queues/{branch}/members/me/log-in")).status_code == 404, "not their location"
    assert {one["name"] for one in (await manager.get("/queues/live")).json()["items"]} == {"Sales"}
    assert (await floor.node.get("poll", wait_s=0)).json()["commands"] == []


@pytest.mark.parametrize("reason", ["", "x" * 41, "a\nb", "${EXTEN}", " lunch", "<b>", "a|b"])
async def test_a_bad_reason_is_refused(floor: Floor, reason: str) -> None:
    await floor.tell(floor.member(floor.ada))
    answer = await floor.admin.post(f"/queues/{floor.queue}/members/{floor.ada}/pause", json={"reason": reason})
    assert answer.status_code == 422


async def test_only_nodes_tell(floor: Floor, admin: Client) -> None:
    body = {"is_whole": True, "members": []}
    assert (await floor.node.http.post("/node/v1/queue-members", json=body)).status_code == 401
    assert (await floor.node.post("queue-members", b'{"is_whole": 1}')).status_code == 422
