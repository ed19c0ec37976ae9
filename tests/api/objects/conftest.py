"""A world with one object of each kind, made once over HTTP in the template of these tests' databases."""

import tempfile
from pathlib import Path

import httpx2
import pytest

from controlplane.entrypoints.api import make_api
from controlplane.platform.services import make_services
from controlplane.platform.settings import Settings
from tests.api.clients import ADMIN_EMAIL, log_in
from tests.api.objects.examples import Ids, make_world
from tests.databases import copy_database

_ids: Ids = {}


@pytest.fixture(scope="session")
async def template_database(postgres_url: str, template_database: str) -> str:
    """The template with people in it, and the world."""
    name = "cp_template_world"
    url = await copy_database(postgres_url, template_database, name)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(_env_file=None, data_dir=Path(folder), secret_key="t" * 40)
        services = make_services(settings, url)
        async with services.app.open_async():
            http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=make_api(services)), base_url="http://test")
            http.services = services  # type: ignore[attr-defined] # where log_in looks
            _ids.update(await make_world(await log_in(http, ADMIN_EMAIL)))
        await services.close()
    return name


@pytest.fixture
def ids(template_database: str) -> Ids:
    """Ids of the world's objects by REST path."""
    return dict(_ids)
