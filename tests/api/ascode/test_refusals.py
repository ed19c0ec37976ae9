"""What is wrong is told all at once, by file, line and field, and changes nothing."""

import io
import zipfile
from typing import Any

import pytest

from tests.api.clients import Client
from tests.api.objects.examples import make, make_world

YAML = {"content-type": "application/yaml"}

WRONG = """format: 1
queues:
- name: Sales
  max_wait_s: soon
  overflow: {queue: Nowhere}
  members:
  - {extension: "201", penalti: 3}
  colour: red
- name: Sales
  overflow: hang up
extensions:
- number: "9"
  name: Anna
- number: "202"
  name: Bob
  no_answer: {voicemial: "1"}
  location: Atlantis
devices:
- name: desk1
  extension: "202"
  secret: short
trunks:
- name: Carrier
  identity: registration
  host: sip.example.net
  username: me
  password: {from: existing}
"""


async def send(client: Client, text: str | bytes, query: str = "") -> Any:
    return await client.post(f"/config/import?{query}", content=text, headers=YAML)


def places(problems: list[dict[str, Any]]) -> dict[tuple[int, str, str], str]:
    return {(one["line"], one["object"], one["field"]): f"{one['message']} {one['hint']}" for one in problems}


async def test_every_problem_is_told_at_its_place_and_nothing_is_changed(admin: Client) -> None:
    before = (await admin.get("/config/export")).text
    answer = await send(admin, WRONG)
    assert (answer.status_code, answer.json()["slug"]) == (422, "import-refused")
    found = places(answer.json()["problems"])
    for place, words in {
        (4, "queues/Sales", "max_wait_s"): "must be a whole number",
        (5, "queues/Sales", "overflow.queue"): "no queue 'Nowhere'",
        (7, "queues/Sales", "members[1].extension"): "no extension '201'",
        (7, "queues/Sales", "members[1].penalti"): "Did you mean penalty?",
        (8, "queues/Sales", "colour"): "is not a field here",
        (10, "queues/Sales", "overflow"): "is no destination",
        (12, "extensions/Anna", "number"): "2 to 8 digits",
        (16, "extensions/Bob", "no_answer"): "no kind of destination",
        (17, "extensions/Bob", "location"): "no location 'Atlantis'",
        (21, "devices/desk1", "secret"): "12 to 80 characters",
        (27, "trunks/Carrier", "password"): "no password here yet",
    }.items():
        assert words in found[place], (place, found.get(place))
    assert len(found) == 11
    assert (await admin.get("/config/export")).text == before


async def test_a_dry_run_tells_the_same_and_answers_200(admin: Client) -> None:
    answer = await send(admin, WRONG, "dry_run=true")
    assert (answer.status_code, answer.json()["ok"]) == (200, False)
    assert len(answer.json()["problems"]) == 11


async def test_a_dry_run_plans_and_changes_nothing(admin: Client) -> None:
    before = (await admin.get("/config/export")).text
    audited = (await admin.get("/audit-log?with_total=true")).json()["total"]
    text = 'format: 1\nprompts:\n- {name: P, text: We are closed just now.}\nextensions:\n- {number: "201", name: A}\n'
    answer = (await send(admin, text, "dry_run=true")).json()
    assert (answer["ok"], answer["created"], answer["plan"]["ok"]) == (True, 2, True), answer["plan"]
    assert {change["name"] for change in answer["plan"]["changes"]} >= {"A"}
    assert (await admin.get("/config/export")).text == before
    assert (await admin.get("/audit-log?with_total=true")).json()["total"] == audited + 1  # the export


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('format: 1\nextensions:\n- {number: "20", name: A}\n- {number: "20", name: B}', 3, "belongs to extensions/B"),
        ("format: 1\nqueues:\n- {name: Q, overflow: hangup}\n- {name: q, overflow: hangup}", 3, "belongs to queues/q"),
        (
            'format: 1\nextensions:\n- {number: "201", name: A}\nqueues:\n- {number: "201", name: Q, overflow: hangup}',
            3, "belongs to queues/Q",
        ),
        ("format: 1\nqueues:\n- {name: Q, id: 7, overflow: hangup}", 3, "not an id"),
        ("format: 1\nqueues:\n- just text", 3, "mapping"),
        ("format: 1\nlocations:\n- {name: Here, timezone: Mars/North}", 3, "not a time zone"),
    ],
)  # fmt: skip
async def test_clashes_within_the_files_are_told(admin: Client, text: str, line: int, words: str) -> None:
    problems = (await send(admin, text)).json()["problems"]
    assert any(one["line"] == line and words in one["message"] for one in problems), problems


async def test_names_and_numbers_may_be_swapped_and_objects_may_name_each_other(admin: Client) -> None:
    text = """format: 1
ivr_menus:
- name: First
  prompt: {text: Press 1}
  options: [{digit: "1", destination: {ivr_menu: Second}}]
  on_timeout: hangup
  on_invalid: hangup
- name: Second
  prompt: {text: Press 1}
  options: [{digit: "1", destination: {ivr_menu: First}}]
  on_timeout: hangup
  on_invalid: hangup
extensions:
- {number: "201", name: Anna}
- {number: "202", name: Bob}
"""
    assert (await send(admin, text)).json()["created"] == 4
    by_name = {one["name"]: one["id"] for one in (await admin.get("/extensions")).json()["items"]}
    swapped = f"""format: 1
extensions:
- {{number: "202", name: Anna, id: {by_name["Anna"]}}}
- {{number: "201", name: Bob, id: {by_name["Bob"]}}}
"""
    assert (await send(admin, swapped)).json()["updated"] == 2
    numbers = {one["name"]: (one["number"], one["version"]) for one in (await admin.get("/extensions")).json()["items"]}
    assert numbers == {"Anna": ("202", 2), "Bob": ("201", 2)}


async def test_what_the_files_leave_out_stays_unless_it_is_pruned_and_nobody_names_it(admin: Client) -> None:
    ids = await make_world(admin)
    await make(admin, "queues", 5, ids)
    only = (await send(admin, "format: 1\n")).json()
    assert (only["deleted"], only["left_alone"] > 10) == (0, True)
    whole = (await admin.get("/config/export")).text
    without = whole.replace(whole[whole.index("- number: '405'") : whole.index("\n\nivr_menus:")], "").rstrip()
    gone = (await send(admin, without, "prune=true")).json()
    assert (gone["deleted"], gone["changes"][0]["name"]) == (1, "Queue 5")
    menu = without[without.index("ring_groups:") : without.index("queues:")]
    boxes = without[without.index("voicemail_boxes:") : without.index("prompts:")]
    refused = await send(admin, without.replace(boxes, ""), "prune=true")
    assert menu
    messages = [one["message"] for one in refused.json()["problems"]]
    assert any("no voicemail box '500'" in one or "still names it" in one for one in messages), messages


async def test_a_manager_takes_in_and_gives_out_their_own_locations_only(
    admin: Client, manager: Client, locations: dict[str, str]
) -> None:
    await make(admin, "extensions", 1, {"voicemail-boxes": None}, location_id=locations["Main"])  # type: ignore[dict-item]
    await make(admin, "extensions", 2, {"voicemail-boxes": None}, location_id=locations["Branch"])  # type: ignore[dict-item]
    await make(admin, "prompts", 3, {})
    mine = (await manager.get("/config/export")).text
    assert "Person 1" in mine
    assert "Branch" not in mine
    assert "Person 2" not in mine
    assert "Prompt 3" not in mine
    text = 'format: 1\nextensions:\n- {number: "205", name: New, location: Main}\n'
    done = (await send(manager, text)).json()
    assert (done["created"], done["plan"]) == (1, None)
    assert "outside of your locations" in done["no_plan"], "the admin's changes wait as well"
    for wrong in (text.replace("Main", "Branch"), text.replace(", location: Main", "").replace("205", "206")):
        refused = await send(manager, wrong.replace("New", "Newer"))
        assert refused.status_code == 422, refused.text
        assert [one["field"] for one in refused.json()["problems"]] == ["location"]
    taken = await send(manager, text.replace("205", "202").replace("New", "Other"))
    assert "that you can't see" in taken.json()["problems"][0]["message"]
    theirs = (await admin.get("/extensions?number=202")).json()["items"][0]["id"]
    stolen = f'format: 1\nextensions:\n- {{number: "202", name: Mine, id: {theirs}, location: Main}}\n'
    assert (await send(manager, stolen)).status_code == 422
    pruned = (await send(manager, mine, "prune=true")).json()
    assert [one["name"] for one in pruned["changes"]] == ["New"]
    assert {one["name"] for one in (await admin.get("/extensions")).json()["items"]} == {"Person 1", "Person 2"}
    place = "format: 1\nlocations:\n- {name: Main, timezone: Europe/Paris}\n"
    assert (await send(manager, place)).status_code == 403


async def test_who_may_not_is_told_so(executive: Client, staff: Client, manager: Client) -> None:
    assert (await manager.get("/config/export")).status_code == 200
    assert (await executive.get("/config/export")).status_code == 403
    assert (await send(executive, "format: 1\n")).status_code == 403
    assert (await staff.get("/config/export")).status_code == 403
    assert (await executive.get("/config/export?with_secrets=true")).status_code == 403
    assert (await manager.get("/config/export?with_secrets=true")).status_code == 403
    assert (await staff.get("/config/export/devices.csv")).status_code == 403


async def test_another_organisation_can_take_neither_ids_nor_numbers(admin: Client, other_org_admin: Client) -> None:
    text = "format: 1\nphone_numbers:\n- {number: +15551234567, destination: hangup}\n"
    await send(admin, text)
    whole = (await admin.get("/config/export")).text
    problems = (await send(other_org_admin, whole[: whole.index("locations:")] + whole[whole.index("phone_") :])).json()
    assert [(one["field"], one["message"]) for one in problems["problems"]] == [
        ("id", "is in use on this installation already"), ("number", "is in use on this installation already"),
    ]  # fmt: skip


async def test_secrets_are_references_and_leave_sealed_or_not_at_all(admin: Client) -> None:
    text = """format: 1
extensions:
- {number: "201", name: Anna}
devices:
- {name: desk1, extension: "201", secret: in-the-clear-77}
- {name: desk2, extension: "201"}
- {name: desk3, extension: "201", secret: {from: generated}}
"""
    answer = (await send(admin, text)).json()
    assert answer["made_up"] == ["devices/desk2 secret", "devices/desk3 secret"]
    for query in ("", "with_secrets=true"):
        assert "in-the-clear-77" not in (await admin.get(f"/config/export?{query}")).text
    audit = (await admin.get("/audit-log?limit=200")).text
    assert "in-the-clear-77" not in audit
    assert '"with_secrets":true' in audit.replace(" ", "")
    again = (await send(admin, text.replace("secret: {from: generated}", "secret: {from: existing}"))).json()
    assert (again["updated"], again["made_up"]) == (0, [])
    for secret in (
        "{from: environment, name: CONFIG_SECRET_X}",
        "{from: elsewhere}",
        "{sealed: v1.x.y}",
        "[a]",
        "null",
    ):
        refused = await send(admin, text.replace("in-the-clear-77", secret))
        assert [one["field"] for one in refused.json()["problems"]] == ["secret"], secret


async def test_bombs_and_strange_archives_are_refused(admin: Client) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.yaml", b"# " + bytes(60_000_000))
    answer = await admin.post("/config/import", content=bomb.getvalue(), headers={"content-type": "application/zip"})
    assert (answer.status_code, "50 MB" in answer.json()["detail"]) == (422, True)
    for content in (b"PK\x03\x04 nothing", b"PK\x03\x04"):
        assert (await admin.post("/config/import", content=content)).status_code == 422
    long = await admin.post("/config/import", content=bytes(100_000_001), headers=YAML)
    assert long.status_code == 413
