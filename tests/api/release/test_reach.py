"""Who has rights in some locations plans, applies and rolls back changes of these only."""

from typing import Any

from sqlalchemy import text

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
