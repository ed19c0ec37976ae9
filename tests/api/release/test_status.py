"""How many changes wait, told at all times."""

from typing import Any

import pytest
from sqlalchemy import text

from controlplane.kit.destination import Spoken
from controlplane.telephony.configuration import sound_key
from tests.api.clients import Client
from tests.api.release.test_reach import applied, make


async def status(client: Client) -> dict[str, Any]:
    answer = await client.get("/config/status")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_it_counts_what_a_plan_would_tell(admin: Client, locations: dict[str, str]) -> None:
    assert await status(admin) == {
        "changes_count": 0, "elsewhere_count": 0, "failed_sounds": 0, "live": None, "newest": None,
    }  # fmt: skip
    desk = await make(admin, "extensions", name="Desk", number="201")
    assert (await status(admin))["changes_count"] == 1
    release = await applied(admin)
    told = await status(admin)
    assert (told["changes_count"], told["live"]["number"], told["newest"]["id"]) == (
        0, release["number"], release["id"],
    )  # fmt: skip
    await admin.patch(f"/extensions/{desk['id']}", json={"ring_s": 40})
    await make(admin, "extensions", name="Other", number="202")
    await admin.patch(f"/locations/{locations['Main']}", json={"timezone": "Europe/Rome"})
    plan = (await admin.post("/config/plan")).json()
    assert (await status(admin))["changes_count"] == len(plan["changes"]) == 3
    await admin.patch(f"/extensions/{desk['id']}", json={"ring_s": desk["ring_s"]})
    assert (await status(admin))["changes_count"] == 2, "changed and changed back is no change"


async def test_a_manager_hears_how_many_of_them_an_admin_has_to_apply(
    admin: Client, manager: Client, other_org_admin: Client, locations: dict[str, str]
) -> None:
    await applied(admin)
    await make(admin, "extensions", name="There", number="301", location_id=locations["Branch"])
    await make(manager, "extensions", name="Here", number="201", location_id=locations["Main"])
    told = await status(manager)
    assert (told["changes_count"], told["elsewhere_count"]) == (2, 1)
    assert (await status(admin))["elsewhere_count"] == 0
    assert (await status(other_org_admin))["changes_count"] == 0


@pytest.mark.parametrize("change", ["delete", "move"])
async def test_what_leaves_another_place_is_elsewhere(
    admin: Client, manager: Client, locations: dict[str, str], change: str
) -> None:
    there = await make(admin, "extensions", name="There", number="301", location_id=locations["Branch"])
    await applied(admin)
    if change == "delete":
        await admin.delete(f"/extensions/{there['id']}")
    else:
        await admin.patch(f"/extensions/{there['id']}", json={"location_id": locations["Main"]})
    told = await status(manager)
    assert (told["changes_count"], told["elsewhere_count"]) == (1, 1)


async def test_sounds_that_could_not_be_made_are_counted(admin: Client) -> None:
    prompt = await make(admin, "prompts", name="Welcome", text="Hello")
    assert (await status(admin))["failed_sounds"] == 0, "it was not tried yet"
    key = sound_key(Spoken(text="Hello"))
    async with admin.services.uow() as uow:
        await uow.session.execute(
            text(
                "INSERT INTO sounds (key, voice, state, files, duration_ms, error)"
                " VALUES (:key, 'v', 'failed', '{}', 0, 'broken')"
            ),
            {"key": key},
        )
    assert (await status(admin))["failed_sounds"] == 1
    await admin.delete(f"/prompts/{prompt['id']}")
    assert (await status(admin))["failed_sounds"] == 0


async def test_staff_may_not_look(staff: Client) -> None:
    assert (await staff.get("/config/status")).status_code == 403
