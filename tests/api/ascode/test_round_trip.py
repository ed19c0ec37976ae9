"""Export, wipe, import: the configuration is the same again, to the byte."""

from typing import Any

from controlplane.ascode.door import ExportOptions, export_tree, import_tree, parse
from controlplane.identity.door import system_principal
from controlplane.platform.auth import Principal
from tests.api.clients import Client
from tests.api.objects.examples import make_world


def everyone(client: Client) -> Principal:
    return system_principal(client.org_id, "test")


async def exported(client: Client, **options: Any) -> dict[str, str]:
    async with client.services.uow() as uow:
        return (await export_tree(client.services, uow, everyone(client), ExportOptions(**options))).files


async def taken_in(client: Client, files: dict[str, str], **options: Any) -> Any:
    tree = parse({name: text.encode() for name, text in files.items()})
    return await import_tree(client.services, everyone(client), tree, **options)


async def wipe(client: Client) -> None:
    """Nothing but the locations, which users belong to."""
    names = [name for name, text in (await exported(client, ids=False)).items() if text]
    head = (await exported(client))["configuration.yaml"].partition("\n\ntrunks")[0]
    assert names
    await taken_in(client, {"only.yaml": head}, prune=True, plan=False)


async def test_an_export_is_the_draft_already(admin: Client) -> None:
    await make_world(admin)
    files = await exported(admin)
    answer = await taken_in(admin, files, plan=False)
    assert (answer.created, answer.updated, answer.deleted) == (0, 0, 0)
    assert answer.unchanged > 10
    assert await exported(admin) == files


async def test_what_was_wiped_comes_back_to_the_byte(admin: Client) -> None:
    await make_world(admin)
    files = await exported(admin, with_secrets=True)
    await wipe(admin)
    assert "queues" not in (await exported(admin))["configuration.yaml"]
    answer = await taken_in(admin, files, plan=False)
    assert answer.created > 10
    assert await exported(admin, with_secrets=True) == files
