"""Export, wipe, import: the configuration is the same again, to the byte, and there is nothing to apply."""

import base64
import io
import shutil
import zipfile
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from controlplane.ascode.door import ExportOptions, export_tree, import_tree, parse
from controlplane.identity import door as identity
from controlplane.platform.services import make_services
from controlplane.platform.settings import Settings
from tests.api.clients import Client
from tests.api.nodes.fake_node import FakeNode
from tests.api.objects.examples import make, make_world
from tests.api.objects.test_prompts_and_calendars import recording
from tests.databases import copy_database, drop_database

YAML = {"content-type": "application/yaml"}
ZIP = {"content-type": "application/zip"}


@pytest.fixture
async def node(http: httpx2.AsyncClient) -> FakeNode:
    node = FakeNode(http, "main")
    answer = await node.enrol()
    node.bundle_key = Ed25519PublicKey.from_public_bytes(base64.b64decode(answer.json()["bundle_key"]))  # type: ignore[attr-defined]
    return node


async def exported(client: Client, query: str = "") -> str:
    answer = await client.get(f"/config/export?{query}")
    assert answer.status_code == 200, answer.text
    return answer.text


async def taken_in(client: Client, content: str | bytes, query: str = "", **headers: Any) -> dict[str, Any]:
    answer = await client.post(f"/config/import?{query}", content=content, headers=headers or YAML)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def wipe(client: Client) -> None:
    """Nothing stays but the locations, which users belong to."""
    only_places = (await exported(client)).partition("\n\ntrunks:")[0]
    await taken_in(client, only_places, "prune=true")
    assert await exported(client) == f"{only_places}\n"


async def a_world_that_works(client: Client) -> None:
    ids = await make_world(client)
    await client.patch(f"/outbound-routes/{ids['outbound-routes']}", json={"pattern": "+X."})


async def go_live(client: Client, node: FakeNode) -> None:
    release = (await client.post("/config/releases", json={})).json()
    assert "nodes" in release, release
    digest = release["nodes"][0]["digest"]
    for state in ("fetching", "live"):
        body = {"digest": digest, "state": state, "live_digest": digest, "problems": [], "reloads": []}
        assert (await node.post("apply-reports", httpx2.Request("POST", "/", json=body).content)).status_code == 204


async def test_what_was_wiped_comes_back_and_the_plan_is_empty(admin: Client, node: FakeNode) -> None:
    await a_world_that_works(admin)
    await go_live(admin, node)
    before = await exported(admin, "with_secrets=true")
    await wipe(admin)
    assert (await admin.post("/config/plan")).json()["changes"] != []
    answer = await taken_in(admin, before)
    assert (answer["ok"], answer["updated"], answer["deleted"]) == (True, 0, 0)
    assert (answer["plan"]["changes"], answer["plan"]["files"], answer["plan"]["reloads"]) == ([], [], [])
    assert await exported(admin, "with_secrets=true") == before


async def test_what_is_here_already_is_left_as_it_is(admin: Client) -> None:
    await make_world(admin)
    before = await exported(admin)
    answer = await taken_in(admin, before, "prune=true")
    assert (answer["created"], answer["updated"], answer["deleted"], answer["made_up"]) == (0, 0, 0, [])
    assert answer["unchanged"] > 10
    assert await exported(admin) == before


async def test_an_archive_brings_each_location_and_the_sounds(admin: Client, locations: dict[str, str]) -> None:
    ids = await make_world(admin)
    prompt = await make(admin, "prompts", 7, ids, text=None, location_id=locations["Branch"])
    url = f"/prompts/{prompt['id']}/audio"
    await admin.put(url, content=recording(), headers={"content-type": "audio/wav"})
    heard = (await admin.get(url)).content
    archive = (await admin.get("/config/export?format=zip&per_location=true&with_secrets=true")).content
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        assert {name for name in files.namelist() if name.endswith(".yaml")} == {
            "organization.yaml", "locations/branch.yaml", "locations/main.yaml",
        }  # fmt: skip
        assert "location: Branch" not in files.read("locations/branch.yaml").decode()
    await wipe(admin)
    shutil.rmtree(admin.services.settings.data_dir / "objects")
    await taken_in(admin, archive, **ZIP)
    assert (await admin.get(url)).content == heard
    assert (await admin.get("/config/export?format=zip&per_location=true&with_secrets=true")).content == archive


async def test_a_new_installation_with_the_same_key_takes_it_over(
    admin: Client, postgres_url: str, template_database: str, tmp_path: Path
) -> None:
    await make_world(admin)
    before = await exported(admin, "with_secrets=true")
    elsewhere = before.replace(str((await admin.get("/locations")).json()["items"][0]["id"]), str(admin.user_id))
    url = await copy_database(postgres_url, template_database, "taking_over")
    services = make_services(Settings(_env_file=None, data_dir=tmp_path / "new", secret_key="t" * 40), url)
    async with services.app.open_async():
        async with services.uow() as uow:
            organization = (await identity.load_organizations(uow.session))[0]
        principal = identity.system_principal(organization.id)
        answer = await import_tree(services, principal, parse({"a.yaml": before.encode()}), plan=False)
        assert answer.created > 10
        async with services.uow() as uow:
            options = ExportOptions(with_secrets=True)
            files = (await export_tree(services, uow, principal, options)).files
    await services.close()
    await drop_database(postgres_url, "taking_over")
    assert files == {"configuration.yaml": before}
    assert elsewhere != before


async def test_a_release_can_be_written_and_be_the_draft_again(admin: Client, node: FakeNode) -> None:
    await a_world_that_works(admin)
    await go_live(admin, node)
    queue = (await admin.get("/queues")).json()["items"][0]
    await admin.patch(f"/queues/{queue['id']}", json={"max_wait_s": 77})
    assert "max_wait_s: 77" in await exported(admin)
    old = await exported(admin, "release=1")
    assert "max_wait_s" not in old
    assert (await taken_in(admin, old))["plan"]["changes"] == []
    assert (await admin.get("/queues")).json()["items"][0]["max_wait_s"] == 300
    assert (await admin.get("/config/export?release=9")).status_code == 404
