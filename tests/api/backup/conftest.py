"""An office with a backup, and an empty place."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from tests.api.backup.office import Office, Place, make_office
from tests.api.clients import Client
from tests.databases import copy_database, drop_database


@pytest.fixture
async def office(admin: Client, http: httpx2.AsyncClient, locations: dict[str, str]) -> Office:
    """The API of it runs."""
    return await make_office(admin, http, locations)


@pytest.fixture
async def backup(office: Office, tmp_path: Path) -> Path:
    """Its backup, without the key."""
    file = tmp_path / "office.tar"
    code, _, errors = await office.place.run("backup", "--out", file)
    assert code == 0, errors
    return file


@pytest.fixture
async def elsewhere(postgres_url: str, tmp_path: Path) -> AsyncIterator[Place]:
    """An empty database and no data folder yet; the key is known."""
    name = f"r_{secrets.token_hex(6)}"
    yield Place(await copy_database(postgres_url, "template0", name), tmp_path / "elsewhere")
    await drop_database(postgres_url, name)
