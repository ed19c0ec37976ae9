"""The API on a real port, and a node that tells of calls."""

import asyncio
from collections.abc import AsyncIterator

import httpx2
import pytest
import uvicorn

from controlplane.platform.services import Services
from controlplane.realtime.follower import Follower
from tests.api.calls.system import System
from tests.api.clients import Client
from tests.api.nodes.fake_node import FakeNode
from tests.api.realtime.listening import Stage


@pytest.fixture
async def stage(http: httpx2.AsyncClient) -> AsyncIterator[Stage]:
    app = http._transport.app  # type: ignore[attr-defined]
    server = uvicorn.Server(
        uvicorn.Config(
            app, "127.0.0.1", 0, lifespan="off", log_config=None, access_log=False, timeout_graceful_shutdown=3
        )
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    yield Stage(server.servers[0].sockets[0].getsockname()[1])
    server.should_exit = True
    await serving


@pytest.fixture
def services(http: httpx2.AsyncClient) -> Services:
    services: Services = http.services  # type: ignore[attr-defined]
    return services


@pytest.fixture
def follower(http: httpx2.AsyncClient) -> Follower:
    follower: Follower = http._transport.app.state.follower  # type: ignore[attr-defined]
    return follower


@pytest.fixture
async def system(http: httpx2.AsyncClient, admin: Client, locations: dict[str, str]) -> System:
    node = FakeNode(http, "cap1")
    assert (await node.enrol()).status_code == 200
    return System(node, org_id=str(admin.org_id), location_id=locations["Main"])
