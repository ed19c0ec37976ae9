"""Two people who change the same thing: the second is told, and by whom."""

import asyncio
import re
from typing import Any

import pytest

from controlplane.identity import door, people
from controlplane.identity.schemas import UserPatch
from controlplane.platform.auth import Principal
from tests.api.clients import ADMIN_EMAIL, Client, log_in

OTHER = "second@localhost"
THINGS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "organization": ("/organizations", {"name": "New company"}, {"name": "Newer company"}),
    "location": ("/locations", {"name": "Store 12", "timezone": "America/New_York"}, {"timezone": "America/Chicago"}),
    "role": ("/roles", {"name": "Desk", "scopes": ["calls:read"]}, {"scopes": ["calls:read", "queues:read"]}),
    "user": ("/users", {"email": "anna@example.com", "name": "Anna", "role": "staff"}, {"name": "Anna B."}),
    "node": ("/nodes", {"name": "store-12"}, {"sip_address": "pbx.example.com:5060"}),
    "queue": ("/queues", {"name": "Sales", "overflow": {"kind": "hangup"}}, {"max_wait_s": 60}),
}  # fmt: skip


@pytest.fixture
async def second(admin: Client) -> Client:
    """Another admin of the same organisation."""
    body = {"email": OTHER, "name": "Second", "role": "admin", "installation_admin": True}
    assert (await admin.post("/users", json=body)).status_code == 201
    return await log_in(admin, OTHER)


async def made(client: Client, kind: str) -> tuple[str, str]:
    """A new thing's address and ETag."""
    path, body, _ = THINGS[kind]
    answer = await client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    thing = answer.json()
    url = f"{path}/{thing['node']['id'] if kind == 'node' else thing['id']}"
    return url, answer.headers.get("ETag") or (await client.get(url)).headers["ETag"]


@pytest.mark.parametrize("kind", THINGS)
async def test_of_two_changes_at_once_one_is_told_that_it_came_late(admin: Client, second: Client, kind: str) -> None:
    url, tag = await made(admin, kind)
    assert (await admin.get(url)).headers["ETag"] == tag
    patches = [THINGS[kind][2], {"disabled": True} if kind == "node" else {"name": "changed by the second"}]
    answers = await asyncio.gather(
        *(client.patch(url, json=patch, headers={"If-Match": tag})
          for client, patch in zip((admin, second), patches, strict=True))
    )  # fmt: skip
    assert sorted(one.status_code for one in answers) == [200, 412]
    won, lost = sorted(answers, key=lambda one: one.status_code)
    who = (ADMIN_EMAIL, OTHER)[answers.index(won)]
    assert lost.json()["slug"] == "stale"
    assert re.fullmatch(
        rf"Changed by {re.escape(who)} at \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d UTC, after you read it\.",
        lost.json()["detail"],
    )
    now = await admin.get(url)
    assert now.json() == won.json()
    assert now.headers["ETag"] == won.headers["ETag"] != tag


@pytest.mark.parametrize("kind", THINGS)
async def test_nobody_deletes_what_was_changed_meanwhile(admin: Client, second: Client, kind: str) -> None:
    url, tag = await made(admin, kind)
    changed = await second.patch(url, json=THINGS[kind][2])
    assert changed.status_code == 200, changed.text
    answer = await admin.delete(url, headers={"If-Match": tag})
    assert answer.status_code == 412
    assert OTHER in answer.json()["detail"]
    assert (await admin.delete(url, headers={"If-Match": changed.headers["ETag"]})).status_code == 204


async def test_an_api_key_is_deleted_as_it_was_read(admin: Client) -> None:
    answer = await admin.post("/api-keys", json={"name": "script", "scopes": ["calls:read"]})
    url = f"/api-keys/{answer.json()['id']}"
    assert (await admin.get(url)).headers["ETag"] == answer.headers["ETag"]
    assert (await admin.delete(url, headers={"If-Match": '"0"'})).status_code == 412
    assert (await admin.delete(url, headers={"If-Match": answer.headers["ETag"]})).status_code == 204


async def test_what_flow_tests_mean_is_said_by_one_at_a_time(admin: Client, second: Client) -> None:
    tag = (await admin.get("/flow-tests/policy")).headers["ETag"]
    answers = await asyncio.gather(
        *(client.put("/flow-tests/policy", json={"policy": policy}, headers={"If-Match": tag})
          for client, policy in ((admin, "warn"), (second, "block")))
    )  # fmt: skip
    assert sorted(one.status_code for one in answers) == [200, 412]


async def test_a_login_is_no_change_of_a_user(admin: Client, second: Client) -> None:
    url, tag = await made(admin, "user")
    password = (await admin.post(f"{url}/reset-password")).json()["password"]
    login = await admin.post("/auth/login", json={"email": "anna@example.com", "password": password})
    assert login.status_code == 200
    read = await second.get(url)
    assert read.json()["last_login_at"] is not None
    assert read.headers["ETag"] == tag


async def test_two_admins_cannot_remove_each_other_at_once(admin: Client, second: Client) -> None:
    answers = await asyncio.gather(
        admin.patch(f"/users/{second.user_id}", json={"disabled": True}),
        second.patch(f"/users/{admin.user_id}", json={"disabled": True}),
        admin.patch(f"/users/{second.user_id}", json={"role": "staff"}),
        second.delete(f"/users/{admin.user_id}"),
    )
    assert {one.status_code for one in answers} <= {200, 204, 401, 404, 409, 403}
    async with admin.services.uow() as uow:
        users = [one for one in await door.list_users(uow.session) if one.email in {ADMIN_EMAIL, OTHER}]
    assert [one for one in users if one.role == "admin" and not one.disabled]


async def test_who_removes_an_admin_waits_for_another_who_does(admin: Client, second: Client) -> None:
    async with admin.services.uow() as first:
        principal = Principal(org_id=admin.org_id, scopes=frozenset({"*"}), label="first", installation_admin=True)
        await people.change_user(first, principal, second.user_id, UserPatch(disabled=True))
        waiting = asyncio.create_task(admin.patch(f"/users/{second.user_id}", json={"role": "staff"}))
        other = asyncio.create_task(admin.patch(f"/users/{admin.user_id}", json={"role": "staff"}))
        _, pending = await asyncio.wait({waiting, other}, timeout=0.5)
        assert pending == {waiting, other}
    assert (await waiting).status_code == 200
    assert (await other).status_code == 409, "the last one"


async def test_without_if_match_a_change_is_taken_unless_the_operator_asks_for_it(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, tag = await made(admin, "location")
    assert (await admin.patch(url, json={"name": "Store 13"})).status_code == 200
    monkeypatch.setattr(admin.services.settings, "require_if_match", True)
    answer = await admin.patch(url, json={"name": "Store 14"})
    assert (answer.status_code, answer.json()["slug"]) == (428, "if-match-required")
    stale = await admin.patch(url, json={"name": "Store 14"}, headers={"If-Match": tag})
    assert stale.status_code == 412
    assert (await admin.patch(url, json={"name": "Store 14"}, headers={"If-Match": "*"})).status_code == 200
    assert (await admin.post("/locations", json={"name": "Store 15", "timezone": "UTC"})).status_code == 201
