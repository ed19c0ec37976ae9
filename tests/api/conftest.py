"""Logged-in clients. Their users are made once, in the template that each test's database is copied from."""

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from controlplane.identity import door
from controlplane.identity.models import Location, Organization, User
from controlplane.platform.auth import hash_password
from controlplane.platform.services import make_services
from controlplane.platform.settings import Settings
from controlplane.platform.uow import UnitOfWork
from tests.api.clients import ADMIN_EMAIL, PASSWORD, Client, log_in
from tests.databases import copy_database


async def _add_people(uow: UnitOfWork) -> None:
    hashed = await hash_password(PASSWORD)
    organization = (await door.load_organizations(uow.session))[0]
    main = (await door.load_locations(uow.session))[0]
    uow.session.add(Location(org_id=organization.id, name="Branch", timezone="America/New_York", address={}))
    for role in ("manager", "executive", "staff"):
        uow.session.add(
            User(org_id=organization.id, email=f"{role}@localhost", name=role.title(), built_in_role=role,
                 location_ids=[main.id], password_hash=hashed)
        )  # fmt: skip
    other = Organization(name="Other organisation")
    uow.session.add(other)
    await uow.session.flush()
    uow.session.add(Location(org_id=other.id, name="Elsewhere", timezone="Europe/Berlin", address={}))
    uow.session.add(
        User(org_id=other.id, email="other@localhost", name="Other", built_in_role="admin", password_hash=hashed)
    )


@pytest.fixture(scope="session")
async def template_database(postgres_url: str, template_database: str) -> str:
    """The migrated template with people in it."""
    name = "cp_template_people"
    url = await copy_database(postgres_url, template_database, name)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(_env_file=None, data_dir=Path(folder), secret_key="t" * 40, admin_password=PASSWORD)
        services = make_services(settings, url)
        async with services.app.open_async():
            await door.ensure_first_admin(services)
            async with services.uow() as uow:
                await _add_people(uow)
        await services.close()
    return name


@pytest.fixture
async def admin(http: httpx2.AsyncClient) -> Client:
    """The first admin, also installation admin, of "My organisation" with the locations "Main" and "Branch"."""
    return await log_in(http, ADMIN_EMAIL)


@pytest.fixture
async def manager(http: httpx2.AsyncClient) -> Client:
    """A manager of "Main" only."""
    return await log_in(http, "manager@localhost")


@pytest.fixture
async def executive(http: httpx2.AsyncClient) -> Client:
    """Reads everywhere in "My organisation"."""
    return await log_in(http, "executive@localhost")


@pytest.fixture
async def staff(http: httpx2.AsyncClient) -> Client:
    """A colleague at "Main" without an extension."""
    return await log_in(http, "staff@localhost")


@pytest.fixture
async def other_org_admin(http: httpx2.AsyncClient) -> Client:
    """Admin of "Other organisation", which has the location "Elsewhere"."""
    return await log_in(http, "other@localhost")


@pytest.fixture
async def locations(admin: Client) -> AsyncIterator[dict[str, str]]:
    """Ids of the locations of all organisations, by name."""
    async with admin.services.uow() as uow:
        yield {location.name: str(location.id) for location in await door.load_locations(uow.session)}
