"""Who has rights in some locations plans, applies and rolls back changes of these only."""

from typing import Any

import pytest
from sqlalchemy import text

from controlplane.release import gate
from tests.api.clients import Client


async def make(client: Client, resource: str, **fields: Any) -> dict[str, Any]:
    answer = await client.post(f"/{resource}", json=fields)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def applied(client: Client) -> dict[str, Any]:
    """A release that counts as live at once: no node is there to say so."""
    answer = await client.post("/config/releases", json={"reason": "test"})
    assert answer.status_code == 202, answer.text
    release: dict[str, Any] = answer.json()
    async with client.services.uow() as uow:
        await uow.session.execute(text("UPDATE releases SET state = 'retired' WHERE state = 'live'"))
        await uow.session.execute(text("UPDATE releases SET state = 'live' WHERE id = :id"), {"id": release["id"]})
    return release


async def test_a_manager_applies_changes_of_the_own_location_only(
    admin: Client, manager: Client, locations: dict[str, str]
) -> None:
    await make(admin, "extensions", name="Here", number="201", location_id=locations["Main"])
    there = await make(admin, "extensions", name="There", number="301", location_id=locations["Branch"])
    first = await applied(admin)

    await make(manager, "extensions", name="Mine", number="202", location_id=locations["Main"])
    plan = (await manager.post("/config/plan")).json()
    assert [change["name"] for change in plan["changes"]] == ["Mine"]

    assert (await admin.patch(f"/extensions/{there['id']}", json={"ring_s": 30})).status_code == 200
    for path in ("/config/plan", "/config/releases"):
        refused = await manager.post(path, json={"reason": "mine"})
        assert refused.status_code == 403, refused.text
        assert refused.json()["detail"] == "1 of 2 changes that wait to be applied are outside of your locations."
        assert "Ask an admin" in refused.json()["hint"]
        assert "There" not in refused.text
    second = await applied(admin)

    await make(manager, "extensions", name="Mine, too", number="203", location_id=locations["Main"])
    await applied(manager)
    refused = await manager.post(f"/config/releases/{first['id']}/rollback", json={"reason": "back"})
    assert refused.status_code == 403
    answer = await manager.post(f"/config/releases/{second['id']}/rollback", json={"reason": "back"})
    assert answer.status_code == 202, "only the manager's own change goes back"


async def test_what_belongs_to_the_whole_organisation_is_not_a_managers(admin: Client, manager: Client) -> None:
    await applied(admin)
    await make(admin, "extensions", name="Everywhere", number="400")
    assert (await manager.post("/config/plan")).status_code == 403
    assert (await admin.post("/config/plan")).status_code == 200


async def test_comparing_and_going_on_are_for_those_with_rights_everywhere(admin: Client, manager: Client) -> None:
    release = await applied(admin)
    assert (await manager.get("/config/releases/compare?from=live&to=draft")).status_code == 403
    assert (await manager.post(f"/config/releases/{release['id']}/resume")).status_code == 403
    assert (await admin.get("/config/releases/compare?from=live&to=draft")).json()["changes"] == []


async def test_an_apply_takes_back_nothing_that_went_live_while_it_was_tested(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    others: list[dict[str, Any]] = []

    async def somebody_is_faster(*_: object) -> list[Any]:
        if not others:
            others.append({})
            others.append(await applied(admin))
        return []

    await applied(admin)
    monkeypatch.setattr(gate, "_gates", [somebody_is_faster])
    refused = await admin.post("/config/releases", json={"reason": "slow"})
    assert (refused.status_code, refused.json()["detail"]) == (409, "Another release went live meanwhile.")
    newest = (await admin.get("/config/releases")).json()["items"][0]
    assert newest["id"] == others[1]["id"]
