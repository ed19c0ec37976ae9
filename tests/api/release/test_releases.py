"""Plan, apply, roll back over HTTP, with a node that signs, fetches and reports."""

import asyncio
import base64
import errno
import hashlib
import io
import json
import tarfile
from typing import Any
from uuid import UUID

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from controlplane.identity.door import system_principal
from controlplane.node.devices import read_devices
from controlplane.protocol.bundle import Manifest
from controlplane.release import offering, service
from tests.api.clients import Client
from tests.api.nodes.fake_node import FakeNode


@pytest.fixture
async def node(http: httpx2.AsyncClient) -> FakeNode:
    node = FakeNode(http, "main")
    answer = await node.enrol()
    node.bundle_key = Ed25519PublicKey.from_public_bytes(base64.b64decode(answer.json()["bundle_key"]))  # type: ignore[attr-defined]
    return node


async def make(client: Client, resource: str, **fields: Any) -> dict[str, Any]:
    answer = await client.post(f"/{resource}", json=fields)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def desk(client: Client, number: str) -> dict[str, Any]:
    extension = await make(client, "extensions", name=f"Desk {number}", number=number)
    return await make(client, "devices", name=f"desk-{number}", extension_id=extension["id"], codecs=["ulaw"])


async def bundle_of(node: FakeNode, digest: str) -> tuple[Manifest, dict[str, bytes]]:
    signed = (await node.get(f"releases/{digest}")).json()
    text = signed["manifest"].encode()
    node.bundle_key.verify(base64.b64decode(signed["signature"]), text)  # type: ignore[attr-defined]
    assert hashlib.sha256(text).hexdigest() == digest
    manifest = Manifest.model_validate_json(text)
    wanted = [file.sha256 for file in manifest.files]
    answer = await node.post("blobs", json.dumps({"sha256": wanted}).encode())
    with tarfile.open(fileobj=io.BytesIO(answer.content)) as tar:
        content = {entry.name: tar.extractfile(entry).read() for entry in tar}  # type: ignore[union-attr]
    assert all(hashlib.sha256(content[sha256]).hexdigest() == sha256 for sha256 in wanted)
    return manifest, {file.path: content[file.sha256] for file in manifest.files}


def phones_in(files: dict[str, bytes]) -> set[str]:
    texts = (content.decode() for path, content in files.items() if path.startswith("devices/"))
    return {phone.id for text in texts for phone in read_devices(text)}


async def report(node: FakeNode, digest: str, state: str, live: str | None, *problems: str) -> None:
    body = {"digest": digest, "state": state, "live_digest": live, "problems": problems, "reloads": ["dialplan reload"]}
    assert (await node.post("apply-reports", json.dumps(body).encode())).status_code == 204


async def apply(client: Client, reason: str = "") -> dict[str, Any]:
    answer = await client.post("/config/releases", json={"reason": reason})
    assert answer.status_code == 202, answer.text
    release: dict[str, Any] = answer.json()
    return release


async def state_of(client: Client, release: dict[str, Any]) -> str:
    return str((await client.get(f"/config/releases/{release['id']}")).json()["state"])


async def test_a_release_reaches_the_node_signed_and_becomes_live_when_it_says_so(
    admin: Client, node: FakeNode
) -> None:
    device = await desk(admin, "201")
    release = await apply(admin, "First phone")
    digest = release["nodes"][0]["digest"]
    assert (await node.get("poll", have="", wait_s=0)).json()["desired"] == digest
    manifest, files = await bundle_of(node, digest)
    phones = [files[file.path].decode() for file in manifest.files if file.kind == "devices"]
    assert device["secret"] in phones[0]
    assert phones_in(files) == {"desk-201"}
    await report(node, digest, "fetching", None)
    assert await state_of(admin, release) == "applying"
    await report(node, digest, "live", digest)
    assert await state_of(admin, release) == "live"
    plan = (await admin.post("/config/plan")).json()
    assert (plan["ok"], plan["changes"], plan["files"], plan["reloads"]) == (True, [], [], [])


async def test_files_with_secrets_lie_sealed(admin: Client, node: FakeNode) -> None:
    device = await desk(admin, "201")
    await apply(admin)
    stored = [path for path in (node.services.settings.data_dir / "objects").rglob("*") if path.is_file()]
    assert stored
    assert not any(device["secret"].encode() in path.read_bytes() for path in stored)


async def test_a_change_is_told_in_words_and_secrets_only_as_changed(admin: Client, node: FakeNode) -> None:
    device = await desk(admin, "201")
    first = await apply(admin)
    await report(node, first["nodes"][0]["digest"], "live", first["nodes"][0]["digest"])
    rotated = (await admin.post(f"/devices/{device['id']}/rotate-secret")).json()
    plan = (await admin.post("/config/plan")).json()
    assert [change["name"] for change in plan["changes"]] == ["desk-201"]
    assert plan["reloads"] == ["push phones"]
    assert device["secret"] not in json.dumps(plan)
    assert rotated["secret"] not in json.dumps(plan)


async def test_what_cannot_work_is_refused_by_name_and_changes_nothing(admin: Client, node: FakeNode) -> None:
    hangup = {"kind": "hangup"}
    menu = await make(
        admin, "ivr-menus", name="Main menu", prompt={"text": "Press one."},
        options=[{"digit": "1", "destination": hangup}], on_timeout=hangup, on_invalid=hangup,
    )  # fmt: skip
    queue = await make(admin, "queues", name="Sales", overflow=hangup)
    back = {"kind": "ivr_menu", "id": menu["id"]}
    await admin.patch(f"/ivr-menus/{menu['id']}", json={"on_timeout": back})
    await admin.patch(
        f"/ivr-menus/{menu['id']}",
        json={"options": [{"digit": "1", "destination": {"kind": "queue", "id": queue["id"]}}]},
    )
    refused = await admin.post("/config/releases", json={})
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    problem = refused.json()
    assert problem["slug"] == "plan-refused"
    paths = [error["field"] for error in problem["errors"]]
    assert any("Main menu" in path for path in paths), paths
    assert any("Sales" in path for path in paths), paths
    assert (await node.get("poll", have="", wait_s=0)).json()["desired"] is None
    assert (await admin.get("/config/releases")).json()["items"] == []


async def test_a_release_that_does_not_hold_is_said_so_and_not_offered_again(admin: Client, node: FakeNode) -> None:
    await desk(admin, "201")
    good = await apply(admin)
    good_digest = good["nodes"][0]["digest"]
    await report(node, good_digest, "live", good_digest)
    await desk(admin, "202")
    bad = await apply(admin)
    await report(node, bad["nodes"][0]["digest"], "rolled_back", good_digest, "The queue Sales is missing.")
    shown = (await admin.get(f"/config/releases/{bad['id']}")).json()
    assert shown["state"] == "rolled_back"
    assert shown["nodes"][0]["problems"] == ["The queue Sales is missing."]
    assert await state_of(admin, good) == "live"
    assert (await node.get("poll", have="", wait_s=0)).json()["desired"] == good_digest


async def test_rolling_back_makes_an_earlier_release_live_again_as_a_new_one(admin: Client, node: FakeNode) -> None:
    await desk(admin, "201")
    first = await apply(admin)
    await report(node, first["nodes"][0]["digest"], "live", first["nodes"][0]["digest"])
    await desk(admin, "202")
    second = await apply(admin)
    await report(node, second["nodes"][0]["digest"], "live", second["nodes"][0]["digest"])
    assert await state_of(admin, first) == "retired"
    answer = await admin.post(f"/config/releases/{first['id']}/rollback", json={})
    assert answer.status_code == 202
    third = answer.json()
    assert third["rollback_of"] == first["id"]
    _, files = await bundle_of(node, third["nodes"][0]["digest"])
    assert phones_in(files) == {"desk-201"}
    audit = (await admin.get("/audit-log", params={"action": "config.rollback"})).json()["items"]
    assert len(audit) == 1


@pytest.mark.parametrize("word", ["live", "rolled_back"])
async def test_an_apply_can_wait_for_what_the_node_says(admin: Client, node: FakeNode, word: str) -> None:
    await desk(admin, "201")
    waiting = asyncio.create_task(admin.post("/config/releases?wait_s=20", json={"reason": "x"}))
    digest = (await node.get("poll", have="", wait_s=10)).json()["desired"]
    assert not waiting.done()
    await report(node, digest, word, digest if word == "live" else None)
    answer = await asyncio.wait_for(waiting, 15)
    assert (answer.status_code, answer.json()["state"]) == (202, word)


async def test_an_apply_waits_no_longer_than_it_is_told(admin: Client) -> None:
    await desk(admin, "201")
    answer = await admin.post("/config/releases?wait_s=0.2", json={})
    assert (answer.status_code, answer.json()["state"]) == (202, "applying")
    assert (await admin.post("/config/releases?wait_s=31", json={})).status_code == 422


async def test_one_organisations_apply_never_publishes_anothers_drafts(
    admin: Client, other_org_admin: Client, node: FakeNode
) -> None:
    await desk(admin, "201")
    mine = await apply(admin)
    await report(node, mine["nodes"][0]["digest"], "live", mine["nodes"][0]["digest"])
    await make(other_org_admin, "extensions", name="Theirs", number="201")
    await desk(admin, "202")  # a draft of ours, not applied
    theirs = await apply(other_org_admin)
    _, files = await bundle_of(node, theirs["nodes"][0]["digest"])
    assert phones_in(files) == {"desk-201"}
    assert (await other_org_admin.get(f"/config/releases/{mine['id']}")).status_code == 404


@pytest.mark.parametrize("source", ["192.0.2.7", "192.0.2.0/28", "192.0.0.0/16"])
async def test_calls_from_an_address_belong_to_one_organisation(
    admin: Client, other_org_admin: Client, node: FakeNode, source: str
) -> None:
    await make(admin, "trunks", name="Ours", identity="ip", host="192.0.2.7")
    mine = await apply(admin)
    await report(node, mine["nodes"][0]["digest"], "live", mine["nodes"][0]["digest"])
    trunk = await make(other_org_admin, "trunks", name="T", identity="ip", host="sip.x.test", source_networks=[source])
    answer = await other_org_admin.post("/config/releases", json={})
    assert (answer.status_code, answer.json()["slug"]) == (409, "conflict")
    assert "'T'" in answer.json()["detail"]
    assert "Ours" not in answer.text
    await other_org_admin.patch(f"/trunks/{trunk['id']}", json={"source_networks": ["198.51.100.1"]})
    await apply(other_org_admin)


async def test_a_name_that_is_still_live_elsewhere_is_not_taken_over(
    admin: Client, other_org_admin: Client, node: FakeNode
) -> None:
    device = await desk(admin, "201")
    mine = await apply(admin)
    await report(node, mine["nodes"][0]["digest"], "live", mine["nodes"][0]["digest"])
    assert (await admin.delete(f"/devices/{device['id']}")).status_code == 204  # in the draft: the phone still rings
    await desk(other_org_admin, "201")
    assert (await other_org_admin.post("/config/releases", json={})).status_code == 409
    freed = await apply(admin)
    await report(node, freed["nodes"][0]["digest"], "live", freed["nodes"][0]["digest"])
    await apply(other_org_admin)


async def test_only_those_who_may_plan_apply_and_look(
    executive: Client, staff: Client, manager: Client, http: httpx2.AsyncClient
) -> None:
    assert (await manager.post("/config/plan")).status_code == 200
    assert (await manager.get("/config/releases")).status_code == 200
    assert (await executive.get("/config/releases")).status_code == 403
    assert (await executive.post("/config/releases", json={})).status_code == 403
    assert (await staff.get("/config/releases")).status_code == 403
    assert (await http.post("/api/v1/config/plan")).status_code == 401


async def test_a_node_gets_nothing_without_its_signature(
    http: httpx2.AsyncClient, admin: Client, node: FakeNode
) -> None:
    release = await apply(admin)
    digest = release["nodes"][0]["digest"]
    assert (await http.get(f"/node/v1/releases/{digest}")).status_code == 401
    assert (await http.post("/node/v1/blobs", json={"sha256": []})).status_code == 401
    stranger = FakeNode(http, "other")
    await stranger.enrol()
    assert (await stranger.get(f"releases/{digest}")).status_code == 404


async def test_a_bundle_that_cannot_be_made_leaves_nothing_behind(
    admin: Client, node: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk(admin, "201")
    principal = system_principal(await own_organization(admin), "test")
    with monkeypatch.context() as broken:
        broken.setattr(offering, "_store_files", disk_full)
        with pytest.raises(OSError, match="No space left"):
            async with admin.services.uow() as uow:
                await service.apply(admin.services, uow, principal, "")
    assert (await admin.get("/config/releases")).json()["items"] == []
    release = await apply(admin)
    assert phones_in((await bundle_of(node, release["nodes"][0]["digest"]))[1]) == {"desk-201"}


def disk_full(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


async def own_organization(client: Client) -> UUID:
    return UUID((await client.get("/auth/me")).json()["org_id"])
