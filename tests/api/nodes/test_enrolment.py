"""A node comes in with a one-time code, and then only with its own signature."""

import base64
from datetime import timedelta

import httpx2
import pytest
import time_machine
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from controlplane.kit import clock
from controlplane.nodes import door
from tests.api.clients import Client
from tests.api.nodes.fake_node import FakeNode

PATH = "/node/v1/poll?wait_s=0"


async def test_a_code_lets_one_machine_in_and_only_one(admin: Client, http: httpx2.AsyncClient) -> None:
    made = await admin.post("/nodes", json={"name": "store-0217"})
    assert made.status_code == 201
    assert made.json()["node"]["state"] == "waiting"
    code = made.json()["enrolment"]["code"]
    node = FakeNode(http, "store-0217")
    answer = await node.enrol(code)
    bundle_key = node.services.crypto.bundle_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    assert answer.json() == {"node": "store-0217", "bundle_key": base64.b64encode(bundle_key).decode()}
    assert (await node.get("poll", wait_s=0)).status_code == 200
    assert (await FakeNode(http, "store-0217").enrol(code)).status_code == 401
    assert (await node.enrol(code)).status_code == 200  # the same machine, whose answer was lost
    assert (await node.get("poll", wait_s=0)).status_code == 200


async def test_a_code_is_worthless_after_a_day(admin: Client, http: httpx2.AsyncClient) -> None:
    code = (await admin.post("/nodes", json={"name": "late"})).json()["enrolment"]["code"]
    with time_machine.travel(clock.now() + timedelta(hours=24, seconds=1)):
        assert (await FakeNode(http, "late").enrol(code)).status_code == 401


async def test_a_new_code_makes_the_older_one_worthless(admin: Client, http: httpx2.AsyncClient) -> None:
    made = (await admin.post("/nodes", json={"name": "n1"})).json()
    newer = (await admin.post(f"/nodes/{made['node']['id']}/enrolment-code")).json()["code"]
    assert (await FakeNode(http, "n1").enrol(made["enrolment"]["code"])).status_code == 401
    assert (await FakeNode(http, "n1").enrol(newer)).status_code == 200


@pytest.mark.parametrize("key", ["", "x", "AAAA", "é", base64.b64encode(b"x" * 31).decode()])
async def test_a_key_that_is_none_is_refused_and_the_code_stays_good(
    node: FakeNode, admin: Client, http: httpx2.AsyncClient, key: str
) -> None:
    code = (await admin.post("/nodes", json={"name": "n1"})).json()["enrolment"]["code"]
    body = {"code": code, "public_key": key, "systemname": "n1"}
    assert (await http.post("/node/v1/enrol", json=body)).status_code == 422
    assert (await FakeNode(http, "n1").enrol(code)).status_code == 200


async def test_guessing_codes_is_slowed_down(http: httpx2.AsyncClient) -> None:
    node = FakeNode(http, "n1")
    statuses = [(await node.enrol(f"guess-number-{number}")).status_code for number in range(21)]
    assert statuses == [401] * 20 + [429]


async def test_without_a_signature_nothing_goes(node: FakeNode, http: httpx2.AsyncClient) -> None:
    assert (await http.get(PATH)).status_code == 401
    for path in ("facts", "heartbeat", "command-results", "blobs", "apply-reports"):
        assert (await http.post(f"/node/v1/{path}", content=b"not even JSON")).status_code == 401


async def test_a_signature_covers_method_path_query_and_body(node: FakeNode, http: httpx2.AsyncClient) -> None:
    good = node.headers("GET", PATH, b"")
    assert (await http.get(PATH, headers=good)).status_code == 200
    assert (await http.get("/node/v1/poll?wait_s=1", headers=good)).status_code == 401
    posted = node.headers("POST", "/node/v1/heartbeat", b'{"asterisk_up":true}')
    swapped = await http.post("/node/v1/heartbeat", content=b'{"asterisk_up":false}', headers=posted)
    assert swapped.status_code == 401
    other = FakeNode(http).headers("GET", PATH, b"")  # the right name, another key
    assert (await http.get(PATH, headers=other)).status_code == 401
    for nonsense in (b"", b"!!!", b"AAAA", b"\xff"):
        headers = [(name.encode(), value.encode()) for name, value in good.items() if name != "X-Node-Signature"]
        broken = [*headers, (b"X-Node-Signature", nonsense)]
        assert (await http.get(PATH, headers=broken)).status_code == 401


@pytest.mark.parametrize(("off_s", "status"), [(-290, 200), (290, 200), (-310, 401), (310, 401)])
async def test_five_minutes_are_the_most_a_clock_may_be_off(node: FakeNode, off_s: int, status: int) -> None:
    node.clock_off_s = off_s
    answer = await node.get("poll", wait_s=0)
    assert answer.status_code == status
    if status == 401:
        assert "clock" in answer.json()["detail"]


async def test_a_disabled_node_is_refused_until_it_is_let_in_again(node: FakeNode, admin: Client) -> None:
    node_id = (await admin.get("/nodes")).json()["items"][0]["id"]
    assert (await admin.patch(f"/nodes/{node_id}", json={"disabled": True})).json()["state"] == "disabled"
    assert (await node.get("poll", wait_s=0)).status_code == 401
    await admin.patch(f"/nodes/{node_id}", json={"disabled": False})
    assert (await node.get("poll", wait_s=0)).status_code == 200


async def test_two_nodes_cannot_share_a_systemname(node: FakeNode, admin: Client, http: httpx2.AsyncClient) -> None:
    code = (await admin.post("/nodes", json={"name": "n2"})).json()["enrolment"]["code"]
    twin = FakeNode(http, "fra-1")
    answer = await twin.enrol(code)
    assert answer.status_code == 409
    assert (await node.get("poll", wait_s=0)).status_code == 200


async def test_only_installation_admins_see_nodes(manager: Client, other_org_admin: Client, admin: Client) -> None:
    assert (await manager.get("/nodes")).status_code == 403
    assert (await other_org_admin.get("/nodes")).status_code == 403
    assert (await other_org_admin.post("/nodes", json={"name": "n1"})).status_code == 403
    assert (await admin.post("/nodes", json={"name": "Not A Name"})).status_code == 422


async def test_a_home_node_cannot_be_forgotten(node: FakeNode, admin: Client, locations: dict[str, str]) -> None:
    node_id = (await admin.get("/nodes")).json()["items"][0]["id"]
    await admin.patch(f"/locations/{locations['Main']}", json={"node": "fra-1"})
    refused = await admin.delete(f"/nodes/{node_id}")
    assert refused.status_code == 409
    assert "Main" in refused.json()["detail"]
    await admin.patch(f"/locations/{locations['Main']}", json={"node": "main"})
    assert (await admin.delete(f"/nodes/{node_id}")).status_code == 204
    assert (await node.get("poll", wait_s=0)).status_code == 401


async def test_an_operators_own_code_works_once_and_again_at_each_start(http: httpx2.AsyncClient) -> None:
    node = FakeNode(http, "compose")
    await door.admit_code(node.services, "compose", "a code of the operator")
    assert (await node.enrol("a code of the operator")).status_code == 200
    await door.admit_code(node.services, "compose", "a code of the operator")  # the next start
    assert (await FakeNode(http, "compose").enrol("a code of the operator")).status_code == 401
    assert (await node.get("poll", wait_s=0)).status_code == 200


async def test_the_local_node_gets_a_new_code_at_each_start(http: httpx2.AsyncClient) -> None:
    node = FakeNode(http, "main")
    assert (await node.enrol(await door.ensure_local_node_code(node.services))).status_code == 200
    reinstalled = FakeNode(http, "main")
    assert (await reinstalled.enrol(await door.ensure_local_node_code(node.services))).status_code == 200
    assert (await node.get("poll", wait_s=0)).status_code == 401
