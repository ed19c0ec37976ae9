"""The phone in the browser: who gets its password, and who prepares it."""

import httpx2
import pytest

from controlplane.agents.schemas import CHOICES
from tests.api.agents.conftest import Floor, give_extension
from tests.api.clients import PASSWORD, Client, log_in


async def prepared(floor: Floor) -> str:
    """Ada's browser phone, made by the admin and applied; gives its password."""
    assert (await floor.admin.post("/softphone", json={"extension_id": floor.ada})).status_code == 201
    await floor.apply()
    devices = (await floor.admin.get("/devices", params={"limit": 100})).json()["items"]
    (device,) = [one for one in devices if one["media"] == "webrtc"]
    secret: str = (await floor.admin.post(f"/devices/{device['id']}/rotate-secret")).json()["secret"]
    await floor.apply()
    return secret


async def test_the_password_goes_to_its_owner_and_the_log_tells_of_it(
    floor: Floor, staff: Client, manager: Client
) -> None:
    secret = await prepared(floor)
    await give_extension(staff, floor.ada)
    answer = await staff.get("/softphone")
    assert answer.headers["cache-control"] == "no-store"
    phone = answer.json()
    assert (phone["state"], phone["number"], phone["name"]) == ("ready", "201", "Ada")
    account = phone["account"]
    assert account["secret"] == secret
    assert account["sip_user"].startswith("web-201-")
    assert account["wss_url"] == "wss://127.0.0.1:8089/ws"
    (line,) = (await floor.admin.get("/audit-log", params={"action": "softphone.open"})).json()["items"]
    assert line["name"] == account["sip_user"]
    assert secret not in str(line)
    others = await manager.get("/softphone")
    assert (others.json()["state"], others.json()["account"]) == ("no_extension", None)


async def test_a_strangers_extension_gives_nobody_its_password(
    floor: Floor, http: httpx2.AsyncClient, locations: dict[str, str]
) -> None:
    await prepared(floor)
    for email, place in (("branch@example.com", "Branch"), ("main@example.com", "Main")):
        made = await floor.admin.post(
            "/users",
            json={"email": email, "name": place, "role": "staff", "password": PASSWORD,
                  "location_ids": [locations[place]], "extension_ids": [floor.ada]},
        )  # fmt: skip
        assert made.status_code == 201, made.text
    phone = (await (await log_in(http, "branch@example.com")).get("/softphone")).json()
    assert (phone["state"], phone["account"]) == ("no_extension", None)
    assert (await (await log_in(http, "main@example.com")).get("/softphone")).json()["state"] == "ready"


async def opened(floor: Floor) -> list[dict[str, object]]:
    """What the audit log tells of opened browser phones, oldest first."""
    lines = (await floor.admin.get("/audit-log", params={"action": "softphone.open"})).json()["items"]
    return list(reversed(lines))


async def test_a_page_that_asks_again_leaves_no_line_but_a_login_an_address_and_a_password_do(
    floor: Floor, staff: Client, http: httpx2.AsyncClient
) -> None:
    await prepared(floor)
    await give_extension(staff, floor.ada)
    for _ in range(3):
        assert (await staff.get("/softphone")).json()["state"] == "ready"
        await floor.apply()
    (first,) = await opened(floor)
    again = await log_in(http, str(first["actor"]))
    elsewhere = httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=http._transport.app, client=("192.0.2.7", 1)),  # type: ignore[attr-defined]
        base_url=staff.base_url, headers=staff.headers,
    )  # fmt: skip
    for client in (again, elsewhere, again, elsewhere, staff):
        assert (await client.get("/softphone")).json()["state"] == "ready"
    _, login, address = await opened(floor)
    assert (login["actor"], login["ip"]) == (first["actor"], first["ip"])
    assert (address["actor"], address["ip"]) == (first["actor"], "192.0.2.7")
    assert (await floor.admin.post(f"/devices/{first['object_id']}/rotate-secret")).status_code == 200
    await staff.get("/softphone")
    assert len(await opened(floor)) == 3, "not in force yet: it is the old password"
    await floor.apply()
    for _ in range(2):
        await staff.get("/softphone")
    assert len(await opened(floor)) == 4


async def test_a_phone_that_was_only_opened_was_changed_by_nobody(floor: Floor, staff: Client) -> None:
    await prepared(floor)
    await give_extension(staff, floor.ada)
    await staff.get("/softphone")
    (line,) = await opened(floor)
    stale = {"If-Match": '"0"'}
    refused = await floor.admin.patch(f"/devices/{line['object_id']}", json={"max_contacts": 2}, headers=stale)
    assert refused.status_code == 412
    assert "Changed by admin@localhost" in refused.json()["detail"]


async def test_a_call_may_show_the_numbers_of_its_location_and_of_none(
    floor: Floor, staff: Client, locations: dict[str, str]
) -> None:
    trunk = await floor.make("trunks", name="Carrier", identity="ip", host="192.0.2.1", location_id=locations["Main"])
    for number, name, location, more in (
        ("+12025550100", "Own", locations["Main"], {}),
        ("+12025550101", "Shared", None, {}),
        ("+12025550102", "Shop", locations["Main"], {"trunk_id": trunk}),
        ("+12025550103", "Off", locations["Main"], {"enabled": False}),
        ("+12025550104", "Branch", locations["Branch"], {}),
    ):
        hangs_up = {"kind": "hangup"}
        await floor.make("phone-numbers", number=number, name=name, location_id=location, destination=hangs_up, **more)
    own = {"caller_number": "+12025550100"}
    assert (await floor.admin.patch(f"/extensions/{floor.ada}", json=own)).status_code == 200
    await prepared(floor)
    await give_extension(staff, floor.ada)
    assert (await staff.get("/softphone")).json()["shown_numbers"] == {
        "usual": "+12025550100",
        "choices": [{"number": "+12025550102", "name": "Shop"}, {"number": "+12025550101", "name": "Shared"}],
        "total": 2,
    }


async def test_of_many_numbers_the_first_are_offered_and_all_are_counted(floor: Floor, staff: Client) -> None:
    await floor.make("trunks", name="Carrier", identity="ip", host="192.0.2.1")
    for index in range(CHOICES + 2):
        number = f"+1202555{index:04}"
        await floor.make("phone-numbers", number=number, name=number, destination={"kind": "hangup"})
    await prepared(floor)
    await give_extension(staff, floor.ada)
    shown = (await staff.get("/softphone")).json()["shown_numbers"]
    assert (len(shown["choices"]), shown["choices"][-1]["number"]) == (CHOICES, "+12025550099")
    assert shown["total"] == CHOICES + 2


async def test_from_nothing_to_a_draft_to_a_phone(floor: Floor, staff: Client, manager: Client) -> None:
    await give_extension(staff, floor.ada)
    await give_extension(manager, floor.ben)
    told = (await staff.get("/softphone")).json()
    assert (told["state"], told["may_prepare"], told["account"]) == ("no_device", False, None)
    assert (await staff.post("/softphone", json={})).status_code == 403
    made = await manager.post("/softphone", json={})
    assert (made.status_code, made.json()["state"], made.json()["number"]) == (201, "not_applied", "202")
    assert (await manager.post("/softphone", json={})).status_code == 409, "there is one"
    await floor.apply()
    assert (await manager.get("/softphone")).json()["state"] == "ready"


async def test_others_may_not(floor: Floor, executive: Client, other_org_admin: Client) -> None:
    assert (await executive.get("/softphone")).status_code == 403
    assert (await other_org_admin.post("/softphone", json={"extension_id": floor.ada})).status_code == 404
    refused = await floor.admin.post("/softphone", json={})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "extension_id")
    assert (await floor.node.http.get("/api/v1/softphone")).status_code == 401


@pytest.mark.parametrize("body", [{"extension_id": "x"}, {"extension_id": None, "secret": "mine"}])
async def test_bad_input(floor: Floor, body: dict[str, object]) -> None:
    assert (await floor.admin.post("/softphone", json=body)).status_code == 422
