"""Simulations and flow tests over HTTP, without a node that could play: bad input, rights, and what is said then."""

from typing import Any

import pytest

from tests.api.clients import Client

NUMBER = "+12025550100"


async def line(client: Client) -> None:
    """A number that hangs up, and a trunk by which it is reached."""
    for resource, fields in (
        ("trunks", {"name": "Carrier", "identity": "ip", "host": "192.0.2.1"}),
        ("phone-numbers", {"name": "Line", "number": NUMBER, "destination": {"kind": "hangup"}}),
    ):
        answer = await client.post(f"/{resource}", json=fields)
        assert answer.status_code == 201, answer.text


async def test_a_node_that_is_away_is_said_with_what_to_do(admin: Client) -> None:
    await line(admin)
    answer = await admin.post("/simulations", json={"number": NUMBER})
    assert (answer.status_code, answer.json()["slug"]) == (503, "rehearsal-failed")
    assert "main" in answer.json()["detail"]
    assert "GET /nodes" in answer.json()["hint"]


@pytest.mark.parametrize(
    ("wanted", "status", "field"),
    [
        ({"number": "+12025559999"}, 422, "number"),
        ({"number": "12"}, 422, "number"),
        ({"number": NUMBER, "keys": ["a"]}, 422, "keys.0"),
        ({"number": NUMBER, "moment": "tomorrow"}, 422, "moment"),
        ({"number": NUMBER, "phones": {"201": "asleep"}}, 422, "phones.201"),
        ({"number": NUMBER, "phones": {"201": "busy"}}, 422, "phones.201"),
        ({"number": NUMBER, "out": {"Sales": ["201"]}}, 422, "out.Sales"),
        ({"number": NUMBER, "surprise": 1}, 422, "surprise"),
    ],
)
async def test_bad_input_names_its_field(admin: Client, wanted: dict[str, Any], status: int, field: str) -> None:
    await line(admin)
    answer = await admin.post("/simulations", json=wanted)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, field), answer.text


async def test_nothing_live_is_a_conflict(admin: Client) -> None:
    answer = await admin.post("/simulations", json={"number": NUMBER, "source": "live"})
    assert (answer.status_code, answer.json()["slug"]) == (409, "conflict")


async def test_a_draft_with_errors_is_not_played(admin: Client) -> None:
    await line(admin)
    queue = {"name": "Empty", "overflow": {"kind": "hangup"}}
    assert (await admin.post("/queues", json=queue)).status_code == 201
    answer = await admin.post("/simulations", json={"number": NUMBER})
    assert (answer.status_code, answer.json()["slug"]) == (422, "plan-refused")


async def test_who_may_what(
    admin: Client, executive: Client, staff: Client, manager: Client, other_org_admin: Client
) -> None:
    test = {"name": "T", "given": {"number": NUMBER}, "expect": {}}
    assert (await staff.post("/simulations", json={"number": NUMBER})).status_code == 403
    assert (await staff.get("/flow-tests")).status_code == 403
    assert (await executive.post("/flow-tests", json=test)).status_code == 403
    assert (await executive.put("/flow-tests/policy", json={"policy": "block"})).status_code == 403
    assert (await executive.get("/flow-tests/runs")).status_code == 403
    run = (await admin.post("/flow-tests/runs", json={})).json()
    assert (run["state"], run["total"]) == ("waiting", 0)
    assert (await other_org_admin.get(f"/flow-tests/runs/{run['id']}")).status_code == 404
    for refused in (
        await manager.post("/flow-tests/runs", json={}),
        await manager.get("/flow-tests/runs"),
        await manager.get(f"/flow-tests/runs/{run['id']}"),
    ):
        assert refused.status_code == 403, "runs tell of calls at all places"
    assert (await manager.put("/flow-tests/policy", json={"policy": "off"})).status_code == 403, "it is for all places"
    assert (await admin.put("/flow-tests/policy", json={"policy": "warn"})).json() == {"policy": "warn"}
    assert (await other_org_admin.get("/flow-tests/policy")).json() == {"policy": "off"}


async def test_a_policy_that_blocks_refuses_what_can_not_be_tested(admin: Client) -> None:
    await line(admin)
    test = {"name": "T", "given": {"number": NUMBER}, "expect": {"ends": "hangup"}}
    assert (await admin.post("/flow-tests", json=test)).status_code == 201
    await admin.put("/flow-tests/policy", json={"policy": "block"})
    refused = await admin.post("/config/releases", json={})
    assert (refused.status_code, refused.json()["slug"]) == (422, "plan-refused")
    assert "could not be played" in refused.json()["detail"]
    wrong = await admin.post("/config/releases", json={"reason": "x", "canary": "west"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "canary"), "before any test is run"
    await admin.put("/flow-tests/policy", json={"policy": "warn"})
    applied = await admin.post("/config/releases", json={})
    assert applied.status_code == 202
    assert [one["slug"] for one in applied.json()["problems"] if one["kind"] == "flow_test"] == ["flow-test-failed"]
    runs = (await admin.get("/flow-tests/runs")).json()["items"]
    assert [(one["state"], one["reason"]) for one in runs] == [("broken", "apply")] * 2


async def test_an_unknown_test_or_run_is_refused(admin: Client) -> None:
    nobody = "00000000-0000-7000-8000-000000000000"
    answer = await admin.post("/flow-tests/runs", json={"flow_test_ids": [nobody]})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "flow_test_ids")
    assert (await admin.get(f"/flow-tests/runs/{nobody}")).status_code == 404
    wanted = {"source": "draft", "phone_number_ids": [nobody]}
    answer = await admin.post("/flow-tests/generate", json=wanted)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "phone_number_ids.0")
