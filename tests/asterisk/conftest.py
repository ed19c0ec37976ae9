"""What several modules of tests on real Asterisk use."""

from collections.abc import Iterator

import pytest

from controlplane.node.runtime import ensure_tree
from tests.asterisk.lab_node import LabNode


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabNode]:
    """noded beside its Asterisk, and a stand-in for the control plane; one for each module."""
    node = LabNode(tmp_path_factory.mktemp("nd"), ensure_tree("asterisk", progress=print))
    try:
        node.start_asterisk()
        node.start_noded()
        node.wait_ready()
        yield node
    finally:
        node.close()
