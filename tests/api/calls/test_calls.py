"""Lists, details and notes of calls, and who may see them."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from controlplane.calls import queries
from controlplane.calls.jobs import expire
from controlplane.platform.jobs import Queue
from controlplane.protocol.facts import Fact, FactKind, NodeFact
from tests.api.calls.system import System, extension
from tests.api.clients import Client

ALL = (
    "direct_answered_recorded", "menu_queue_whisper", "no_answer_voicemail", "busy", "missed", "queue_abandoned",
    "internal_answered", "outbound_failover",
)  # fmt: skip


async def listed(client: Client, **query: Any) -> list[dict[str, Any]]:
    answer = await client.get("/calls", params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def be_person_of(client: Client, *numbers: int) -> None:
    """Gives a user these extensions."""
    async with client.services.uow() as uow:
        await uow.session.execute(
            text("UPDATE users SET extension_ids = :ids WHERE id = :user"),
            {"ids": [extension(number) for number in numbers], "user": client.user_id},
        )


async def test_the_story_of_a_call(system: System, admin: Client) -> None:
    await system.tell("menu_queue_whisper")
    (call,) = await listed(admin)
    assert (call["status"], call["direction"], call["phase"]) == ("answered", "inbound", "ended")
    assert (call["caller_number"], call["caller_name"], call["dialed_number"]) == ("+15557654321", "Ann", "+1555000102")
    assert call["talk_s"] == pytest.approx(9.05, abs=0.01)
    assert call["wait_s"] == pytest.approx(3.53, abs=0.01)
    assert call["extension_id"] == str(extension(204))
    assert (call["recording"], call["transcript"], call["tags"], call["notes"]) == (None, None, [], None)
    detail = (await admin.get(f"/calls/{call['id']}")).json()
    assert [step["what"] for step in detail["timeline"]] == [
        "arrived", "sent to", "hours", "sent to", "key", "sent to", "ringing", "ringing", "whisper", "connected",
        "ended",
    ]  # fmt: skip
    assert [(leg["role"], leg["outcome"]) for leg in detail["legs"]] == [
        ("caller", "caller"), ("phone", "connected"), ("phone", "answered elsewhere"),
    ]  # fmt: skip
    assert detail["flags"] == []


@pytest.mark.parametrize("many", [50, 0])
async def test_a_manager_pages_through_the_calls_of_their_place_and_of_none(
    system: System,
    admin: Client,
    manager: Client,
    locations: dict[str, str],
    many: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(queries, "MANY_PLACES", many)
    await system.tell(*ALL)
    ids = [call["id"] for call in await listed(admin)]
    async with admin.services.uow() as uow:
        for at, id_ in enumerate(ids):
            place = [locations["Main"], None, locations["Branch"]][at % 3]
            await uow.session.execute(
                text("UPDATE calls SET location_id = :at WHERE id = :id"), {"at": place, "id": id_}
            )
    for sort, wanted in (("-started_at", ids), ("started_at", ids[::-1])):
        found: list[str] = []
        query: dict[str, str | int] = {"limit": 2, "sort": sort}
        while True:
            page = (await manager.get("/calls", params=query)).json()
            found += [call["id"] for call in page["items"]]
            if page["next_cursor"] is None:
                break
            query["cursor"] = page["next_cursor"]
        assert found == [id_ for id_ in wanted if ids.index(id_) % 3 != 2]
    assert (await manager.get("/calls", params={"with_total": True, "limit": 1})).json()["total"] == len(found)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, 8),
        ({"direction": "inbound"}, 6),
        ({"direction": "outbound"}, 1),
        ({"status": "missed"}, 1),
        ({"status": "voicemail"}, 1),
        ({"number": "+1555765"}, 6),
        ({"number": "+1555000102"}, 1),
        ({"number": "20"}, 2),
        ({"queue_id": "00000000-0000-7000-8010-000000000001"}, 1),
        ({"extension_id": str(extension(204))}, 2),
        ({"min_duration_s": 10}, 2),
        ({"min_duration_s": 10, "max_duration_s": 15}, 1),
        ({"q": "ann"}, 8),
        ({"q": "an & | ' !"}, 8),
        ({"q": "bob"}, 0),
        ({"tag": "vip"}, 0),
        ({"from": "2026-11-21T03:04:25Z", "to": "2026-11-21T03:04:50Z"}, 3),
        ({"location_id": "00000000-0000-7000-8002-000000000009"}, 0),
    ],
)
async def test_filters(system: System, admin: Client, query: dict[str, Any], expected: int) -> None:
    await system.tell(*ALL)
    assert len(await listed(admin, **query)) == expected


async def test_of_these_calls_those_that_match_are_told(system: System, admin: Client, other_org_admin: Client) -> None:
    await system.tell(*ALL)
    ids = [call["id"] for call in await listed(admin)]
    missed = [call["id"] for call in await listed(admin, status="missed")]
    assert [call["id"] for call in await listed(admin, ids=ids[2:5])] == ids[2:5]
    assert [call["id"] for call in await listed(admin, ids=ids, status="missed")] == missed
    others = [one for one in ids if one not in missed]
    assert await listed(admin, ids=others, status="missed") == []
    assert await listed(other_org_admin, ids=ids) == []


@pytest.mark.parametrize(
    "query", [{"number": "abc"}, {"number": "%"}, {"status": "odd"}, {"from": "yesterday"}, {"min_duration_s": -1}]
)
async def test_filters_that_make_no_sense_are_named(system: System, admin: Client, query: dict[str, Any]) -> None:
    answer = await admin.get("/calls", params=query)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] in query


async def test_pages_are_stable_while_calls_come_in(system: System, admin: Client) -> None:
    await system.tell(*ALL[:5])
    first = (await admin.get("/calls", params={"limit": 2, "with_total": True})).json()
    assert first["total"] == 5
    await system.tell(*ALL[5:])
    seen = [call["linkedid"] for call in first["items"]]
    cursor = first["next_cursor"]
    while cursor:
        page = (await admin.get("/calls", params={"limit": 2, "cursor": cursor})).json()
        seen += [call["linkedid"] for call in page["items"]]
        cursor = page["next_cursor"]
    assert len(seen) == len(set(seen)) == 5
    assert [call["started_at"] for call in await listed(admin)] == sorted(
        (call["started_at"] for call in await listed(admin)), reverse=True
    )


async def test_nobody_sees_another_organisation(system: System, admin: Client, other_org_admin: Client) -> None:
    await system.tell("missed")
    (call,) = await listed(admin)
    assert await listed(other_org_admin) == []
    for path in ("", "/recording", "/transcript"):
        assert (await other_org_admin.get(f"/calls/{call['id']}{path}")).status_code == 404
    assert (await other_org_admin.patch(f"/calls/{call['id']}", json={"notes": "x"})).status_code == 404
    assert (await other_org_admin.post(f"/calls/{call['id']}/hangup")).status_code == 404


async def test_managers_see_their_locations_and_executives_all(
    system: System, manager: Client, executive: Client, locations: dict[str, str]
) -> None:
    await system.tell("missed")
    await system.tell("busy", location_id=locations["Branch"])
    assert [call["status"] for call in await listed(manager)] == ["missed"]
    assert len(await listed(executive)) == 2
    (call,) = await listed(manager)
    assert (await manager.patch(f"/calls/{call['id']}", json={"notes": "x"})).status_code == 200
    assert (await executive.patch(f"/calls/{call['id']}", json={"notes": "x"})).status_code == 403


async def test_staff_see_only_calls_of_their_own_extensions(system: System, admin: Client, staff: Client) -> None:
    await system.tell(*ALL)
    assert await listed(staff) == []
    await be_person_of(staff, 201)
    own = {call["linkedid"] for call in await listed(staff)}
    assert len(own) == 3  # one answered, one dialled inside, one dialled outside
    for call in await listed(admin):
        expected = 200 if call["linkedid"] in own else 404
        assert (await staff.get(f"/calls/{call['id']}")).status_code == expected


async def test_notes_need_the_version_that_was_read(system: System, admin: Client) -> None:
    await system.tell("missed")
    (call,) = await listed(admin)
    path = f"/calls/{call['id']}"
    tag = (await admin.get(path)).headers["ETag"]
    changes = {"notes": "Wants an offer; 3 rooms", "tags": ["VIP", "vip", "offer"], "outcome": "quote sent"}
    changed = await admin.patch(path, json=changes, headers={"If-Match": tag})
    assert changed.status_code == 200
    assert changed.json()["tags"] == ["vip", "offer"]
    assert (await admin.patch(path, json={"notes": "mine"}, headers={"If-Match": tag})).status_code == 412
    assert (await admin.patch(path, json={"status": "answered"})).status_code == 422
    assert [found["id"] for found in await listed(admin, q="room off", tag="VIP")] == [call["id"]]
    lines = (await admin.get("/audit-log", params={"action": "call.update"})).json()["items"]
    assert [line["after"]["outcome"] for line in lines] == ["quote sent"]


async def test_live_calls_and_hanging_up(system: System, admin: Client) -> None:
    facts = system.stream("menu_queue_whisper")
    talking = facts[0].at + timedelta(seconds=6)
    await system.push([fact for fact in facts if fact.at < talking])
    live = (await admin.get("/calls/live")).json()["items"]
    assert [(call["status"], call["phase"]) for call in live] == [("live", "answered")]
    path = f"/calls/{live[0]['id']}/hangup"
    assert (await admin.post(path)).status_code == 202
    (command,) = (await system.node.get("poll", wait_s=0)).json()["commands"]
    assert (command["kind"], command["args"]) == ("hangup", {"linkedid": live[0]["linkedid"]})
    await system.push([fact for fact in facts if fact.at >= talking])
    assert (await admin.get("/calls/live")).json()["items"] == []
    assert (await admin.post(path)).status_code == 409


async def test_a_stop_of_asterisk_closes_its_live_calls(system: System, admin: Client) -> None:
    facts = [fact for fact in system.stream("menu_queue_whisper") if fact.kind == FactKind.CEL]
    await system.push(facts[:19])
    down_at = facts[18].at + timedelta(seconds=20)
    down = Fact(boot=facts[0].boot, seq=5000, kind=FactKind.NODE, at=down_at,
                payload={"event": NodeFact.ASTERISK_DOWN})  # fmt: skip
    await system.push([down])
    (call,) = await listed(admin)
    assert (call["status"], call["hangup_cause"]) == ("answered", "end unknown")
    assert call["ended_at"].startswith(f"{down_at:%Y-%m-%dT%H:%M:%S}")
    await system.push(facts[19:])  # only the link to Asterisk was gone
    (call,) = await listed(admin)
    assert (call["status"], call["hangup_cause"]) == ("answered", "normal clearing")
    assert call["talk_s"] == pytest.approx(9.05, abs=0.01)


async def test_a_call_without_an_end_expires(system: System, admin: Client) -> None:
    await system.push(system.stream("queue_abandoned")[:9])
    assert [call["status"] for call in await listed(admin)] == ["live"]
    async with system.node.services.uow() as uow:
        await uow.session.execute(text("UPDATE calls SET last_fact_at = last_fact_at - interval '1 day'"))
    await expire(system.node.services)
    await system.work(Queue.CALL)
    assert [(call["status"], call["hangup_cause"]) for call in await listed(admin)] == [("abandoned", "end unknown")]


async def test_what_happened_is_told_once(system: System, admin: Client) -> None:
    await system.tell("queue_abandoned")
    await system.tell("queue_abandoned")
    async with admin.services.uow() as uow:
        names = (
            await uow.session.scalars(text("SELECT name FROM event_log WHERE name LIKE 'call.%' ORDER BY id"))
        ).all()
    assert list(names) == ["call.started", "call.ended"]
