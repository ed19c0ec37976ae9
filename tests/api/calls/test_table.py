"""Calls taken away as a table, and tagged by the hundred."""

import csv
import io

from sqlalchemy import text

from controlplane.calls import export
from tests.api.calls.system import System
from tests.api.clients import Client

EVIL = '=HYPERLINK("http://evil.example")'


async def table(client: Client, **query: str) -> list[dict[str, str]]:
    answer = await client.get("/calls/export.csv", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


async def test_the_table_has_the_calls_of_the_filter_and_no_formulas(
    system: System, admin: Client, staff: Client, other_org_admin: Client
) -> None:
    await system.tell("menu_queue_whisper", "missed", "busy")
    (call,) = (await admin.get("/calls", params={"status": "missed"})).json()["items"]
    await admin.patch(f"/calls/{call['id']}", json={"notes": EVIL, "tags": ["vip", "call back"]})
    rows = await table(admin)
    assert [row["status"] for row in rows] == [one["status"] for one in (await admin.get("/calls")).json()["items"]]
    (row,) = await table(admin, status="missed")
    assert (row["id"], row["notes"], row["tags"]) == (call["id"], f"'{EVIL}", "vip, call back")
    assert (row["caller_number"], row["location"]) == (f"'{call['caller_number']}", "Main")
    assert await table(staff) == await table(other_org_admin) == []
    assert (await admin.get("/calls/export.csv", params={"status": "nonsense"})).status_code == 422
    lines = (await admin.get("/audit-log", params={"action": "call.export"})).json()["items"]
    assert {"status": "missed"} in [line["after"] for line in lines]


async def test_only_those_that_were_picked_out(system: System, admin: Client, other_org_admin: Client) -> None:
    await system.tell("missed", "busy")
    first, _ = [one["id"] for one in (await admin.get("/calls")).json()["items"]]
    answer = await admin.post("/calls/export.csv", json={"call_ids": [first]})
    assert [row["id"] for row in csv.DictReader(io.StringIO(answer.text))] == [first]
    lines = (await admin.get("/audit-log", params={"action": "call.export"})).json()["items"]
    assert lines[0]["after"] == {"ids": [first]}
    theirs = await other_org_admin.post("/calls/export.csv", json={"call_ids": [first]})
    assert not list(csv.DictReader(io.StringIO(theirs.text)))
    assert (await admin.post("/calls/export.csv", json={"call_ids": []})).status_code == 422


async def test_a_long_table_comes_whole(system: System, admin: Client) -> None:
    await system.tell("missed")
    async with admin.services.uow() as uow:
        columns = "org_id, node, direction, status, phase, started_at, ring_s, wait_s, talk_s, extension_ids, legs,"
        columns += " timeline, flags, last_fact_at"
        copies = export._PAGE * 2
        await uow.session.execute(
            text(
                f"INSERT INTO calls (id, linkedid, {columns}) SELECT gen_random_uuid(), 'copy-' || n, {columns}"
                f" FROM calls, generate_series(1, {copies}) n"
            )
        )
    rows = await table(admin)
    assert len({row["id"] for row in rows}) == len(rows) == export._PAGE * 2 + 1


async def test_many_calls_are_tagged_at_once(
    system: System, admin: Client, executive: Client, staff: Client, other_org_admin: Client
) -> None:
    await system.tell("missed", "busy")
    first, second = [one["id"] for one in (await admin.get("/calls")).json()["items"]]
    await admin.patch(f"/calls/{first}", json={"tags": ["old"]})
    body = {"call_ids": [first, second], "add": ["VIP"], "remove": ["old"]}
    assert (await executive.post("/calls/tags", json=body)).status_code == 403
    assert (await staff.post("/calls/tags", json=body)).status_code == 403
    assert (await other_org_admin.post("/calls/tags", json=body)).status_code == 404
    assert (await admin.post("/calls/tags", json=body)).json() == {"changed": 2}
    assert (await admin.post("/calls/tags", json=body)).json() == {"changed": 0}
    assert [one["tags"] for one in (await admin.get("/calls")).json()["items"]] == [["vip"], ["vip"]]
    stale = await admin.patch(f"/calls/{first}", json={"notes": "x"}, headers={"If-Match": '"2"'})
    assert stale.status_code == 412
    lines = (await admin.get("/audit-log", params={"object_id": first})).json()["items"]
    assert (lines[0]["before"], lines[0]["after"]) == ({"tags": ["old"]}, {"tags": ["vip"]})
    many = {"call_ids": [first], "add": [f"t{n}" for n in range(50)]}
    assert (await admin.post("/calls/tags", json=many)).status_code == 422, "with the one it has these are too many"
    assert (await admin.post("/calls/tags", json={"call_ids": []})).status_code == 422
