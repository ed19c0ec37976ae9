"""An organisation whose node has told of some calls."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from controlplane.calls.transcription.process import speech_process
from tests.api.calls.system import System
from tests.api.clients import Client
from tests.api.nodes.fake_node import FakeNode


@pytest.fixture
async def system(http: httpx2.AsyncClient, admin: Client, locations: dict[str, str]) -> AsyncIterator[System]:
    """A node "cap1" that has enrolled; `System.tell` makes it tell of calls."""
    node = FakeNode(http, "cap1")
    assert (await node.enrol()).status_code == 200
    yield System(node, org_id=str(admin.org_id), location_id=locations["Main"])
    await speech_process(None).close()
