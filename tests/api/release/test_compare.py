"""History, its filters and what is kept of it; any two releases side by side."""

import json
from typing import Any
from uuid import UUID

import pytest

from controlplane.release import compare, jobs, repository
from tests.api.clients import Client, log_in
from tests.api.commands import controlplane


async def make(client: Client, resource: str, **fields: Any) -> dict[str, Any]:
    answer = await client.post(f"/{resource}", json=fields)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def apply(client: Client, reason: str) -> dict[str, Any]:
    answer = await client.post("/config/releases", json={"reason": reason})
    assert answer.status_code == 202, answer.text
    release: dict[str, Any] = answer.json()
    return release


async def change(client: Client, path: str, **fields: Any) -> None:
    etag = (await client.get(path)).headers["ETag"]
    answer = await client.patch(path, json=fields, headers={"If-Match": etag})
    assert answer.status_code == 200, answer.text


async def compared(client: Client, old: object, new: object, **query: Any) -> dict[str, Any]:
    answer = await client.get("/config/releases/compare", params={"from": str(old), "to": str(new), **query})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


class Shop:
    """Three releases: a desk, its new ring time, its phone's new password."""

    def __init__(self, releases: list[dict[str, Any]], desk: dict[str, Any], secrets: list[str]) -> None:
        self.releases, self.desk, self.secrets = releases, desk, secrets


@pytest.fixture
async def shop(admin: Client) -> Shop:
    desk = await make(admin, "extensions", name="Front desk", number="201")
    phone = await make(admin, "devices", name="desk-201", extension_id=desk["id"])
    releases = [await apply(admin, "Open the shop")]
    await change(admin, f"/extensions/{desk['id']}", ring_s=35)
    releases.append(await apply(admin, "Ring longer"))
    await change(admin, f"/devices/{phone['id']}", secret="quite-another-secret-1")
    releases.append(await apply(admin, "New password"))
    return Shop(releases, desk, [phone["secret"], "quite-another-secret-1"])


async def test_any_two_releases_are_compared_by_number_id_and_word(admin: Client, shop: Shop) -> None:
    first, second, third = shop.releases
    found = await compared(admin, first["number"], second["id"])
    assert [one["effect"] for one in found["changes"]] == [
        "Extension 201 Front desk, rings for: was 20 s, becomes 35 s."
    ]
    assert (found["old"]["number"], found["new"]["release_id"]) == (first["number"], second["id"])
    assert found["files"] is None
    back = await compared(admin, third["number"], first["number"])
    assert [one["effect"] for one in back["changes"]] == [
        "Device desk-201, secret changed.", "Extension 201 Front desk, rings for: was 35 s, becomes 20 s.",
    ]  # fmt: skip
    assert (await compared(admin, third["number"], "draft"))["changes"] == []
    await change(admin, f"/extensions/{shop.desk['id']}", name="Counter")
    (renamed,) = (await compared(admin, third["number"], "draft"))["changes"]
    assert renamed["effect"] == "Extension 201 Counter, renamed: was “Front desk”, becomes Counter."


async def test_files_are_compared_as_text_without_secrets(admin: Client, shop: Shop) -> None:
    first, second, third = shop.releases
    found = await compared(admin, first["number"], second["number"], files=True)
    (file,) = found["files"]
    assert [line for line in file["text"].split("\n") if line[0] in "-+" and "Dial" in line] == [
        "-exten => s,1,Dial(PJSIP/desk-201,20,i)", "+exten => s,1,Dial(PJSIP/desk-201,35,i)",
    ]  # fmt: skip
    assert found["reloads"] == ["dialplan reload"]
    found = await compared(admin, second["number"], third["number"], files=True)
    (file,) = found["files"]
    assert "+password = hidden-changed" in file["text"]
    assert not [secret for secret in shop.secrets if secret in str(found)]


async def test_what_is_too_much_is_only_named(admin: Client, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compare, "MOST_SHOWN", 1)
    first = shop.releases[0]
    await make(admin, "extensions", name="Back office", number="202")
    files = (await compared(admin, first["number"], "draft", files=True))["files"]
    assert len(files) > 1
    assert [one["text"].startswith("left out") for one in files] == [False] + [True] * (len(files) - 1)


async def test_only_those_who_may_plan_see_files(
    http: Any, admin: Client, executive: Client, other_org_admin: Client, shop: Shop
) -> None:
    numbers = {"from": shop.releases[0]["number"], "to": shop.releases[1]["number"]}
    role = {"name": "Historian", "scopes": ["config:read"], "all_locations": True}
    assert (await admin.post("/roles", json=role)).status_code == 201
    user = {"email": "past@example.com", "name": "Historian", "role": "Historian"}
    assert (await admin.post("/users", json=user)).status_code == 201
    reader = await log_in(http, user["email"])
    assert (await reader.get("/config/releases/compare", params=numbers)).status_code == 200
    assert (await reader.get("/config/releases/compare", params={**numbers, "files": True})).status_code == 403
    assert (await executive.get("/config/releases/compare", params=numbers)).status_code == 403
    assert (await other_org_admin.get("/config/releases/compare", params=numbers)).status_code == 404


@pytest.mark.parametrize(("wanted", "status"), [("yesterday", 422), ("0", 404), ("9" * 30, 422), ("live", 404)])
async def test_what_is_not_there_cannot_be_compared(admin: Client, wanted: str, status: int) -> None:
    answer = await admin.get("/config/releases/compare", params={"from": wanted, "to": "draft"})
    assert answer.status_code == status, answer.text


async def test_the_history_is_filtered(admin: Client, shop: Shop) -> None:
    async def reasons(**query: Any) -> list[str]:
        answer = await admin.get("/config/releases", params=query)
        assert answer.status_code == 200, answer.text
        return [one["reason"] for one in answer.json()["items"]]

    assert await reasons() == ["New password", "Ring longer", "Open the shop"]
    assert await reasons(reason="ring") == ["Ring longer"]
    assert await reasons(reason="100%_") == []
    assert len(await reasons(author="admin")) == 3
    assert await reasons(author="nobody") == []
    assert await reasons(state="superseded") == ["Ring longer", "Open the shop"]
    created = shop.releases[1]["created_at"]
    assert await reasons(**{"from": created}) == ["New password", "Ring longer"]
    assert await reasons(to=created) == ["Open the shop"]
    page = (await admin.get("/config/releases", params={"limit": 1, "reason": "n"})).json()
    assert len(page["items"]) == 1
    assert page["next_cursor"]


async def test_a_roll_back_names_what_it_went_back_to(admin: Client, shop: Shop) -> None:
    answer = await admin.post(f"/config/releases/{shop.releases[0]['id']}/rollback", json={"reason": "Too long"})
    assert answer.status_code == 202, answer.text
    back = (await admin.get(f"/config/releases/{answer.json()['id']}")).json()
    assert (back["rollback_of"], back["rollback_of_number"]) == (shop.releases[0]["id"], shop.releases[0]["number"])
    assert (back["author"], back["reason"], back["changes_count"]) == (shop.releases[0]["author"], "Too long", 2)


async def kept_manifests(admin: Client, shop: Shop, *, in_use: set[str]) -> list[bool]:
    async with admin.services.uow() as uow:
        await repository.forget_manifests(uow.session, in_use)
        bundles = [await repository.bundle_for(uow.session, "main", UUID(one["id"])) for one in shop.releases]
    return [bool(one and one.manifest) for one in bundles]


async def test_of_old_releases_only_the_history_is_kept(admin: Client, shop: Shop) -> None:
    async with admin.services.uow() as uow:
        assert await repository.forget_snapshots(uow.session, 2) == 1
        assert await repository.forget_snapshots(uow.session, 2) == 0
    first, second, third = shop.releases
    listed = (await admin.get("/config/releases")).json()["items"]
    assert [one["kept"] for one in listed] == [True, True, False]
    assert listed[2]["changes_count"] == 2
    for answer in (
        await admin.post(f"/config/releases/{first['id']}/rollback", json={"reason": ""}),
        await admin.get("/config/releases/compare", params={"from": first["number"], "to": third["number"]}),
    ):
        assert answer.status_code == 409, answer.text
        assert answer.json()["detail"] == f"Release {first['number']} is no longer kept: only its history is."
    digest = first["nodes"][0]["digest"]
    assert await kept_manifests(admin, shop, in_use={digest}) == [True, True, True]
    await jobs.tidy(admin.services)  # what the node should run is the third
    assert await kept_manifests(admin, shop, in_use=set()) == [False, True, True]
    async with admin.services.uow() as uow:
        assert await repository.signed_manifest(uow.session, "main", digest) is None
    assert (await admin.post(f"/config/releases/{second['id']}/rollback", json={})).status_code == 202


async def test_the_command_line_compares_and_lists(admin: Client, shop: Shop) -> None:
    first, _, third = shop.releases
    code, out, errors = await controlplane(admin, "config", "diff", first["number"], third["number"], "--files")
    assert code == 0, errors
    assert out.splitlines()[:2] == [
        "changed: Device desk-201, secret changed.",
        "changed: Extension 201 Front desk, rings for: was 20 s, becomes 35 s.",
    ]
    assert "+password = hidden-changed" in out
    assert not [secret for secret in shop.secrets if secret in out]
    assert (await controlplane(admin, "config", "diff", third["number"], "draft"))[1] == "Nothing differs.\n"
    code, out, errors = await controlplane(admin, "config", "history", "--reason", "ring", "--json")
    assert [one["number"] for one in json.loads(out)] == [shop.releases[1]["number"]], errors
    assert (await controlplane(admin, "config", "history", "--state", "nonsense"))[0] == 2
