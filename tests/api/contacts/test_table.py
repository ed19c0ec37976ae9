"""Contacts out and in as a table."""

import csv
import io
from uuid import uuid4

import pytest

import controlplane.entrypoints.worker  # noqa: F401 - declares the jobs
from controlplane.ascode import background
from controlplane.contacts.importing import import_table
from controlplane.platform.auth import Principal
from controlplane.platform.jobs import Queue
from tests.api.clients import Client
from tests.api.contacts.test_contacts import ANN, Json, found, make

EVIL = '=HYPERLINK("http://evil.example")'
TABLE = f"""name;company;numbers;tags;notes
Ann;Müller;mobile:+1 (202) 555-0101|'+12025550102;vip|bike;Two dogs
"{EVIL.replace('"', '""')}";;work:+12025550103;;

Nobody;;;;
"""


async def send(client: Client, table: str | bytes, **query: str) -> Json:
    content = table.encode() if isinstance(table, str) else table
    answer = await client.post("/contacts/import", content=content, params=query)
    assert answer.status_code in {200, 422}, answer.text
    told: Json = answer.json()
    return told


async def exported(client: Client, **query: str) -> bytes:
    answer = await client.get("/contacts/export.csv", params=query)
    assert answer.status_code == 200, answer.text
    return answer.content


async def test_a_table_makes_contacts_and_leaves_a_line_of_each(admin: Client) -> None:
    dry = await send(admin, TABLE, dry_run="true")
    assert (dry["ok"], dry["created"], await found(admin)) == (True, 3, [])
    done = await send(admin, TABLE)
    assert (done["created"], [one["name"] for one in done["changes"]]) == (3, ["Ann", EVIL, "Nobody"])
    ann = (await admin.get("/contacts", params={"q": "ann müller"})).json()["items"][0]
    assert ann["numbers"] == [
        {"number": "+12025550101", "label": "mobile"}, {"number": "+12025550102", "label": ""},
    ]  # fmt: skip
    assert (ann["tags"], ann["notes"]) == (["vip", "bike"], "Two dogs")
    lines = (await admin.get("/audit-log", params={"object_id": ann["id"]})).json()["items"]
    assert [line["action"] for line in lines] == ["contact.create"]
    (line,) = (await admin.get("/audit-log", params={"action": "contact.import"})).json()["items"]
    assert line["after"] == {"created": 3, "updated": 0, "unchanged": 0}


async def test_what_goes_out_comes_in_again_and_no_cell_is_a_formula(admin: Client) -> None:
    await send(admin, TABLE)
    await make(admin, name="-1", company="A | B", tags=["a|b"], notes="+1\nline two")
    content = await exported(admin)
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert len(rows) == 4
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
    again = await send(admin, content)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 4)
    (row,) = csv.DictReader(io.StringIO((await exported(admin, q="müller")).decode("utf-8-sig")))
    assert row["numbers"] == "mobile:+12025550101|+12025550102"
    lines = (await admin.get("/audit-log", params={"action": "contact.export"})).json()["items"]
    assert [line["after"] for line in lines] == [{"q": "müller"}, {}]


async def test_rows_find_contacts_by_number_or_id(admin: Client) -> None:
    ann = await make(admin, **ANN)
    table = 'name,numbers,company\nAnna,"+12025550101|+12025550109",\n'
    skipped = await send(admin, table, on_existing="skip")
    assert (skipped["updated"], skipped["unchanged"], await found(admin)) == (0, 1, ["Ann Ärmel"])
    updated = await send(admin, table)
    assert updated["changes"] == [
        {"action": "update", "kind": "contact", "name": "Anna", "fields": ["name", "numbers"]}
    ]  # fmt: skip
    now = (await admin.get(f"/contacts/{ann['id']}")).json()
    assert (now["name"], now["company"], now["version"]) == ("Anna", "Müller & Söhne", 2)
    assert [one["number"] for one in now["numbers"]] == ["+12025550101", "+12025550109"]
    assert await found(admin, q="0109") == ["Anna"]
    await send(admin, f"name,id\nAnne,{ann['id']}\n")
    assert await found(admin) == ["Anne"]


async def test_wrong_rows_are_told_by_row_and_column_and_none_is_taken_in(
    admin: Client, other_org_admin: Client
) -> None:
    bo = await make(admin, name="Bo", numbers=[{"number": "+12025550105"}])
    await make(admin, name="Cy", numbers=[{"number": "+12025550106"}])
    theirs = await make(other_org_admin, name="Di")
    table = f"""name,numbers,email,id
good,+12025550101,,
,+12025550102,,
bad,030 1234,nobody,
twice,+12025550101,,
both,+12025550105|+12025550106,,
taken,+12025550106,,{bo["id"]}
gone,,,{theirs["id"]}
odd,,,nonsense
Bo,,,{bo["id"]}
"""
    told = await send(admin, table)
    assert told["status"] == 422
    problems = {(one["line"], one["field"]): one["message"] for one in told["problems"]}
    assert problems.keys() == {
        (3, "name"), (4, "numbers"), (4, "email"), (5, "numbers"), (6, "numbers"), (7, "numbers"), (8, "id"),
        (9, "id"), (10, ""),
    }  # fmt: skip
    assert "stands in row 2" in problems[5, "numbers"]
    assert "'Bo' and 'Cy'" in problems[6, "numbers"]
    assert "belongs to the contact 'Cy'" in problems[7, "numbers"]
    assert "row 7" in problems[10, ""]
    assert (await send(admin, table, dry_run="true"))["problems"] == told["problems"]
    assert await found(admin) == ["Bo", "Cy"]


@pytest.mark.parametrize("table", ["numbers\n+12025550101\n", "name,colour\na,b\n", 'name\n"a\n', ""])
async def test_what_is_no_such_table_is_refused(admin: Client, table: str) -> None:
    assert len((await send(admin, table, dry_run="true"))["problems"]) == 1


async def test_a_large_table_is_imported_in_the_background(admin: Client) -> None:
    rows = "".join(f"Person {n},work:+1202{n:07},Company {n % 7},{'x' * 40}\n" for n in range(2000))
    content = f"name,numbers,company,notes\n{rows}"
    assert len(content) > background.LONG
    answer = await admin.post("/contacts/import", content=content)
    assert answer.status_code == 202
    job = answer.json()
    assert (job["what"], job["state"]) == ("contacts", "waiting")
    await admin.services.app.run_worker_async(
        queues=[Queue.ROLLUP.value], wait=False, install_signal_handlers=False,
        additional_context={"services": admin.services},
    )  # fmt: skip
    done = (await admin.get(answer.headers["Location"].removeprefix("/api/v1"))).json()
    assert (done["state"], done["result"]["created"], done["total"]) == ("done", 2000, 4000)
    assert (await admin.get("/contacts", params={"with_total": True, "limit": 1})).json()["total"] == 2000
    assert len((await exported(admin)).splitlines()) == 2001


async def test_a_worker_that_dies_after_it_has_written_makes_nobody_twice(admin: Client) -> None:
    principal = Principal(org_id=admin.org_id, scopes=frozenset({"*"}), label="worker")
    name = uuid4()
    for made in (2, 0):
        done = await import_table(
            admin.services, principal, b"name,tags\nSam,boat\nSam,boat\n", dry_run=False, skip=False, name=name
        )
        assert (done.created, done.unchanged) == (made, 2 - made)
    assert await found(admin) == ["Sam", "Sam"]
