"""Who may do what: each built-in role against each resource, and nobody hands out more than they have."""

import re
from typing import Any

import httpx2
import pytest

from controlplane.identity.rights import BUILT_IN, SCOPES, expanded
from controlplane.platform.settings import REPOSITORY
from tests.api.clients import Client, log_in

ADMIN = frozenset({"admin"})
MANAGERS = frozenset({"admin", "manager"})
READERS = frozenset({"admin", "manager", "executive"})
ALL = frozenset({"admin", "manager", "executive", "staff"})
FOR_EVERYBODY = ("extensions", "queues")
FOR_MANAGERS = (
    "trunks", "devices", "ring-groups", "ivr-menus", "time-conditions", "holiday-calendars", "voicemail-boxes",
    "prompts", "outbound-routes",
)  # fmt: skip
READS = {
    **dict.fromkeys(("organizations", "api-keys", "audit-log", "nodes"), ADMIN),
    **dict.fromkeys(("roles", "users", *FOR_MANAGERS), MANAGERS),
    **dict.fromkeys(("locations", "phone-numbers"), READERS),
    **dict.fromkeys(("sessions", "contacts", *FOR_EVERYBODY), ALL),  # sessions: one's own
}
WRITES = {
    **dict.fromkeys(("organizations", "locations", "roles", "api-keys", "nodes"), ADMIN),
    **dict.fromkeys(("users", "contacts", "phone-numbers", *FOR_MANAGERS, *FOR_EVERYBODY), MANAGERS),
}


@pytest.mark.parametrize("role", ["admin", "manager", "executive", "staff"])
async def test_each_role_reads_and_writes_what_is_its(http: httpx2.AsyncClient, role: str) -> None:
    client = await log_in(http, f"{role}@localhost")
    for resource, roles in READS.items():
        answer = await client.get(f"/{resource}")
        assert answer.status_code == (200 if role in roles else 403), (role, resource, answer.text)
    for resource, roles in WRITES.items():
        answer = await client.post(f"/{resource}", json={})
        assert answer.status_code == (422 if role in roles else 403), (role, resource, answer.text)


def test_the_table_for_people_names_every_scope_and_who_has_it() -> None:
    table = (REPOSITORY / "docs/reference/rights.md").read_text()
    rows = {
        match[1]: [cell.strip() == "yes" for cell in match[2].split("|")]
        for match in re.finditer(r"^\| `([a-z-]+:[a-z]+)` \|[^|]*\|(.*)\|$", table, re.MULTILINE)
    }
    roles = ("admin", "manager", "executive", "staff")
    assert rows == {scope: [scope in expanded(BUILT_IN[role].scopes) for role in roles] for scope in SCOPES}


def user(**fields: Any) -> dict[str, Any]:
    return {"email": "new@example.com", "name": "New", "role": "staff", **fields}


async def test_a_manager_makes_colleagues_at_own_locations_only(manager: Client, locations: dict[str, str]) -> None:
    good = await manager.post("/users", json=user(location_ids=[locations["Main"]]))
    assert good.status_code == 201
    for fields in (
        {"role": "admin"},
        {"role": "executive"},
        {"location_ids": [locations["Branch"]]},
        {"location_ids": [locations["Main"], locations["Elsewhere"]]},
        {"installation_admin": True},
    ):
        answer = await manager.post("/users", json=user(email="b@example.com", **fields))
        assert answer.status_code == 403, fields


async def test_a_user_gets_extensions_that_their_maker_may_see(
    manager: Client, admin: Client, other_org_admin: Client, locations: dict[str, str]
) -> None:
    async def extension(client: Client, number: str, place: str | None = None) -> str:
        fields = {"name": f"Desk {number}", "number": number, "location_id": place}
        return str((await client.post("/extensions", json=fields)).json()["id"])

    here, there = [await extension(admin, n, locations[at]) for n, at in (("201", "Main"), ("202", "Branch"))]
    elsewhere = await extension(other_org_admin, "201")
    box = (await admin.post("/voicemail-boxes", json={"name": "Box", "number": "201", "pin": "482913"})).json()["id"]
    places = [locations["Main"]]
    made = (await manager.post("/users", json=user(location_ids=places, extension_ids=[here]))).json()
    for client, hidden in ((manager, there), (admin, elsewhere), (admin, box)):
        for answer in (
            await client.post("/users", json=user(email="b@example.com", location_ids=places, extension_ids=[hidden])),
            await client.patch(f"/users/{made['id']}", json={"extension_ids": [here, hidden]}),
        ):
            assert answer.status_code == 422, answer.text
            assert answer.json()["errors"][0]["field"] == "extension_ids"
    await admin.delete(f"/extensions/{here}")
    kept = await admin.patch(f"/users/{made['id']}", json={"extension_ids": [here, there]})
    assert kept.json()["extension_ids"] == [here, there]  # what they have already is asked no more


async def test_a_manager_cannot_touch_those_with_more_rights(manager: Client, admin: Client) -> None:
    for change in ({"name": "X"}, {"disabled": True}, {"role": "staff"}):
        assert (await manager.patch(f"/users/{admin.user_id}", json=change)).status_code == 404
    assert (await manager.post(f"/users/{admin.user_id}/reset-password")).status_code == 404
    assert (await manager.delete(f"/users/{admin.user_id}")).status_code == 404
    assert (await manager.patch(f"/users/{manager.user_id}", json={"role": "admin"})).status_code == 403


async def test_an_own_role_is_exactly_its_scopes(admin: Client, http: httpx2.AsyncClient) -> None:
    made = await admin.post("/roles", json={"name": "Night desk", "scopes": ["queues:read", "calls:read"]})
    assert made.status_code == 201
    await admin.post("/users", json=user(role="Night desk"))
    client = await log_in(http, "new@example.com")
    assert (await client.get("/queues")).status_code == 200
    assert (await client.get("/users")).status_code == 403
    role_id = made.json()["id"]
    assert (await admin.delete(f"/roles/{role_id}")).status_code == 409
    await admin.patch(f"/roles/{role_id}", json={"scopes": ["users:read"]})
    assert (await client.get("/queues")).status_code == 403
    assert (await client.get("/users")).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"name": "admin", "scopes": []},
        {"name": "x", "scopes": ["*"]},
        {"name": "x", "scopes": ["moon:write"]},
        {"name": "x"},
        {"name": "", "scopes": []},
        {"name": "x", "scopes": [], "superuser": True},
    ],
)
async def test_a_role_that_makes_no_sense_is_refused(admin: Client, body: dict[str, Any]) -> None:
    answer = await admin.post("/roles", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"]


async def test_a_role_maker_cannot_give_what_they_lack(admin: Client, http: httpx2.AsyncClient) -> None:
    await admin.post("/roles", json={"name": "Clerk", "scopes": ["roles:write", "users:write"], "all_locations": True})
    await admin.post("/users", json=user(role="Clerk"))
    clerk = await log_in(http, "new@example.com")
    assert (await clerk.post("/roles", json={"name": "Up", "scopes": ["calls:read"]})).status_code == 403
    assert (await clerk.post("/roles", json={"name": "Same", "scopes": ["users:write"]})).status_code == 201
    assert (await clerk.post("/users", json=user(email="c@example.com", role="admin"))).status_code == 403


async def test_only_an_installation_admin_makes_organisations(admin: Client, other_org_admin: Client) -> None:
    assert (await other_org_admin.post("/organizations", json={"name": "Mine"})).status_code == 403
    made = await admin.post("/organizations", json={"name": "Customer"})
    assert made.status_code == 201
    inside = {"X-Organization": made.json()["id"]}
    assert (await admin.get("/locations", headers=inside)).json()["items"] == []
    place = {"name": "Shop", "timezone": "Europe/Berlin"}
    shop = (await admin.post("/locations", json=place, headers=inside)).json()
    assert shop["org_id"] == made.json()["id"]
    lines = (await admin.get("/audit-log", headers=inside)).json()["items"]
    assert [(line["action"], line["actor"]) for line in lines] == [("location.create", "admin@localhost")]
    assert (await admin.get(f"/locations/{shop['id']}")).status_code == 404
    assert (await admin.delete(f"/organizations/{made.json()['id']}")).status_code == 409
    await admin.delete(f"/locations/{shop['id']}", headers=inside)
    assert (await admin.delete(f"/organizations/{made.json()['id']}")).status_code == 204


async def test_the_header_helps_nobody_else(admin: Client, other_org_admin: Client) -> None:
    answer = await other_org_admin.get("/users", headers={"X-Organization": str(admin.org_id)})
    assert answer.status_code == 404
    assert (await admin.get("/users", headers={"X-Organization": "nonsense"})).status_code == 422


class TestApiKeys:
    """An API key reaches no further than its maker does now."""

    async def make(self, client: Client, **fields: Any) -> httpx2.AsyncClient:
        answer = await client.post("/api-keys", json={"name": "robot", "scopes": ["users:read"], **fields})
        assert answer.status_code == 201, answer.text
        headers = {"Authorization": f"Bearer {answer.json()['key']}"}
        return httpx2.AsyncClient(transport=client._transport, base_url="http://test/api/v1", headers=headers)

    async def test_it_opens_its_scopes_only_and_is_shown_once(self, admin: Client) -> None:
        robot = await self.make(admin)
        assert (await robot.get("/users")).status_code == 200
        assert (await robot.get("/roles")).status_code == 403
        me = (await robot.get("/auth/me")).json()
        assert (me["label"], me["user"], me["scopes"]) == ("API key robot", None, ["users:read"])
        listed = (await admin.get("/api-keys")).json()["items"][0]
        assert "key" not in listed
        assert listed["last_used_at"] is not None
        assert robot.headers["Authorization"].startswith(f"Bearer {listed['prefix']}")

    async def test_it_ends_when_deleted_or_over(self, admin: Client) -> None:
        robot = await self.make(admin, expires_at="2099-01-01T00:00:00Z")
        assert (await robot.get("/users")).status_code == 200
        key_id = (await admin.get("/api-keys")).json()["items"][0]["id"]
        assert (await admin.delete(f"/api-keys/{key_id}")).status_code == 204
        assert (await robot.get("/users")).status_code == 401
        past = {"name": "x", "scopes": ["users:read"], "expires_at": "2020-01-01T00:00:00Z"}
        assert (await admin.post("/api-keys", json=past)).status_code == 422

    async def test_it_shrinks_and_ends_with_its_maker(self, admin: Client, http: httpx2.AsyncClient) -> None:
        made = (await admin.post("/users", json=user(role="admin"))).json()
        robot = await self.make(await log_in(http, "new@example.com"), scopes=["users:read", "locations:write"])
        assert (await robot.post("/locations", json={})).status_code == 422
        await admin.patch(f"/users/{made['id']}", json={"role": "manager"})
        assert (await robot.post("/locations", json={})).status_code == 403
        assert (await robot.get("/users")).status_code == 200
        await admin.patch(f"/users/{made['id']}", json={"disabled": True})
        assert (await robot.get("/users")).status_code == 401

    async def test_it_can_be_kept_to_locations(self, admin: Client, locations: dict[str, str]) -> None:
        robot = await self.make(admin, scopes=["locations:read"], location_ids=[locations["Branch"]])
        assert [place["name"] for place in (await robot.get("/locations")).json()["items"]] == ["Branch"]
        foreign = {"name": "x", "scopes": ["users:read"], "location_ids": [locations["Elsewhere"]]}
        assert (await admin.post("/api-keys", json=foreign)).status_code == 422

    async def test_it_cannot_make_keys_or_reach_what_its_maker_lacks(self, admin: Client) -> None:
        robot = await self.make(admin, scopes=["api-keys:write"])
        answer = await robot.post("/api-keys", json={"name": "child", "scopes": ["api-keys:write"]})
        assert answer.status_code == 403
        assert (await robot.post("/auth/password", json={"current_password": "x", "new_password": "y" * 12})
                ).status_code == 403  # fmt: skip
