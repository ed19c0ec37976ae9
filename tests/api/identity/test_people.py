"""Users, locations, the walls between organisations, and the audit log."""

from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from controlplane.identity import door
from controlplane.identity.first_start import machine_timezone
from controlplane.platform.services import Services
from tests.api.clients import ADMIN_EMAIL, Client, log_in

NOBODY = "00000000-0000-7000-8000-000000000000"


def user(**fields: Any) -> dict[str, Any]:
    return {"email": "new@example.com", "name": "New", "role": "staff", **fields}


async def test_a_made_up_password_is_shown_once_and_works(admin: Client, http: httpx2.AsyncClient) -> None:
    made = (await admin.post("/users", json=user(email="New@Example.COM"))).json()
    assert made["email"] == "new@example.com"
    login = {"email": "new@example.com", "password": made["password"]}
    assert (await http.post("/api/v1/auth/login", json=login)).status_code == 200
    again = (await admin.get(f"/users/{made['id']}")).json()
    assert "password" not in again
    reset = (await admin.post(f"/users/{made['id']}/reset-password")).json()
    assert (await http.post("/api/v1/auth/login", json=login)).status_code == 401
    login["password"] = reset["password"]
    assert (await http.post("/api/v1/auth/login", json=login)).status_code == 200


async def test_who_is_disabled_is_out_at_once_and_can_come_back(admin: Client, http: httpx2.AsyncClient) -> None:
    made = (await admin.post("/users", json=user(password="a long password"))).json()
    assert made["password"] is None
    client = await log_in(http, "new@example.com")
    await admin.patch(f"/users/{made['id']}", json={"disabled": True})
    assert (await client.get("/auth/me")).status_code == 401
    login = {"email": "new@example.com", "password": "a long password"}
    assert (await http.post("/api/v1/auth/login", json=login)).status_code == 401
    await admin.patch(f"/users/{made['id']}", json={"disabled": False})
    assert (await http.post("/api/v1/auth/login", json=login)).status_code == 200
    assert (await client.get("/auth/me")).status_code == 401  # the old session stays ended


@pytest.mark.parametrize("change", [{"disabled": True}, {"role": "manager"}])
async def test_the_last_admin_stays(admin: Client, change: dict[str, Any]) -> None:
    refused = await admin.patch(f"/users/{admin.user_id}", json=change)
    assert refused.status_code == 409
    assert "last admin" in refused.json()["detail"]
    assert (await admin.delete(f"/users/{admin.user_id}")).status_code == 409
    await admin.post("/users", json=user(role="admin"))
    assert (await admin.patch(f"/users/{admin.user_id}", json=change)).status_code == 200


async def test_the_last_admin_stays_through_an_own_role_too(admin: Client) -> None:
    await admin.post("/roles", json={"name": "Quiet", "scopes": []})
    assert (await admin.patch(f"/users/{admin.user_id}", json={"role": "Quiet"})).status_code == 409


async def test_an_address_is_used_once_on_the_installation(admin: Client, other_org_admin: Client) -> None:
    assert (await admin.post("/users", json=user())).status_code == 201
    for client in (admin, other_org_admin):
        assert (await client.post("/users", json=user(email="NEW@example.com"))).status_code == 409


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "no address"), ("email", "a@b\nBcc: c@d"), ("email", None), ("name", ""), ("name", "x" * 101),
        ("name", "NUL \0"), ("name", "line\nbreak"), ("role", "emperor"), ("password", "short"),
        ("location_ids", [NOBODY]), ("location_ids", "all"), ("extension_ids", [NOBODY]), ("wings", 2),
    ],
)  # fmt: skip
async def test_bad_users_are_refused_by_field(admin: Client, field: str, value: Any) -> None:
    answer = await admin.post("/users", json=user(**{field: value}))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert len((await admin.get("/users")).json()["items"]) == 4


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("timezone", "Mars/Olympus"), ("timezone", "../../etc/passwd"), ("name", ""), ("node", "Not A Node"),
        ("address", {"country": "Germany"}), ("address", {"lines": ["a"] * 5}), ("address", "here"),
    ],
)  # fmt: skip
async def test_bad_locations_are_refused_by_field(admin: Client, field: str, value: Any) -> None:
    answer = await admin.post("/locations", json={"name": "Shop", "timezone": "UTC", field: value})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith(field)


async def test_a_location_comes_changes_and_goes(admin: Client, manager: Client, locations: dict[str, str]) -> None:
    place = {"name": "Shop 🙂", "timezone": "America/New_York", "address": {"lines": ["1 Main St"], "country": "US"}}
    made = await admin.post("/locations", json=place)
    assert made.status_code == 201
    assert made.json()["node"] == "main"
    path = f"/locations/{made.json()['id']}"
    assert (await manager.get(path)).status_code == 404
    assert (await admin.post("/locations", json=place)).status_code == 409
    changed = (await admin.patch(path, json={"timezone": "Europe/Berlin"})).json()
    assert (changed["timezone"], changed["address"]["country"], changed["name"]) == ("Europe/Berlin", "US", "Shop 🙂")
    assert (await admin.delete(path)).status_code == 204
    assert (await admin.get(path)).status_code == 404
    in_use = await admin.delete(f"/locations/{locations['Main']}")  # the manager works there
    assert in_use.status_code == 409


async def test_organisations_do_not_see_each_other(
    admin: Client, other_org_admin: Client, locations: dict[str, str]
) -> None:
    role = (await admin.post("/roles", json={"name": "Ours", "scopes": []})).json()
    key = (await admin.post("/api-keys", json={"name": "k", "scopes": ["users:read"]})).json()
    for path in (
        f"/locations/{locations['Main']}", f"/users/{admin.user_id}", f"/roles/{role['id']}", f"/api-keys/{key['id']}",
        f"/organizations/{admin.org_id}",
    ):  # fmt: skip
        assert (await other_org_admin.get(path)).status_code == 404, path
    assert (await other_org_admin.delete(f"/locations/{locations['Main']}")).status_code == 404
    assert (await other_org_admin.patch(f"/users/{admin.user_id}", json={"name": "x"})).status_code == 404
    assert (await other_org_admin.delete(f"/api-keys/{key['id']}")).status_code == 404
    assert [each["name"] for each in (await other_org_admin.get("/locations")).json()["items"]] == ["Elsewhere"]
    assert [each["email"] for each in (await other_org_admin.get("/users")).json()["items"]] == ["other@localhost"]
    assert [each["name"] for each in (await other_org_admin.get("/organizations")).json()["items"]] == [
        "Other organisation"
    ]
    assert (await other_org_admin.get("/audit-log")).json()["items"] == []
    assert len((await other_org_admin.get("/sessions")).json()["items"]) == 1


async def test_a_manager_sees_own_locations_and_the_people_there(manager: Client, admin: Client) -> None:
    assert [place["name"] for place in (await manager.get("/locations")).json()["items"]] == ["Main"]
    people = {each["email"] for each in (await manager.get("/users")).json()["items"]}
    assert people == {"manager@localhost", "executive@localhost", "staff@localhost"}
    assert len((await admin.get("/users", params={"with_total": True})).json()["items"]) == 4


async def test_lists_page_sort_and_filter(admin: Client) -> None:
    names: list[str] = []
    query: dict[str, Any] = {"limit": 1, "sort": "-name"}
    while query.get("cursor", "first"):
        page = (await admin.get("/users", params=query)).json()
        names += [each["name"] for each in page["items"]]
        query["cursor"] = page["next_cursor"]
    assert names == ["Staff", "Manager", "Executive", "Admin"]
    found = (await admin.get("/users", params={"role": "staff", "with_total": True})).json()
    assert (found["total"], found["items"][0]["email"]) == (1, "staff@localhost")


async def test_people_are_found_by_a_part_of_name_or_address(admin: Client, manager: Client) -> None:
    async def found(client: Client, part: str) -> list[str]:
        return [one["email"] for one in (await client.get("/users", params={"q": part})).json()["items"]]

    assert await found(admin, "STAF") == ["staff@localhost"]
    assert await found(admin, "manager@") == ["manager@localhost"]
    assert await found(admin, "%") == [], "signs of a pattern are letters like any other"
    assert await found(manager, "other@") == [], "nobody is found beyond one's reach"


async def test_every_change_leaves_a_line_with_what_differed(admin: Client, locations: dict[str, str]) -> None:
    path = f"/locations/{locations['Branch']}"
    await admin.patch(path, json={"timezone": "UTC"}, headers={"X-Request-ID": "request-0042"})
    line = (await admin.get("/audit-log", params={"kind": "location"})).json()["items"][0]
    assert (line["action"], line["actor"], line["user_id"]) == ("location.update", ADMIN_EMAIL, str(admin.user_id))
    assert (line["name"], line["location_id"]) == ("Branch", locations["Branch"])
    assert (line["before"], line["after"]) == ({"timezone": "America/New_York"}, {"timezone": "UTC"})
    assert (line["ip"], line["request_id"]) == ("127.0.0.1", "request-0042")


async def test_the_audit_log_can_be_searched(admin: Client) -> None:
    made = (await admin.post("/users", json=user())).json()
    await admin.delete(f"/users/{made['id']}")

    async def actions(**filters: str) -> list[str]:
        answer = await admin.get("/audit-log", params=filters)
        return [line["action"] for line in answer.json()["items"]]

    assert await actions(object_id=made["id"]) == ["user.delete", "user.create"]
    assert await actions(object_id=made["id"], action="user.create") == ["user.create"]
    assert await actions(actor="ADMIN@", object_id=made["id"]) == ["user.delete", "user.create"]
    assert await actions(actor="%", object_id=made["id"]) == []
    assert await actions(**{"from": "2099-01-01T00:00:00Z"}) == []
    assert await actions(to="2020-01-01T00:00:00Z") == []
    assert (await admin.get("/audit-log", params={"from": "yesterday"})).status_code == 422


async def test_a_refused_change_leaves_no_line(admin: Client) -> None:
    await admin.patch(f"/users/{admin.user_id}", json={"disabled": True, "name": "Gone"})
    assert (await admin.get("/audit-log", params={"action": "user.update"})).json()["items"] == []
    assert (await admin.get("/auth/me")).json()["user"]["name"] == "Admin"


@pytest.mark.parametrize("statement", ["UPDATE audit_log SET actor = 'nobody'", "DELETE FROM audit_log"])
async def test_the_audit_log_cannot_be_changed(admin: Client, statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        async with admin.services.uow() as uow:
            await uow.session.execute(text(statement))


async def test_secrets_never_reach_the_audit_log(admin: Client) -> None:
    made = (await admin.post("/users", json=user())).json()
    key = (await admin.post("/api-keys", json={"name": "k", "scopes": ["users:read"]})).json()["key"]
    log = (await admin.get("/audit-log")).text
    assert made["password"] not in log
    assert key not in log
    assert "argon2" not in log


async def test_a_second_start_makes_no_second_admin(admin: Client) -> None:
    services: Services = admin.services
    assert await door.ensure_first_admin(services) is None
    async with services.uow() as uow:
        assert (await door.load_organizations(uow.session))[0].name == "My organisation"


async def test_the_command_line_shuts_people_out_but_not_the_last_admin(admin: Client, staff: Client) -> None:
    async with admin.services.uow() as uow:
        assert (await door.disable_user(uow, "Staff@localhost")).disabled
    assert (await staff.get("/auth/me")).status_code == 401
    with pytest.raises(Exception, match="last admin"):
        async with admin.services.uow() as uow:
            await door.disable_user(uow, ADMIN_EMAIL)


def test_the_machines_time_zone_is_one_that_exists(tmp_path: Path) -> None:
    zone = tmp_path / "zoneinfo" / "Europe" / "Berlin"
    zone.parent.mkdir(parents=True)
    zone.touch()
    link = tmp_path / "localtime"
    link.symlink_to(zone)
    assert machine_timezone(link, tz="") == "Europe/Berlin"
    assert machine_timezone(link, tz=":America/New_York") == "America/New_York"
    assert machine_timezone(Path("/nowhere"), tz="Nonsense") == "UTC"


async def test_ids_that_are_none_are_not_there(admin: Client) -> None:
    for resource in ("users", "locations", "roles", "api-keys", "organizations", "nodes"):
        assert (await admin.get(f"/{resource}/{NOBODY}")).status_code == 404
        assert (await admin.get(f"/{resource}/nonsense")).status_code == 422
