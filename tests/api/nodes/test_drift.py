"""What a node finds changed by hand, and why a node is not listened to: both are told to people in words."""

import asyncio
from typing import Any

import pytest

from controlplane.platform.event_log import START, read_events
from controlplane.protocol.link import CommandResult, Heartbeat
from tests.api.clients import Client
from tests.api.nodes.fake_node import FakeNode

FOUND = ["The file queues/a.conf was changed at 14:02 UTC on 2026-11-21 by user root, outside of a release."]


async def beat(node: FakeNode, **facts: Any) -> int:
    message = Heartbeat(**{"asterisk_up": True} | facts)
    return (await node.post("heartbeat", message.model_dump_json().encode())).status_code


async def the_node(admin: Client) -> dict[str, Any]:
    node: dict[str, Any] = (await admin.get("/nodes")).json()["items"][0]
    shown: dict[str, Any] = (await admin.get(f"/nodes/{node['id']}")).json()
    return shown


async def test_drift_is_shown_and_each_change_of_it_is_an_event(node: FakeNode, admin: Client) -> None:
    await beat(node)
    assert ((await the_node(admin))["drift"], (await the_node(admin))["drift_found"]) == (False, [])
    for found in (FOUND, FOUND, []):
        await beat(node, drift=found, drift_checked_at="2026-11-21T14:05:00Z")
        seen = await the_node(admin)
        assert (seen["drift"], seen["drift_found"]) == (bool(found), found)
        assert seen["drift_checked_at"] == "2026-11-21T14:05:00Z"
    async with node.services.uow() as uow:
        told = await read_events(uow.session, after=START)
    events = [(event.name, event.payload.get("found")) for event in told if event.name.startswith("node.")]
    assert events == [("node.up", None), ("node.drifted", FOUND), ("node.in_line", None)]


@pytest.mark.parametrize(("path", "kind"), [("drift-check", "check_drift"), ("reconcile", "reconcile")])
async def test_a_node_is_asked_and_its_answer_is_waited_for(
    node: FakeNode, admin: Client, path: str, kind: str
) -> None:
    await beat(node)
    node_id = (await the_node(admin))["id"]
    asked = asyncio.create_task(admin.post(f"/nodes/{node_id}/{path}"))
    command = (await node.get("poll", wait_s=5)).json()["commands"][0]
    assert command["kind"] == kind
    result = CommandResult(id=command["id"], ok=True, data={"drift": FOUND})
    await node.post("command-results", result.model_dump_json().encode())
    assert (await asked).json() == {"checked": True, "detail": "", "found": FOUND}
    lines = (await admin.get("/audit-log", params={"kind": "node"})).json()["items"]
    assert [line["action"] for line in lines] == [f"node.{kind}"]


async def test_what_the_node_could_not_do_is_said(node: FakeNode, admin: Client) -> None:
    await beat(node)
    asked = asyncio.create_task(admin.post(f"/nodes/{(await the_node(admin))['id']}/reconcile"))
    command = (await node.get("poll", wait_s=5)).json()["commands"][0]
    result = CommandResult(id=command["id"], ok=False, detail="Asterisk is not running on this node.")
    await node.post("command-results", result.model_dump_json().encode())
    assert (await asked).json() == {"checked": False, "detail": "Asterisk is not running on this node.", "found": []}


async def test_a_node_that_was_never_heard_of_is_not_asked(node: FakeNode, admin: Client) -> None:
    answer = await admin.post(f"/nodes/{(await the_node(admin))['id']}/reconcile")
    assert (answer.status_code, answer.json()["detail"]) == (409, "The node can't be reached now.")


@pytest.mark.parametrize(("off_s", "words"), [(400, "s ahead of"), (-400, "s behind")])
async def test_a_clock_that_is_off_is_said_until_it_is_right(
    node: FakeNode, admin: Client, off_s: int, words: str
) -> None:
    await beat(node)
    node.clock_off_s = off_s
    assert await beat(node) == 401
    seen = (await the_node(admin))["refused"]
    assert seen.startswith("The node's clock is ")
    assert words in seen
    node.clock_off_s = 0
    await beat(node)
    assert (await the_node(admin))["refused"] == ""
