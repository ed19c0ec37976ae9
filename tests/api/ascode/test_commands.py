"""The commands, as people type them."""

import asyncio
import json
import os
import sys
from pathlib import Path

from controlplane.platform.settings import REPOSITORY
from tests.api.clients import Client
from tests.api.objects.examples import make_world


async def controlplane(client: Client, *arguments: str | Path, **environment: str) -> tuple[int, str, str]:
    """Exit code and what is printed."""
    services = client.services
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "controlplane.entrypoints.cli", "config", *map(str, arguments),
        "--organization", "My organisation",
        cwd=REPOSITORY, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={
            **os.environ, "CP_DATABASE_URL": services.database_url, "CP_SECRET_KEY": "t" * 40,
            "CP_DATA_DIR": str(services.settings.data_dir), "CP_LOG_LEVEL": "error", **environment,
        },
    )  # fmt: skip
    out, errors = await process.communicate()
    return process.returncode or 0, out.decode(), errors.decode()


async def test_a_folder_goes_out_and_comes_in_again(admin: Client, tmp_path: Path) -> None:
    await make_world(admin)
    folder = tmp_path / "pbx"
    code, out, errors = await controlplane(admin, "export", "--out", folder, "--per-location")
    assert code == 0, errors
    assert "3 YAML files" in out
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*.yaml")} == {
        "organization.yaml", "locations/main.yaml", "locations/branch.yaml",
    }  # fmt: skip
    code, out, errors = await controlplane(admin, "import", folder, "--prune", "--dry-run")
    assert (code, "0 would be created, 0 would be updated, 0 would be deleted" in out) == (0, True), (out, errors)
    queues = folder / "organization.yaml"
    queues.write_text(queues.read_text().replace("name: Queue 0", "name: Queue 0\n  max_wait_s: 77"))
    code, out, errors = await controlplane(admin, "import", folder, "--json")
    assert (code, json.loads(out)["updated"]) == (0, 1), errors
    assert (await admin.get("/queues")).json()["items"][0]["max_wait_s"] == 77


async def test_wrong_files_are_told_line_by_line(admin: Client, tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text("format: 1\nqueues:\n- {name: Q}\n- {name: R, overflow: nowhere}\n")
    code, out, errors = await controlplane(admin, "import", file)
    assert (code, out) == (1, "")
    assert "wrong.yaml:3: queues/Q" in errors
    assert "wrong.yaml:4: queues/R, overflow" in errors
    assert (await admin.get("/queues")).json()["items"] == []


async def test_secrets_come_from_the_environment(admin: Client, tmp_path: Path) -> None:
    file = tmp_path / "trunk.yaml"
    file.write_text(
        "format: 1\ntrunks:\n- name: Carrier\n  identity: registration\n  host: sip.example.net\n  username: me\n"
        "  password: {from: environment, name: CONFIG_SECRET_CARRIER}\n"
    )
    code, _, errors = await controlplane(admin, "import", file)
    assert (code, "CONFIG_SECRET_CARRIER is not set" in errors) == (1, True)
    code, out, errors = await controlplane(admin, "import", file, CONFIG_SECRET_CARRIER="from-my-shell")
    assert (code, "1 created" in out) == (0, True), errors
    file.write_text(file.read_text().replace("CONFIG_SECRET_CARRIER", "CP_SECRET_KEY"))
    code, _, errors = await controlplane(admin, "import", file)
    assert (code, "begins with CONFIG_SECRET_" in errors) == (1, True)


async def test_tables_go_in_and_out(admin: Client, tmp_path: Path) -> None:
    table = tmp_path / "phones.csv"
    table.write_text("name;extension\ndesk-201;201\n")
    code, out, errors = await controlplane(admin, "import", table, "--kind", "devices")
    assert (code, "2 created" in out, "made up: devices/desk-201 secret" in out) == (0, True, True), errors
    code, out, errors = await controlplane(admin, "export", "--kind", "devices")
    assert (code, out.splitlines()[1].startswith("desk-201,")) == (0, True), errors
    code, _, errors = await controlplane(admin, "import", table)
    assert (code, "--kind" in errors) == (2, True)
