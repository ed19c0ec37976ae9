"""What a process keeps of a configuration is never older than one look at the database."""

import asyncio
import random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from controlplane.identity.door import load_organizations
from controlplane.identity.models import Location, Organization
from controlplane.identity.schemas import OrganizationInfo
from controlplane.kit.destination import Spoken
from controlplane.objects.schemas import ObjectFields, Stored
from controlplane.objects.service import change, create, delete
from controlplane.platform.auth import Principal
from controlplane.platform.services import Services
from controlplane.telephony.configuration import sound_key
from controlplane.telephony.flow_schemas import Expectation, FlowTestFields, Situation
from controlplane.telephony.loading import forget, load_organization
from controlplane.telephony.repository import save_sound
from controlplane.telephony.schemas import ExtensionFields, PromptFields

Objects = dict[str, Stored[ObjectFields]]


async def an_organization(services: Services) -> tuple[OrganizationInfo, Principal]:
    async with services.uow() as uow:
        uow.session.add(Organization(name="Loaded"))
        await uow.session.flush()
        info = next(one for one in await load_organizations(uow.session) if one.name == "Loaded")
    return info, Principal(org_id=info.id, scopes=frozenset({"*"}), label="test")


async def loaded(services: Services, organization: OrganizationInfo) -> Objects:
    async with services.uow() as uow:
        configuration = await load_organization(services, uow.session, organization)
    assert list(configuration.objects) == sorted(configuration.objects, key=lambda one: one.id)
    return {one.fields.name: one for one in configuration.objects}


async def add(services: Services, admin: Principal, name: str, number: str) -> UUID:
    async with services.uow() as uow:
        row, _ = await create(uow, services.crypto, admin, ExtensionFields(name=name, number=number))
        return row.id


async def edit(services: Services, admin: Principal, id_: UUID, changes: dict[str, Any]) -> None:
    async with services.uow() as uow:
        await change(uow, services.crypto, admin, ExtensionFields, id_, changes)


async def test_what_did_not_change_stays_the_very_same_object(services: Services) -> None:
    organization, admin = await an_organization(services)
    ids = {
        name: await add(services, admin, name, number) for name, number in (("A", "201"), ("B", "202"), ("C", "203"))
    }
    first = await loaded(services, organization)
    assert set(first) == {"A", "B", "C"}
    await edit(services, admin, ids["B"], {"ring_s": 33})
    async with services.uow() as uow:
        await delete(uow, admin, ExtensionFields, ids["C"])
    await add(services, admin, "D", "204")
    second = await loaded(services, organization)
    assert set(second) == {"A", "B", "D"}
    assert second["A"] is first["A"]
    assert second["B"].fields.model_dump()["ring_s"] == 33
    again = await loaded(services, organization)
    assert all(again[name] is second[name] for name in second)


async def test_only_a_deletion_is_noticed_too(services: Services) -> None:
    organization, admin = await an_organization(services)
    ids = [await add(services, admin, f"Line {number}", str(number)) for number in range(201, 204)]
    await loaded(services, organization)
    async with services.uow() as uow:
        await delete(uow, admin, ExtensionFields, ids[1])
    assert set(await loaded(services, organization)) == {"Line 201", "Line 203"}


async def test_another_writer_is_noticed_even_without_a_new_version(services: Services) -> None:
    organization, admin = await an_organization(services)
    await add(services, admin, "A", "201")
    await loaded(services, organization)
    async with services.uow() as uow:  # as a migration or an operator's SQL does
        await uow.session.execute(text("""UPDATE config_objects SET fields = jsonb_set(fields, '{ring_s}', '44')"""))
    assert (await loaded(services, organization))["A"].fields.model_dump()["ring_s"] == 44


async def test_what_was_taken_back_was_never_there(services: Services) -> None:
    organization, admin = await an_organization(services)
    id_ = await add(services, admin, "A", "201")
    async with services.uow() as uow:
        await change(uow, services.crypto, admin, ExtensionFields, id_, {"ring_s": 30})
        inside = await load_organization(services, uow.session, organization)
        assert inside.objects[0].fields.model_dump()["ring_s"] == 30
        await change(uow, services.crypto, admin, ExtensionFields, id_, {"ring_s": 31})
        inside = await load_organization(services, uow.session, organization)
        assert inside.objects[0].fields.model_dump()["ring_s"] == 31
        await uow.session.rollback()
    assert (await loaded(services, organization))["A"].fields.model_dump()["ring_s"] == 20


async def test_a_writer_that_was_under_way_at_the_last_look_is_noticed(services: Services) -> None:
    organization, admin = await an_organization(services)
    ids = [await add(services, admin, f"Line {number}", str(number)) for number in (201, 202)]
    async with services.uow() as slow:
        await change(slow, services.crypto, admin, ExtensionFields, ids[0], {"ring_s": 30})
        await edit(services, admin, ids[1], {"ring_s": 31})  # a later transaction, and there first
        found = await loaded(services, organization)
        assert [one.fields.model_dump()["ring_s"] for one in found.values()] == [20, 31]
    found = await loaded(services, organization)
    assert [one.fields.model_dump()["ring_s"] for one in found.values()] == [30, 31]


async def test_what_is_there_but_for_a_moment_takes_another_ones_place(services: Services) -> None:
    organization, admin = await an_organization(services)
    ids = [await add(services, admin, f"Line {number}", str(number)) for number in (201, 202)]
    await loaded(services, organization)
    async with services.uow() as uow:  # as many as before
        await delete(uow, admin, ExtensionFields, ids[0])
        await create(uow, services.crypto, admin, ExtensionFields(name="Line 203", number="203"))
    assert set(await loaded(services, organization)) == {"Line 202", "Line 203"}
    async with services.uow() as uow:
        await delete(uow, admin, ExtensionFields, ids[1])
        inside = await load_organization(services, uow.session, organization)
        assert [one.fields.name for one in inside.objects] == ["Line 203"]
        await uow.session.rollback()
    assert set(await loaded(services, organization)) == {"Line 202", "Line 203"}


async def places_of(services: Services, organization: OrganizationInfo, amount: int) -> list[UUID]:
    async with services.uow() as uow:
        places = [
            Location(org_id=organization.id, name=f"Place {n}", timezone="UTC", address={}) for n in range(amount)
        ]
        uow.session.add_all(places)
        await uow.session.flush()
        return [one.id for one in places]


async def zones(services: Services, organization: OrganizationInfo) -> list[str]:
    async with services.uow() as uow:
        configuration = await load_organization(services, uow.session, organization)
    return [one.timezone for one in configuration.locations.values()]


async def test_a_location_that_changes_is_noticed_and_one_that_was_taken_back_is_not(services: Services) -> None:
    organization, admin = await an_organization(services)
    await add(services, admin, "A", "201")
    assert await zones(services, organization) == []
    await places_of(services, organization, 2)
    assert await zones(services, organization) == ["UTC", "UTC"]
    async with services.uow() as uow:
        await uow.session.execute(text("UPDATE locations SET timezone = 'Asia/Tokyo' WHERE name = 'Place 1'"))
        inside = await load_organization(services, uow.session, organization)
        assert [one.timezone for one in inside.locations.values()] == ["UTC", "Asia/Tokyo"]
        await uow.session.rollback()
    assert await zones(services, organization) == ["UTC", "UTC"]
    async with services.uow() as uow:
        await uow.session.execute(text("DELETE FROM locations WHERE name = 'Place 0'"))
    assert await zones(services, organization) == ["UTC"]


@pytest.mark.parametrize("seed", range(3))
async def test_after_any_changes_it_is_what_a_fresh_process_reads(services: Services, seed: int) -> None:
    chance = random.Random(seed)
    organization, admin = await an_organization(services)
    places = [None, *await places_of(services, organization, 3)]
    ids: list[UUID] = []
    for step in range(60):
        match chance.choice(["add", "edit", "move", "delete", "delete"] if len(ids) > 6 else ["add", "add", "move"]):
            case "add":
                fields = ExtensionFields(name=f"Line {step}", number=f"{200 + step}", location_id=chance.choice(places))
                async with services.uow() as uow:
                    ids.append((await create(uow, services.crypto, admin, fields))[0].id)
            case "edit" if ids:
                await edit(services, admin, chance.choice(ids), {"ring_s": 10 + step})
            case "move" if ids:
                await edit(services, admin, chance.choice(ids), {"location_id": chance.choice(places)})
            case "delete":
                async with services.uow() as uow:
                    await delete(uow, admin, ExtensionFields, ids.pop(chance.randrange(len(ids))))
        if chance.random() < 0.5:
            carried_on = await loaded(services, organization)
            forget()
            assert carried_on == await loaded(services, organization)


WORDS = ("Welcome.", "Goodbye.", "Please hold.")


async def heard(services: Services, organization: OrganizationInfo) -> dict[str, str]:
    """Which sound each prompt has, by its name; nothing else may be known."""
    async with services.uow() as uow:
        configuration = await load_organization(services, uow.session, organization)
    files = {key: sound.files["wav"] for key, sound in configuration.sounds.items()}
    prompts = {one.fields.name: files.pop(sound_key(Spoken(prompt_id=one.id)), "") for one in configuration.objects}
    assert all(key.startswith("text:") for key in files)
    return prompts


@pytest.mark.parametrize("with_test", [False, True])
async def test_each_prompt_has_the_sound_of_its_text(services: Services, *, with_test: bool) -> None:
    organization, admin = await an_organization(services)
    chance = random.Random(7)
    async with services.uow() as uow:
        for words in WORDS:
            row = {
                "key": sound_key(Spoken(text=words)),
                "voice": "test",
                "state": "ready",
                "duration_ms": 900,
                "error": "",
            }
            await save_sound(uow.session, {**row, "files": {"wav": words, "wav16": words}})
        if with_test:  # flow tests are left out of what is loaded, which must not change what is heard
            given, expect = Situation.model_validate({"number": "+12025550100"}), Expectation.model_validate({})
            await create(uow, services.crypto, admin, FlowTestFields(name="Test", given=given, expect=expect))
    said: dict[UUID, tuple[str, str]] = {}
    for step in range(40):
        kind = chance.choice(["add", "say", "delete"] if len(said) > 2 else ["add"])
        words, id_ = chance.choice(WORDS), chance.choice(list(said)) if said else None
        async with services.uow() as uow:
            if kind == "add":
                made, _ = await create(uow, services.crypto, admin, PromptFields(name=f"Prompt {step}", text=words))
                said[made.id] = made.name, words
            elif kind == "say" and id_:
                await change(uow, services.crypto, admin, PromptFields, id_, {"text": words})
                said[id_] = said[id_][0], words
            elif id_:
                await delete(uow, admin, PromptFields, id_)
                del said[id_]
        if step == 20:
            forget()
        assert await heard(services, organization) == dict(said.values())


async def test_what_changes_together_is_never_seen_apart(services: Services) -> None:
    organization, admin = await an_organization(services)
    ids = []
    for number, place in enumerate(await places_of(services, organization, 2), 201):
        async with services.uow() as uow:
            fields = ExtensionFields(name=str(number), number=str(number), location_id=place)
            ids.append((await create(uow, services.crypto, admin, fields))[0].id)

    moment = [20, 20]  # how long the two ring
    moments = {tuple(moment)}

    async def write() -> None:
        for ring_s in range(30, 110):
            changed = (0, 1) if ring_s % 2 else (1,)
            for number in changed:
                moment[number] = ring_s
            moments.add(tuple(moment))
            async with services.uow() as uow:
                for number in changed:
                    await change(uow, services.crypto, admin, ExtensionFields, ids[number], {"ring_s": ring_s})

    writing = asyncio.create_task(write())
    seen: set[tuple[int, ...]] = set()
    while not writing.done():
        if len(seen) % 4 == 3:
            forget()  # a process that has just started reads all
        found = await loaded(services, organization)
        rings = tuple(found[name].fields.model_dump()["ring_s"] for name in ("201", "202"))
        assert rings in moments
        seen.add(rings)
    await writing
    assert len(seen) > 10
