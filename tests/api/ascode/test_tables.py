"""Objects as tables."""

import csv
import io
from typing import Any

import pytest

from controlplane.ascode.table import TABLES
from tests.api.clients import Client
from tests.api.objects.examples import make_world

PHONES = """name,extension,extension_name,location,secret,codecs,media,max_contacts,enabled
desk-201,201,Anna Ärmel,Main,Secret-of-desk-201,ulaw|alaw,srtp,2,yes
desk-202,202,"Bob ""the"" Builder, Jr.",Main,,,,,
soft-202,202,,Main,,opus,webrtc,,no
"""


async def send(client: Client, table: str, content: str | bytes, query: str = "") -> Any:
    path = table.replace("_", "-")
    return await client.post(f"/{path}/import?{query}", content=content, headers={"content-type": "text/csv"})


async def phones(client: Client) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in (await client.get("/devices")).json()["items"]}


async def test_phones_come_with_their_extensions(admin: Client, locations: dict[str, str]) -> None:
    dry = (await send(admin, "devices", PHONES, "dry_run=true")).json()
    assert (dry["ok"], dry["created"], await phones(admin)) == (True, 5, {})
    answer = (await send(admin, "devices", PHONES)).json()
    assert (answer["created"], answer["made_up"]) == (5, ["devices/desk-202 secret", "devices/soft-202 secret"])
    found = await phones(admin)
    desk = found["desk-201"]
    assert (desk["codecs"], desk["media"], desk["max_contacts"], desk["enabled"], desk["location_id"]) == (
        ["ulaw", "alaw"], "srtp", 2, True, locations["Main"],
    )  # fmt: skip
    assert (found["soft-202"]["codecs"], found["soft-202"]["enabled"]) == (["opus"], False)
    extensions = {one["number"]: one for one in (await admin.get("/extensions")).json()["items"]}
    assert {number: one["name"] for number, one in extensions.items()} == {
        "201": "Anna Ärmel", "202": 'Bob "the" Builder, Jr.',
    }  # fmt: skip
    assert found["soft-202"]["extension_id"] == extensions["202"]["id"]


async def test_the_same_table_again_changes_nothing_and_another_updates_or_skips(admin: Client) -> None:
    await send(admin, "devices", PHONES)
    again = (await send(admin, "devices", PHONES)).json()
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 5)
    other = "name,media\ndesk-201,rtp\n"
    skipped = (await send(admin, "devices", other, "on_existing=skip")).json()
    assert (skipped["updated"], (await phones(admin))["desk-201"]["media"]) == (0, "srtp")
    updated = (await send(admin, "devices", other)).json()
    desk = (await phones(admin))["desk-201"]
    assert (updated["updated"], desk["media"], desk["codecs"]) == (1, "rtp", ["ulaw", "alaw"])


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: ("\ufeff" + text).encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("cp1252"),
        lambda text: text.replace(",", ";").replace("Builder; Jr.", "Builder, Jr.").encode(),
        lambda text: text.replace(",", "\t").replace("Builder\t Jr.", "Builder, Jr.").replace("\n", "\r\n").encode(),
    ],
)
async def test_spreadsheets_write_tables_in_many_ways(admin: Client, encode: Any) -> None:
    answer = await send(admin, "devices", encode(PHONES))
    assert answer.status_code == 200, answer.text
    names = {one["name"] for one in (await admin.get("/extensions")).json()["items"]}
    assert names == {"Anna Ärmel", 'Bob "the" Builder, Jr.'}


async def test_wrong_rows_are_told_by_row_and_column_and_none_is_taken_in(admin: Client) -> None:
    table = """name,extension,location,media,max_contacts
good-1,201,Main,rtp,1
bad 2,202,Main,rtp,1
desk-3,nobody,Main,rtp,1
desk-4,204,Atlantis,carrier pigeon,99
good-1,201,Main,rtp,1
"""
    answer = await send(admin, "devices", table)
    assert answer.status_code == 422
    found = {(one["line"], one["field"]): one["message"] for one in answer.json()["problems"]}
    assert "only letters, digits" in found[3, "name"]
    assert "no extension 'nobody'" in found[4, "extension"]
    assert "no location 'Atlantis'" in found[5, "location"]
    assert "must be" in found[5, "media"]
    assert "at most 10" in found[5, "max_contacts"]
    assert "belongs to devices/good-1" in found[6, "name"]
    assert await phones(admin) == {}


@pytest.mark.parametrize(
    ("table", "row", "words"),
    [
        ("extension\n201\n", 1, "no column name"),
        ("name,colour\na,b\n", 1, "unknown"),
        ("name,name\na,b\n", 1, "twice"),
        ("name,extension\na,201,x\n", 2, "3 cells"),
        ('name,extension\n"a,201\n', 2, "no row of a table"),
        ("", 1, "no column name"),
    ],
)
async def test_what_is_no_such_table_is_refused(admin: Client, table: str, row: int, words: str) -> None:
    [problem] = (await send(admin, "devices", table, "dry_run=true")).json()["problems"]
    assert (problem["line"], words in problem["message"]) == (row, True), problem


async def test_numbers_lead_where_the_table_says(admin: Client) -> None:
    await make_world(admin)
    table = """number,name,destination,trunk,caller_name_prefix
+1 (202) 555-0101,Sales,queue:Queue 0,Carrier 0,Shop
'+12025550102,,external_number:+15551234567,,
+12025550103,Closed,hangup,,
"""
    answer = await send(admin, "phone_numbers", table)
    assert (answer.status_code, answer.json()["created"]) == (200, 3), answer.text
    listed = (await admin.get("/phone-numbers")).json()["items"]
    numbers = {one["number"]: one for one in listed if one["number"].startswith("+1202")}
    queue = (await admin.get("/queues")).json()["items"][0]["id"]
    assert numbers["+12025550101"]["destination"] == {"kind": "queue", "id": queue, "number": None}
    assert numbers["+12025550102"]["name"] == "+12025550102"
    assert (await send(admin, "phone_numbers", table)).json()["unchanged"] == 3


@pytest.mark.parametrize("table", TABLES)
async def test_what_goes_out_comes_in_again_and_no_cell_is_a_formula(admin: Client, table: str) -> None:
    await make_world(admin)
    await send(admin, "devices", 'name,extension,extension_name\n-desk,207,"=HYPERLINK(""http://x"")"\n')
    assert '=HYPERLINK("http://x")' in {one["name"] for one in (await admin.get("/extensions")).json()["items"]}
    answer = await admin.get(f"/config/export/{table}.csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
    again = (await send(admin, table, answer.content)).json()
    assert (again["created"], again["updated"], again["unchanged"] >= len(rows) > 0) == (0, 0, True)


async def test_a_name_may_have_what_stands_between_names(admin: Client) -> None:
    trunks: dict[str, str] = {}
    for name in ("ISP | backup", "ISP", "backup", "C\\"):
        fields = {"name": name, "identity": "ip", "host": f"192.0.2.{len(trunks) + 1}"}
        trunks[name] = (await admin.post("/trunks", json=fields)).json()["id"]
    route = {"name": "Out", "pattern": "+1.", "trunk_ids": [trunks["ISP | backup"], trunks["C\\"], trunks["ISP"]]}
    made = await admin.post("/outbound-routes", json=route)
    assert made.status_code == 201, made.text
    table = (await admin.get("/config/export/outbound_routes.csv")).content
    assert (await send(admin, "outbound_routes", table)).json()["unchanged"] == 1
    await admin.patch(f"/outbound-routes/{made.json()['id']}", json={"trunk_ids": [trunks["backup"]]})
    assert (await send(admin, "outbound_routes", table)).json()["updated"] == 1
    assert (await admin.get("/outbound-routes")).json()["items"][0]["trunk_ids"] == route["trunk_ids"]


async def test_what_is_no_table_is_refused(admin: Client) -> None:
    assert (await admin.get("/config/export/flow_tests.csv")).status_code == 422


async def test_a_row_that_lacks_what_no_column_holds_is_told(admin: Client) -> None:
    problems = (await send(admin, "ivr_menus", "name\nMain menu\n", "dry_run=true")).json()["problems"]
    assert {one["line"] for one in problems} == {2}
    assert {"prompt", "options"} <= {one["field"] for one in problems}, problems


async def test_extensions_of_a_shop_come_as_a_table(admin: Client, locations: dict[str, str]) -> None:
    head = "number,name,location,ring_s,no_answer"
    table = f"{head}\n301,Anna,Main,20,hangup\n302,Bob,,,external_number:+15551234567\n"
    assert (await send(admin, "extensions", table)).json()["created"] == 2
    found = {one["number"]: one for one in (await admin.get("/extensions")).json()["items"]}
    anna = found["301"]
    assert (anna["name"], anna["ring_s"], anna["location_id"]) == ("Anna", 20, locations["Main"])
    assert found["302"]["no_answer"]["number"] == "+15551234567"
