"""Where phones register, and which phones and trunks are up."""

from typing import Any

import httpx2
import pytest

from controlplane.platform.settings import Settings
from tests.api.clients import Client
from tests.api.nodes.fake_node import FakeNode
from tests.api.objects.examples import Ids, make


async def beat(node: FakeNode, **told: Any) -> None:
    body = httpx2.Request("POST", "http://test", json={"asterisk_up": True, **told}).content
    answer = await node.post("heartbeat", body)
    assert answer.status_code == 204, answer.text


@pytest.fixture
async def main(http: httpx2.AsyncClient) -> FakeNode:
    """The node on which all locations are."""
    node = FakeNode(http, "main")
    assert (await node.enrol()).status_code == 200
    return node


async def test_phones_are_told_where_to_register(
    admin: Client, staff: Client, settings: Settings, main: FakeNode, locations: Ids
) -> None:
    expected = {
        "host": "127.0.0.1", "udp_port": settings.sip_port, "tcp_port": settings.sip_port,
        "tls_port": settings.sip_tls_port or settings.sip_port + 1, "wss_url": f"wss://test:{settings.wss_port}/ws",
    }  # fmt: skip
    assert (await staff.get("/connection")).json() == expected
    assert (await admin.get("/connection", params={"location_id": locations["Branch"]})).json() == expected


async def test_a_location_of_another_node_is_reached_there(
    admin: Client, http: httpx2.AsyncClient, locations: Ids
) -> None:
    away = FakeNode(http, "away")
    assert (await away.enrol()).status_code == 200
    await beat(away, sip_address="pbx2.example.com:5070")
    changed = await admin.patch(f"/locations/{locations['Branch']}", json={"node": "away"})
    assert changed.status_code == 200, changed.text
    read = (await admin.get("/connection", params={"location_id": locations["Branch"]})).json()
    assert read == {"host": "pbx2.example.com", "udp_port": 5070, "tcp_port": 5070, "tls_port": None, "wss_url": None}


async def test_nobody_learns_of_others_locations(manager: Client, other_org_admin: Client, locations: Ids) -> None:
    for client in (manager, other_org_admin):
        answer = await client.get("/connection", params={"location_id": locations["Branch"]})
        assert answer.status_code == 404
    assert (await manager.get("/connection", params={"location_id": "no-id"})).status_code == 422


async def test_status_counts_what_one_may_see(
    admin: Client, manager: Client, other_org_admin: Client, main: FakeNode, locations: Ids, ids: Ids
) -> None:
    there = await make(admin, "devices", 7, ids, location_id=locations["Branch"])
    here = (await admin.get(f"/devices/{ids['devices']}")).json()
    trunk = ids["trunks"]
    before = (await admin.get("/status")).json()
    assert (before["age_s"], before["devices"]["registered"]) == (None, 0)
    await beat(main, registered_devices=[here["name"].lower(), there["name"].lower(), "somebody-elses"],
               trunks={f"trunk-{trunk.replace('-', '')}": "up"})  # fmt: skip
    seen = (await admin.get("/status", params={"with_devices": True})).json()
    assert seen["age_s"] is not None
    assert seen["devices"] == {"enabled": 2, "registered": 2, "registered_ids": [here["id"], there["id"]]}
    assert [(one["id"], one["state"]) for one in seen["trunks"]] == [(trunk, "up")]
    assert (await manager.get("/status")).json()["devices"] == {"enabled": 1, "registered": 1, "registered_ids": None}
    nothing = (await other_org_admin.get("/status", params={"with_devices": True})).json()
    assert (nothing["devices"], nothing["trunks"]) == ({"enabled": 0, "registered": 0, "registered_ids": []}, [])


async def test_without_asterisk_nothing_is_up(admin: Client, main: FakeNode, ids: Ids) -> None:
    trunk = f"trunk-{ids['trunks'].replace('-', '')}"
    await beat(main, asterisk_up=False, registered_devices=["desk1"], trunks={trunk: "up"})
    read = (await admin.get("/status")).json()
    assert (read["devices"]["registered"], read["trunks"][0]["state"]) == (0, "unknown")


async def test_status_needs_the_right(staff: Client) -> None:
    answer = await staff.get("/status")
    assert answer.status_code == 403
    assert "devices:read" in answer.json()["detail"]


async def test_the_description_says_what_a_field_names(http: httpx2.AsyncClient) -> None:
    schemas = (await http.get("/openapi.json")).json()["components"]["schemas"]
    assert schemas["DeviceCreate"]["properties"]["extension_id"]["x-object"] == "extension"
    assert schemas["RingGroupCreate"]["properties"]["extension_ids"]["items"]["x-object"] == "extension"
    assert schemas["ExtensionCreate"]["properties"]["voicemail_box_id"]["anyOf"][0]["x-object"] == "voicemail_box"
