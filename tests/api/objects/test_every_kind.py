"""What holds for each kind (location routings, which always have a location, are in test_routing_templates)."""

import inspect
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from tests.api.clients import Client, log_in
from tests.api.objects.examples import BODIES, PATHS, Ids, make


def every_kind(test: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Runs the test for each kind in turn, in one database: a database each would take 13 times as long."""

    async def for_each(**fixtures: Any) -> None:
        for path in PATHS:
            try:
                await test(path=path, **fixtures)
            except AssertionError as err:
                err.add_note(f"for {path}")
                raise

    signature = inspect.signature(test)
    wanted = [one for name, one in signature.parameters.items() if name != "path"]
    for_each.__signature__ = signature.replace(parameters=wanted)  # type: ignore[attr-defined] # what pytest reads
    for_each.__name__ = test.__name__
    return for_each


@contextmanager
def counted_queries(client: Client) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    engine = client.services.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


@every_kind
async def test_a_new_object_reads_back_as_it_was_written(admin: Client, path: str, ids: Ids) -> None:
    made = await make(admin, path, 1, ids)
    answer = await admin.get(f"/{path}/{made['id']}")
    assert answer.status_code == 200
    assert answer.headers["ETag"] == '"1"'
    read = answer.json()
    once = {"devices": {"secret"}, "voicemail-boxes": {"pin"}}.get(path, set())
    assert made.keys() - read.keys() == once
    assert {key: made[key] for key in read} == read
    listed = (await admin.get(f"/{path}", params={"q": read["name"], "with_total": True})).json()
    assert listed == {"items": [read], "next_cursor": None, "total": 1}


@every_kind
async def test_a_patch_changes_what_it_names_and_nothing_else(admin: Client, path: str, ids: Ids) -> None:
    before = (await admin.get(f"/{path}/{ids[path]}")).json()
    answer = await admin.patch(f"/{path}/{ids[path]}", json={"name": "renamed"}, headers={"If-Match": '"1"'})
    assert answer.status_code == 200, answer.text
    after = answer.json()
    assert answer.headers["ETag"] == '"2"'
    assert {key for key in after if after[key] != before[key]} == {"name", "version", "updated_at"}


@every_kind
async def test_an_edit_of_an_older_version_is_refused(admin: Client, path: str, ids: Ids) -> None:
    await admin.patch(f"/{path}/{ids[path]}", json={"name": "renamed"})
    for answer in (
        await admin.patch(f"/{path}/{ids[path]}", json={"name": "again"}, headers={"If-Match": '"1"'}),
        await admin.delete(f"/{path}/{ids[path]}", headers={"If-Match": '"1"'}),
    ):
        assert (answer.status_code, answer.json()["slug"]) == (412, "stale")
    assert (await admin.get(f"/{path}/{ids[path]}")).json()["name"] == "renamed"


@every_kind
async def test_a_patch_that_changes_nothing_leaves_no_trace(admin: Client, path: str, ids: Ids) -> None:
    lines = (await admin.get("/audit-log?with_total=true")).json()["total"]
    read = (await admin.get(f"/{path}/{ids[path]}")).json()
    answer = await admin.patch(f"/{path}/{ids[path]}", json={"name": read["name"]})
    assert answer.json() == read
    assert (await admin.get("/audit-log?with_total=true")).json()["total"] == lines


@every_kind
async def test_an_unused_object_can_be_deleted(admin: Client, path: str, ids: Ids) -> None:
    made = await make(admin, path, 1, ids)
    assert (await admin.delete(f"/{path}/{made['id']}")).status_code == 204
    assert (await admin.get(f"/{path}/{made['id']}")).status_code == 404
    assert (await admin.delete(f"/{path}/{made['id']}")).status_code == 404


@every_kind
async def test_an_object_in_use_stays_and_says_who_uses_it(admin: Client, path: str, ids: Ids) -> None:
    uses = (await admin.get(f"/{path}/{ids[path]}/uses")).json()
    answer = await admin.delete(f"/{path}/{ids[path]}")
    if not uses:
        assert path in {"devices", "ring-groups", "phone-numbers", "outbound-routes", "routing-templates"}
        assert answer.status_code == 204
        return
    assert (answer.status_code, answer.json()["slug"]) == (409, "in-use")
    for use in uses:
        assert repr(use["name"]) in answer.json()["detail"]
    assert (await admin.get(f"/{path}/{ids[path]}")).status_code == 200


@every_kind
async def test_a_name_is_taken_once_whatever_its_case(admin: Client, path: str, ids: Ids) -> None:
    first = (await admin.get(f"/{path}/{ids[path]}")).json()
    body = {**BODIES[path](1, ids), "name": first["name"].upper()}
    answer = await admin.post(f"/{path}", json=body)
    assert (answer.status_code, answer.json()["slug"]) == (409, "taken")
    assert answer.json()["errors"][0]["field"] == "name"


@every_kind
async def test_other_organisations_know_nothing_of_it(
    admin: Client, other_org_admin: Client, path: str, ids: Ids
) -> None:
    url = f"/{path}/{ids[path]}"
    for answer in (
        await other_org_admin.get(url),
        await other_org_admin.get(f"{url}/uses"),
        await other_org_admin.patch(url, json={"name": "mine"}),
        await other_org_admin.delete(url),
    ):
        assert answer.status_code == 404
    assert (await other_org_admin.get(f"/{path}")).json()["items"] == []
    assert (await other_org_admin.get(f"/{path}", params={"uses": ids["trunks"]})).json()["items"] == []


@every_kind
async def test_managers_see_their_own_location_and_what_is_shared(
    admin: Client, manager: Client, locations: dict[str, str], path: str, ids: Ids
) -> None:
    here = await make(admin, path, 1, ids, location_id=locations["Main"])
    there = await make(admin, path, 2, ids, location_id=locations["Branch"])
    seen = {item["id"] for item in (await manager.get(f"/{path}")).json()["items"]}
    assert seen == {ids[path], here["id"]}
    assert (await manager.patch(f"/{path}/{here['id']}", json={"name": "renamed"})).status_code == 200
    for url in (f"/{path}/{there['id']}", f"/{path}/{ids[path]}"):
        assert (await manager.patch(url, json={"name": "renamed2"})).status_code == 404
        assert (await manager.delete(url)).status_code == 404
    for place in (None, locations["Branch"], locations["Elsewhere"]):
        body = {**BODIES[path](3, ids), "location_id": place}
        assert (await manager.post(f"/{path}", json=body)).status_code == 404
        assert (await manager.patch(f"/{path}/{here['id']}", json={"location_id": place})).status_code == 404


@every_kind
async def test_not_even_an_admin_can_use_a_foreign_location(
    admin: Client, locations: dict[str, str], path: str, ids: Ids
) -> None:  # fmt: skip
    body = {**BODIES[path](1, ids), "location_id": locations["Elsewhere"]}
    assert (await admin.post(f"/{path}", json=body)).status_code == 404


@every_kind
async def test_readers_may_not_write_and_strangers_may_not_read(http: Any, admin: Client, path: str, ids: Ids) -> None:
    url = f"/{path}/{ids[path]}"
    role = await admin.post("/roles", json={"name": path, "scopes": [f"{path}:read"], "all_locations": True})
    assert role.status_code == 201, role.text
    user = {"email": f"{path}@example.com", "name": "Reader", "role": path}
    assert (await admin.post("/users", json=user)).status_code == 201
    reader = await log_in(http, user["email"])
    assert (await reader.get(url)).status_code == 200
    for answer in (
        await reader.post(f"/{path}", json=BODIES[path](1, ids)),
        await reader.patch(url, json={"name": "mine"}),
        await reader.delete(url),
    ):
        assert answer.status_code == 403
        assert f"{path}:write" in answer.json()["detail"]
    for answer in (await http.get(f"/api/v1/{path}"), await http.get(f"/api/v1{url}")):
        assert answer.status_code == 401


@every_kind
async def test_every_change_leaves_a_line_in_the_audit_log(admin: Client, path: str, ids: Ids) -> None:
    made = await make(admin, path, 1, ids)
    await admin.patch(f"/{path}/{made['id']}", json={"name": "renamed"})
    await admin.delete(f"/{path}/{made['id']}")
    lines = (await admin.get("/audit-log", params={"limit": 3})).json()["items"]
    assert [line["action"].partition(".")[2] for line in lines] == ["delete", "update", "create"]
    assert {line["object_id"] for line in lines} == {made["id"]}
    assert (lines[1]["before"], lines[1]["after"]) == ({"name": made["name"]}, {"name": "renamed"})


@every_kind
async def test_a_list_takes_the_same_queries_however_long(admin: Client, path: str, ids: Ids) -> None:
    with counted_queries(admin) as few:
        await admin.get(f"/{path}")
    for number in range(1, 8):
        await make(admin, path, number, ids)
    with counted_queries(admin) as many:
        assert len((await admin.get(f"/{path}")).json()["items"]) == 8
    assert len(many) == len(few) <= 4, json.dumps(many, indent=1)


@every_kind
async def test_some_can_be_asked_for_by_id(
    admin: Client, other_org_admin: Client, path: str, ids: Ids
) -> None:  # fmt: skip
    wanted = {"ids": [ids[path], "00000000-0000-4000-8000-000000000000"]}
    assert [one["id"] for one in (await admin.get(f"/{path}", params=wanted)).json()["items"]] == [ids[path]]
    assert (await other_org_admin.get(f"/{path}", params=wanted)).json()["items"] == []
    assert (await admin.get(f"/{path}", params={"ids": "no-id"})).status_code == 422


@every_kind
async def test_pages_hold_every_row_once(admin: Client, path: str, ids: Ids) -> None:
    made = [ids[path]] + [(await make(admin, path, number, ids))["id"] for number in range(1, 6)]
    seen: list[str] = []
    cursor: str | None = None
    while cursor is not None or not seen:
        page = (await admin.get(f"/{path}?limit=2&sort=-number" + (f"&cursor={cursor}" if cursor else ""))).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert sorted(seen) == sorted(made)


async def test_the_openapi_document_names_the_shapes(admin: Client) -> None:
    document = (await admin.get("http://test/openapi.json")).json()
    schemas = document["components"]["schemas"]
    for name in ("Trunk", "PhoneNumber", "Extension", "Queue", "IvrMenu", "VoicemailBox", "OutboundRoute"):
        assert {name, f"{name}Create", f"{name}Patch"} <= schemas.keys()
    assert "required" not in schemas["QueuePatch"]
    assert "secret" not in schemas["Device"]["properties"]
    assert "secret" in schemas["DeviceCreated"]["required"]
    parameters = {one["name"] for one in document["paths"]["/api/v1/devices"]["get"]["parameters"]}
    assert {"q", "uses", "limit", "cursor", "sort", "name", "extension_id", "enabled", "location_id"} <= parameters
