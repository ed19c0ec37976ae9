"""A node that has enrolled."""

import httpx2
import pytest

from tests.api.nodes.fake_node import FakeNode


@pytest.fixture
async def node(http: httpx2.AsyncClient) -> FakeNode:
    """The node "fra-1"."""
    node = FakeNode(http)
    answer = await node.enrol()
    assert answer.status_code == 200, answer.text
    return node
