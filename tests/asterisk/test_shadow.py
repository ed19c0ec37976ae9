"""The shadow Asterisk itself: starts beside the node's, silent and on loopback alone, and leaves nothing behind."""

import asyncio
from pathlib import Path

import psutil
import pytest

from controlplane.node.layout import AsteriskLayout
from controlplane.node.rehearsal.shadow import HOST, end_old_shadow, start_shadow
from controlplane.node.runtime import ensure_tree, run_cli, running_pid
from controlplane.protocol.rehearsal import silence

pytestmark = pytest.mark.asterisk


@pytest.fixture
def node(tmp_path: Path) -> AsteriskLayout:
    """A node whose own Asterisk is not needed."""
    return AsteriskLayout(root=tmp_path / "node", tree=ensure_tree("asterisk", progress=print), systemname="nd1")


async def test_it_listens_on_loopback_alone_and_says_nothing(node: AsteriskLayout) -> None:
    shadow = await start_shadow(node)
    try:
        pid = running_pid(shadow.layout)
        assert pid is not None
        sockets = psutil.Process(pid).net_connections("inet")
        assert {one.laddr.ip for one in sockets if one.status == psutil.CONN_LISTEN} == {HOST}
        assert {one.laddr.ip for one in sockets if one.laddr.port == shadow.layout.ports.sip} == {HOST}
        greeting = shadow.layout.data / "sounds" / "en" / "vm-theperson.wav"
        assert greeting.read_bytes() == silence()
        assert "app_queue" in await asyncio.to_thread(run_cli, shadow.layout, "module show like app_queue")
    finally:
        await shadow.stop()
    assert running_pid(shadow.layout) is None
    assert not shadow.is_up


async def test_one_that_was_left_behind_is_ended_and_the_next_begins_clean(node: AsteriskLayout) -> None:
    left = await start_shadow(node)
    for task in left.tasks:  # as after a SIGKILL of noded
        task.cancel()
    left.stand_ins.close()
    (left.layout.spool / "voicemail" / "old").mkdir()
    await asyncio.to_thread(end_old_shadow, node)
    left.process.wait(timeout=5)
    assert running_pid(left.layout) is None
    shadow = await start_shadow(node)
    try:
        assert not (shadow.layout.spool / "voicemail" / "old").exists()
    finally:
        await shadow.stop()
