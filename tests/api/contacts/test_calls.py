"""Calls name who they are with, old ones too, at the cost of one question."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from controlplane.protocol.facts import Fact
from controlplane.protocol.link import VoicemailEnvelope
from tests.api.calls.system import System, wav
from tests.api.calls.test_calls import be_person_of
from tests.api.clients import Client
from tests.api.contacts.test_contacts import Json, make
from tests.api.statements import analyze, asked

CALLER, DIALED = "+15557654321", "+15550002222"


async def called_out(system: System, sent: str) -> None:
    """A call to `DIALED`, as the carrier wants its number."""
    facts = [
        one.model_dump_json().replace("dialed=+115550002222", f"dialed={sent}")
        for one in system.stream("outbound_failover")
    ]
    await system.push([Fact.model_validate_json(one) for one in facts])


async def listed(client: Client, **query: Any) -> list[Json]:
    answer = await client.get("/calls", params=query)
    assert answer.status_code == 200, answer.text
    items: list[Json] = answer.json()["items"]
    return items


def who(call: Json) -> str | None:
    contact = call["contact"]
    assert call["contact_id"] == (contact and contact["id"])
    return contact and f"{contact['name']}, {contact['company']}"


async def test_a_new_contact_names_old_calls_everywhere(system: System, admin: Client, staff: Client) -> None:
    await system.tell("missed", "internal_answered")
    await called_out(system, DIALED)
    assert [who(call) for call in await listed(admin)] == [None, None, None]
    ann = await make(admin, name="Ann", company="Acme", numbers=[{"number": CALLER}])
    far = await make(admin, name="Far", numbers=[{"number": "+12025550100"}, {"number": DIALED}])
    assert {call["direction"]: who(call) for call in await listed(admin)} == {
        "inbound": "Ann, Acme", "internal": None, "outbound": "Far, ",
    }  # fmt: skip
    (call,) = await listed(admin, contact_id=ann["id"])
    assert (call["direction"], who((await admin.get(f"/calls/{call['id']}")).json())) == ("inbound", "Ann, Acme")
    assert [one["direction"] for one in await listed(admin, contact_id=far["id"])] == ["outbound"]
    range_ = {"from": "2026-11-01T00:00:00Z", "to": "2026-12-01T00:00:00Z", "contact_id": far["id"]}
    assert (await admin.get("/calls/summary", params=range_)).json()["total"] == 1
    table = (await admin.get("/calls/export.csv", params={"contact_id": far["id"]})).text
    assert [row["contact"] for row in csv.DictReader(io.StringIO(table))] == ["Far"]
    (line,) = (await admin.get("/audit-log", params={"action": "call.export"})).json()["items"]
    assert line["after"] == {"contact_id": far["id"]}
    await be_person_of(staff, 202)
    assert {who(call) for call in await listed(staff)} <= {"Ann, Acme", None}
    await admin.delete(f"/contacts/{ann['id']}")
    assert await listed(admin, contact_id=ann["id"]) == []
    assert {call["direction"]: who(call) for call in await listed(admin)}["inbound"] is None


@pytest.mark.parametrize(("country", "sent"), [("US", "5550002222"), ("US", "15550002222"), ("DE", "0015550002222")])
async def test_numbers_sent_as_a_country_writes_them_are_known(
    system: System, admin: Client, locations: dict[str, str], country: str, sent: str
) -> None:
    await called_out(system, sent)
    far = await make(admin, name="Far", numbers=[{"number": DIALED}])
    if sent != "15550002222":
        assert [who(call) for call in await listed(admin)] == [None], "nobody says which country it is"
    await admin.patch(f"/locations/{locations['Main']}", json={"address": {"country": country}})
    assert [who(call) for call in await listed(admin)] == ["Far, "]
    assert [who(call) for call in await listed(admin, contact_id=far["id"])] == ["Far, "]


async def test_live_calls_and_messages_name_who_calls(system: System, admin: Client) -> None:
    await make(admin, name="Ann", numbers=[{"number": CALLER}])
    facts = system.stream("menu_queue_whisper")
    await system.push([fact for fact in facts if fact.at < facts[0].at + timedelta(seconds=6)])
    (live,) = (await admin.get("/calls/live")).json()["items"]
    assert who(live) == "Ann, "
    envelope = VoicemailEnvelope(
        context=f"vm-{admin.org_id.hex}", box="202", msg_id="1-1", caller_id=f"<{CALLER}>", channel="PJSIP/x",
        left_at=facts[0].at, duration_s=1,
    )  # fmt: skip
    answer = await system.upload("voicemail", "1.wav", wav(1), envelope=envelope)
    assert answer.status_code == 204, answer.text
    (message,) = (await admin.get("/voicemails")).json()["items"]
    assert message["contact"]["name"] == "Ann"
    assert (await admin.get(f"/voicemails/{message['id']}")).json()["contact"] == message["contact"]


async def test_who_may_not_read_contacts_gets_none(system: System, admin: Client, other_org_admin: Client) -> None:
    await system.tell("missed")
    ann = await make(admin, name="Ann", numbers=[{"number": CALLER}])
    await make(other_org_admin, name="Not Ann", numbers=[{"number": CALLER}])
    assert [who(call) for call in await listed(admin)] == ["Ann, "]
    key = (await admin.post("/api-keys", json={"name": "log", "scopes": ["calls:read"]})).json()["key"]
    admin.headers["Authorization"] = f"Bearer {key}"
    assert [who(call) for call in await listed(admin)] == [None]
    assert (await admin.get("/calls", params={"contact_id": ann["id"]})).status_code == 403


COPIES = """
INSERT INTO calls (id, linkedid, caller_number, started_at, {columns})
SELECT gen_random_uuid(), 'copy-' || n, '+1202' || lpad(n::text, 7, '0'), started_at - n * interval '1 min', {columns}
FROM calls, generate_series(1, 20000) n
"""


async def test_a_page_of_calls_asks_once_who_they_are_and_a_contacts_calls_are_found_by_index(
    system: System, admin: Client
) -> None:
    await system.tell("missed")
    columns = "org_id, node, direction, status, phase, dialed_number, ring_s, wait_s, talk_s, extension_ids, legs,"
    columns += " timeline, flags, last_fact_at"
    async with admin.services.uow() as uow:
        await uow.session.execute(text(COPIES.format(columns=columns)))
    await analyze(admin.services, "calls")
    for n in (7, 8):
        ann = await make(admin, name=f"Person {n}", numbers=[{"number": f"+1202{n:07}"}, {"number": f"+1303{n:07}"}])
    with asked(admin.services) as those:
        assert sum(call["contact"] is not None for call in await listed(admin, limit=200)) == 2
    assert len(those.of("contact_numbers")) == 1
    assert not those.of("locations"), "only where a number is written as inside a country"
    with asked(admin.services) as those:
        assert len(await listed(admin, contact_id=ann["id"])) == 1
    (plan,) = [one for one in await those.plans("calls") if "Limit" in one]
    assert "ix_calls_caller" in plan, plan
    assert "ix_calls_dialed" in plan, plan
    assert "Seq Scan" not in plan, plan
