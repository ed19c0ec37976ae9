"""A call explained over HTTP: who sees what of it, and what is said when something is missing."""

import json
from typing import Any

from sqlalchemy import text

from controlplane.protocol.facts import Fact
from tests.api.calls.system import System
from tests.api.calls.test_calls import be_person_of, listed
from tests.api.clients import Client
from tests.api.commands import controlplane


async def explained(client: Client, call_id: str) -> dict[str, Any]:
    answer = await client.get(f"/calls/{call_id}/explain")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_every_step_is_told_with_its_place(system: System, admin: Client) -> None:
    await system.tell("menu_queue_whisper")
    (call,) = await listed(admin)
    told = await explained(admin, call["id"])
    assert [step["what"] for step in told["steps"]] == [
        "arrived", "sent to", "hours", "sent to", "key", "sent to", "ringing", "ringing", "whisper", "connected",
        "ended",
    ]  # fmt: skip
    assert told["headline"].startswith("Inbound call, answered, 2026-11-21 03:04:03 UTC, 14.0 s, 9.1 s of them talk")
    key = told["steps"][4]
    assert (key["source"]["context"], key["source"]["exten"], key["source"]["file"]) == ("scn-02", "t", None)
    assert told["steps"][5]["took_s"] == 3.528
    assert len(told["story"]) == 1 + len(told["steps"]) + len(told["unknown"])


async def test_what_is_not_known_is_said(system: System, admin: Client) -> None:
    await system.tell("busy")
    (call,) = await listed(admin)
    told = await explained(admin, call["id"])
    assert told["release"] is None
    assert told["unknown"][0].startswith("Which configuration was in force is not known")
    assert any("00000000-0000-7000-8003-000000000203" in line for line in told["unknown"])
    async with admin.services.uow() as uow:
        await uow.session.execute(text("DELETE FROM facts"))
    later = await explained(admin, call["id"])
    assert later["unknown"][0].startswith("The call's events are no longer kept")
    assert [step["words"] for step in later["steps"]] == [step["words"] for step in told["steps"]]
    assert all(step["source"] is None for step in later["steps"])


async def test_old_names_come_from_the_release_and_else_from_today(system: System, admin: Client) -> None:
    made = (await admin.post("/extensions", json={"name": "Old name", "number": "203"})).json()
    first = await apply(admin, "First")
    facts = system.stream("busy")
    old = "00000000-0000-7000-8003-000000000203"
    told = [
        Fact.model_validate_json(one.model_dump_json().replace(old, made["id"]).replace("r-7", first)) for one in facts
    ]
    await system.push(told)
    async with admin.services.uow() as uow:
        await uow.session.execute(text("UPDATE node_bundles SET node = 'cap1'"))
    etag = (await admin.get(f"/extensions/{made['id']}")).headers["ETag"]
    await admin.patch(f"/extensions/{made['id']}", json={"name": "New name"}, headers={"If-Match": etag})
    (call,) = await listed(admin)
    known = await explained(admin, call["id"])
    assert known["steps"][1]["words"] == "went to extension 203 Old name, because the number leads there"
    assert (known["release"]["reason"], known["release"]["certain"]) == ("First", True)
    async with admin.services.uow() as uow:
        await uow.session.execute(text("UPDATE releases SET snapshot = ''"))
    later = await explained(admin, call["id"])
    assert later["steps"][1]["words"] == "went to extension New name, because the number leads there"
    assert later["unknown"][0] == f"What release {known['release']['number']} said is no longer kept."
    assert "These names are those of today: New name." in later["unknown"]


async def apply(admin: Client, reason: str) -> str:
    answer = await admin.post("/config/releases", json={"reason": reason})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


async def test_a_call_whose_end_never_came_says_so(system: System, admin: Client) -> None:
    facts = [fact for fact in system.stream("menu_abandoned") if fact.payload.get("eventtype") != "LINKEDID_END"]
    await system.push([fact for fact in facts if fact.payload.get("eventtype") not in {"HANGUP", "CHAN_END"}])
    (call,) = await listed(admin)
    assert call["status"] == "live"
    told = await explained(admin, call["id"])
    assert told["steps"][-1]["what"] == "sent to"
    assert told["headline"].startswith("Inbound call, live, ")


async def test_staff_are_told_of_their_own_calls_without_dialplan(
    system: System, admin: Client, staff: Client, other_org_admin: Client
) -> None:
    await system.tell("busy", "internal_answered")
    await be_person_of(staff, 204)
    calls = {call["direction"]: call["id"] for call in await listed(admin)}
    told = await explained(staff, calls["internal"])
    assert all(step["source"] is None for step in told["steps"])
    assert (await staff.get(f"/calls/{calls['inbound']}/explain")).status_code == 404
    assert (await other_org_admin.get(f"/calls/{calls['internal']}/explain")).status_code == 404


async def test_the_command_line_tells_the_same(system: System, admin: Client) -> None:
    await system.tell("busy")
    (call,) = await listed(admin)
    told = await explained(admin, call["id"])
    for name in (call["id"], call["linkedid"]):
        code, out, errors = await controlplane(admin, "explain", name)
        assert (code, out.splitlines()) == (0, told["story"]), errors
    code, out, errors = await controlplane(admin, "explain", call["id"], "--technical")
    assert code == 0, errors
    assert "    PJSIP/dev203-0000000c: busy; Q.850 17, user busy" in out.splitlines()
    assert any("scn-05,s  CELGenUserEvent(CP_AT,kind=extension|" in line for line in out.splitlines())
    code, out, errors = await controlplane(admin, "explain", call["id"], "--json")
    assert (code, json.loads(out)["explanation"]) == (0, told), errors
    code, out, errors = await controlplane(admin, "explain", "nobody-1.1")
    assert code == 1
    assert "There is no call 'nobody-1.1'" in errors
