"""An installation with something to lose, empty places to restore it to, and the two commands."""

import asyncio
import contextlib
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from controlplane.entrypoints.api import make_api
from controlplane.objects.models import ConfigObject
from controlplane.platform.services import Services, make_services
from controlplane.platform.settings import REPOSITORY, Settings
from tests.api.calls.system import System, stereo_raw
from tests.api.clients import Client
from tests.api.nodes.fake_node import FakeNode
from tests.api.objects.examples import make

KEY = "t" * 40
SUMS = "SHA256SUMS"


@dataclass
class Place:
    """A database and a data folder."""

    url: str
    folder: Path
    environment: dict[str, str] = field(default_factory=lambda: {"CP_SECRET_KEY": KEY})

    async def run(
        self, *arguments: object, told: bytes = b"", settings: dict[str, str] | None = None
    ) -> tuple[int, bytes, str]:
        """A command there: exit code, what is printed, and what is said to standard error."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "controlplane.entrypoints.cli", *map(str, arguments), cwd=REPOSITORY,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            env={
                **os.environ, "CP_SECRET_KEY": "", "CP_DATABASE_URL": self.url, "CP_DATA_DIR": str(self.folder),
                "CP_LOG_LEVEL": "error", "COLUMNS": "1000", **self.environment, **(settings or {}),
            },
        )  # fmt: skip
        out, errors = await process.communicate(told)
        return process.returncode or 0, out, errors.decode()

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator[httpx2.AsyncClient]:
        """The API of this place, as the `http` fixture gives it."""
        key = self.environment.get("CP_SECRET_KEY")
        services = make_services(Settings(_env_file=None, data_dir=self.folder, secret_key=key), self.url)
        app = make_api(services)
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://test") as http,
        ):
            http.services = services  # type: ignore[attr-defined]
            yield http

    def files(self) -> list[Path]:
        """What is stored."""
        return [path for path in (self.folder / "objects").rglob("*") if path.is_file()]


@dataclass
class Office:
    """What was there before the backup."""

    place: Place
    node: FakeNode
    device_id: str
    device_secret: str
    call_id: str
    sound: bytes


async def make_office(admin: Client, http: httpx2.AsyncClient, locations: dict[str, str]) -> Office:
    """A phone with its secret, a node, and a call with its recording."""
    ids: dict[str, str] = {}
    for path in ("voicemail-boxes", "extensions"):
        ids[path] = (await make(admin, path, 0, ids))["id"]
    device = await make(admin, "devices", 0, ids)
    node = FakeNode(http, "cap1")
    assert (await node.enrol()).status_code == 200
    system = System(node, org_id=str(admin.org_id), location_id=locations["Main"])
    facts = system.stream("direct_answered_recorded")
    linkedid = facts[0].linkedid or ""
    uploaded = await system.upload("recording", f"{linkedid}~0.raw", stereo_raw(1.5), linkedid=linkedid)
    assert uploaded.status_code == 204, uploaded.text
    await system.push(facts)
    (call,) = (await admin.get("/calls")).json()["items"]
    sound = (await admin.get(f"/calls/{call['id']}/recording")).content
    place = Place(admin.services.database_url, admin.services.settings.data_dir)
    return Office(place, node, device["id"], device["secret"], call["id"], sound)


async def secret_of(services: Services, device_id: str) -> str:
    """A phone's secret, opened."""
    async with services.uow() as uow:
        row = await uow.session.get_one(ConfigObject, device_id)
    return services.crypto.open(row.secrets["secret"], f"config_objects.secrets:{device_id}:secret")


def rewritten(backup: Path, target: Path, **changes: tuple[str, bytes]) -> Path:
    """A backup with other parts, whose checksums are right all the same; by dotless name: new name, new content."""
    sums = b""
    with tarfile.open(backup) as old, tarfile.open(target, "w") as new:
        for entry in old:
            if entry.name == SUMS:
                continue
            file = old.extractfile(entry)
            assert file is not None
            name, content = changes.get(entry.name.split(".")[0], (entry.name, file.read()))
            _add(new, name, content)
            sums += f"{hashlib.sha256(content).hexdigest()}  {name}\n".encode()
        _add(new, SUMS, sums)
    return target


Spoiled = list[tuple[Path, dict[str, str], str]]
"""Files, environments, and what is said of them."""


def spoiled(backup: Path, sound: bytes) -> Spoiled:
    """What must not be restored."""
    whole = backup.read_bytes()
    changed, cut, other = (backup.with_name(name) for name in ("changed.tar", "cut.tar", "notes.txt"))
    middle = whole.index(sound) + len(sound) // 2
    changed.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
    cut.write_bytes(whole[: whole.index(b"manifest.json")])
    other.write_text("milk, bread")
    manifest = json.loads(part(backup, "manifest.json"))

    def with_manifest(name: str, **news: object) -> Path:
        text = json.dumps({**manifest, **news}).encode()
        return rewritten(backup, backup.with_name(name), manifest=("manifest.json", text))

    return [
        (backup, {"CP_SECRET_KEY": "o" * 40}, "is not the one of this backup"),
        (backup, {"CP_SECRET_KEY": ""}, "was made without its secret key"),
        (changed, {}, "damaged"),
        (cut, {}, "damaged"),
        (other, {}, "no backup"),
        (rewritten(backup, backup.with_name("outside.tar"), database=("objects/../../escaped", b"x")), {}, "escaped"),
        (with_manifest("revision.tar", revision="9999_later"), {}, "newer version"),
        (with_manifest("format.tar", format=2, made_by="7.0.0"), {}, "7.0.0"),
        (backup.with_name("nowhere.tar"), {}, "nowhere.tar"),
    ]


def check_with_tools(backup: Path, folder: Path) -> None:
    """As an operator would, without our programs.

    Raises:
        CalledProcessError: It is damaged.
    """
    folder.mkdir()
    subprocess.run(["tar", "-xf", backup, "-C", folder], check=True, timeout=30)
    subprocess.run(["sha256sum", "--quiet", "--check", SUMS], cwd=folder, check=True, timeout=30)


def all_command_lines() -> set[str]:
    """The arguments of every process of this machine, as every user sees them."""
    found = set()
    for one in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found.add(one.read_text(errors="replace"))
    return found


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    tar.addfile(entry, io.BytesIO(content))


def part(backup: Path, name: str) -> bytes:
    """One part of a backup."""
    with tarfile.open(backup) as tar:
        file = tar.extractfile(name)
        assert file is not None
        return file.read()
