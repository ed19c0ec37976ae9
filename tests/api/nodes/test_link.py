"""Poll, commands and heartbeats."""

import asyncio
import time
from datetime import timedelta
from typing import Any
from uuid import UUID

import time_machine
from sqlalchemy import text

from controlplane.kit import clock
from controlplane.nodes import door, jobs
from controlplane.nodes.door import CommandState
from controlplane.platform.event_log import START, read_events
from controlplane.platform.services import Services
from controlplane.protocol.link import CommandKind, CommandResult, Heartbeat
from tests.api.clients import Client
from tests.api.nodes.fake_node import FakeNode

DIGEST = "a" * 64


async def poll(node: FakeNode, **query: Any) -> dict[str, Any]:
    answer = await node.get("poll", **query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def beat(node: FakeNode, **state: Any) -> None:
    answer = await node.post("heartbeat", Heartbeat(**{"asterisk_up": True, **state}).model_dump_json().encode())
    assert answer.status_code == 204, answer.text


async def send(services: Services, ttl_s: int = 30) -> UUID:
    async with services.uow() as uow:
        return await door.send_command(uow, "fra-1", CommandKind.HANGUP, {"linkedid": "fra-1-1.1"}, ttl_s)


async def state_of(services: Services, command_id: UUID) -> CommandState:
    async with services.uow() as uow:
        return (await door.command_result(uow.session, command_id)).state


async def happened(services: Services) -> list[tuple[str, str]]:
    async with services.uow() as uow:
        events = await read_events(uow.session, after=START)
    return [(event.name, event.payload.get("device") or event.payload.get("trunk") or event.payload.get("reason", ""))
            for event in events if event.name.split(".")[0] in {"node", "device", "trunk"}]  # fmt: skip


async def test_a_poll_without_news_lasts_as_long_as_asked(node: FakeNode) -> None:
    begun = time.monotonic()
    assert await poll(node, wait_s=0.3) == {"desired": None, "commands": []}
    assert time.monotonic() - begun >= 0.3


async def test_a_release_wakes_a_waiting_poll_within_100_ms(node: FakeNode) -> None:
    waiting = asyncio.create_task(poll(node, wait_s=10))
    await asyncio.sleep(0.5)
    async with node.services.uow() as uow:
        await door.set_desired(uow, "fra-1", DIGEST)
    begun = time.monotonic()
    answer = await waiting
    assert answer["desired"] == DIGEST
    assert time.monotonic() - begun < 0.1
    assert (await poll(node, wait_s=0.2, have=DIGEST))["desired"] == DIGEST


async def test_waiting_polls_hold_no_database_connection(node: FakeNode, admin: Client) -> None:
    waiting = [asyncio.create_task(poll(node, wait_s=2)) for _ in range(40)]  # more than the pool has
    await asyncio.sleep(0.5)
    assert (await admin.get("/nodes")).status_code == 200
    await asyncio.gather(*waiting)


async def test_a_release_may_come_before_the_node_does(node: FakeNode, admin: Client) -> None:
    async with node.services.uow() as uow:
        await door.set_desired(uow, "not-there-yet", DIGEST)
    nodes = {each["name"]: each for each in (await admin.get("/nodes")).json()["items"]}
    assert nodes["not-there-yet"]["state"] == "waiting"
    assert nodes["not-there-yet"]["drift"] is True


async def test_a_command_wakes_the_poll_leaves_once_and_tells_its_outcome(node: FakeNode) -> None:
    waiting = asyncio.create_task(poll(node, wait_s=10))
    await asyncio.sleep(0.2)
    command_id = await send(node.services)
    command = (await waiting)["commands"][0]
    assert (command["id"], command["kind"]) == (str(command_id), "hangup")
    assert (await poll(node, wait_s=0))["commands"] == []
    assert await state_of(node.services, command_id) == CommandState.SENT
    result = CommandResult(id=str(command_id), ok=True, detail="hung up")
    for _ in range(2):
        assert (await node.post("command-results", result.model_dump_json().encode())).status_code == 204
    failed = CommandResult(id=str(command_id), ok=False).model_dump_json().encode()
    await node.post("command-results", failed)
    assert await state_of(node.services, command_id) == CommandState.DONE


async def test_a_command_past_its_time_never_leaves(node: FakeNode) -> None:
    command_id = await send(node.services, ttl_s=5)
    with time_machine.travel(clock.now() + timedelta(seconds=6)):
        assert (await poll(node, wait_s=0))["commands"] == []
        assert await state_of(node.services, command_id) == CommandState.EXPIRED


async def test_a_node_cannot_answer_for_another(node: FakeNode) -> None:
    command_id = await send(node.services)
    other = FakeNode(node.http, "fra-2")
    await other.enrol()
    for command in (str(command_id), "nonsense"):
        body = CommandResult(id=command, ok=True).model_dump_json().encode()
        assert (await other.post("command-results", body)).status_code == 404
    assert await state_of(node.services, command_id) == CommandState.WAITING


async def test_a_heartbeat_is_what_people_see(node: FakeNode, admin: Client) -> None:
    await beat(node, asterisk_version="22.8.0", spool_depth=7, active_calls=2, live_digest=DIGEST, disk_free_mb=900)
    seen = (await admin.get("/nodes")).json()["items"][0]
    assert (seen["state"], seen["spool_depth"], seen["active_calls"], seen["age_s"]) == ("up", 7, 2, 0)
    assert (seen["live_digest"], seen["asterisk_version"], seen["drift"]) == (DIGEST, "22.8.0", True)
    await beat(node, asterisk_up=False)
    assert (await admin.get(f"/nodes/{seen['id']}")).json()["state"] == "asterisk_down"


async def test_changes_between_heartbeats_are_events(node: FakeNode) -> None:
    await beat(node, registered_devices=["a", "b"], trunks={"trunk-1": "up"})
    await beat(node, registered_devices=["b", "c"], trunks={"trunk-1": "down"})
    await beat(node, registered_devices=None, trunks={"trunk-1": "down"})
    await beat(node, asterisk_up=False, registered_devices=["b", "c"], trunks={"trunk-1": "down"})
    assert await happened(node.services) == [
        ("node.up", ""), ("device.registered", "a"), ("device.registered", "b"), ("trunk.up", "trunk-1"),
        ("device.registered", "c"), ("device.unregistered", "a"), ("trunk.down", "trunk-1"),
        ("node.down", "asterisk"),
    ]  # fmt: skip


async def test_a_silent_node_is_down_once_and_comes_back(node: FakeNode, admin: Client) -> None:
    await beat(node)
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        await jobs.watch(node.services)
        await jobs.watch(node.services)
        assert await happened(node.services) == [("node.up", ""), ("node.down", "silent")]
    await beat(node)
    assert (await happened(node.services))[2:] == [("node.up", "")]


async def test_a_fold_nobody_asked_for_is_asked_for_by_the_clock(node: FakeNode) -> None:
    async with node.services.uow() as uow:
        await uow.session.execute(text("INSERT INTO calls_to_fold (node, linkedid) VALUES ('fra-1', 'x')"))
    await jobs.watch(node.services)
    async with node.services.uow() as uow:
        statement = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'cp:calls.fold'")
        assert await uow.session.scalar(statement) == 1


async def test_old_commands_and_codes_are_forgotten_after_a_week(node: FakeNode) -> None:
    await send(node.services)

    async def left() -> list[int]:
        async with node.services.uow() as uow:
            tables = ("node_commands", "node_enrolments")
            return [int(await uow.session.scalar(text(f"SELECT count(*) FROM {table}")) or 0) for table in tables]

    with time_machine.travel(clock.now() + timedelta(days=6)):
        await jobs.tidy(node.services)
    assert await left() == [1, 1]
    with time_machine.travel(clock.now() + timedelta(days=9)):
        await jobs.tidy(node.services)
    assert await left() == [0, 0]
