"""The way of a row from a log file into the spool, through rotation, truncation and death."""

import asyncio
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import time_machine

from controlplane.kit import clock
from controlplane.node import follower, tailer
from controlplane.node.layout import AsteriskLayout
from controlplane.node.spool import Spool
from controlplane.node.store import open_store
from controlplane.node.tailer import Tailer
from controlplane.protocol.asterisk_logs import CDR_COLUMNS, CEL_COLUMNS
from controlplane.protocol.facts import FactKind


async def nothing() -> None:
    """Asterisk is not there."""


@pytest.fixture
def layout(tmp_path: Path) -> AsteriskLayout:
    layout = AsteriskLayout(root=tmp_path, tree=tmp_path)
    for file in (layout.cel_file, layout.cdr_file):
        file.parent.mkdir(parents=True)
    return layout


class Node:
    """A tailer and its spool, which can die and come back."""

    def __init__(self, layout: AsteriskLayout) -> None:
        self.layout = layout
        self.revive()

    def revive(self) -> None:
        self.store = open_store(self.layout.root / "noded.db")
        self.spool = Spool(self.store)
        self.tailer = Tailer(self.layout, self.spool, nothing)

    def die(self) -> None:
        self.tailer.close()
        self.store.close()

    def read(self) -> None:
        while self.tailer.read_once():
            pass

    def names(self) -> list[str]:
        """The caller's name of each channel event, in order."""
        return [fact.payload["cid_name"] for fact in self.spool.batch(100_000) if fact.kind == FactKind.CEL]


@pytest.fixture
def node(layout: AsteriskLayout) -> Iterator[Node]:
    node = Node(layout)
    yield node
    node.die()


def cel(name: str, uniqueid: str = "nd1-1.0", linkedid: str = "nd1-1.0", event: str = "CHAN_START") -> str:
    row = dict.fromkeys(CEL_COLUMNS, "") | {
        "eventtype": event, "eventtime": "1795229396.232484", "cid_name": name, "uniqueid": uniqueid,
        "linkedid": linkedid,
    }  # fmt: skip
    return ",".join('"' + text.replace('"', '""') + '"' for text in row.values()) + "\n"


def append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def test_rows_become_facts_with_their_call_and_time(node: Node) -> None:
    append(node.layout.cel_file, cel("Ann", uniqueid="nd1-2.1", linkedid="nd1-2.0"))
    cdr = dict.fromkeys(CDR_COLUMNS, "") | {"end": "1795229404.500000", "linkedid": "nd1-2.0"}
    append(node.layout.cdr_file, ",".join(f'"{text}"' for text in cdr.values()) + "\n")
    append(
        node.layout.queue_log,
        "1795229397|nd1-2.1|q-1|NONE|ENTERQUEUE||+1555|1\n1795229398|NONE|NONE|NONE|QUEUESTART|\n",
    )
    node.read()
    facts = node.spool.batch(10)
    assert [(fact.kind, fact.linkedid) for fact in facts] == [
        (FactKind.CEL, "nd1-2.0"), (FactKind.CDR, "nd1-2.0"), (FactKind.QUEUE_LOG, "nd1-2.0"),
        (FactKind.QUEUE_LOG, None),
    ]  # fmt: skip
    assert [fact.seq for fact in facts] == [1, 2, 3, 4]
    assert facts[0].at == clock.from_epoch(1795229396.232484)
    assert facts[1].at == clock.from_epoch(1795229404.5)


def test_a_queue_line_waits_for_its_channel_event_but_not_for_ever(node: Node) -> None:
    now = int(time.time())
    append(node.layout.queue_log, f"{now}|nd1-9.1|q-1|NONE|ENTERQUEUE||+1555|1\n")
    node.read()
    assert node.spool.depth() == 0
    append(node.layout.cel_file, cel("x", uniqueid="nd1-9.1", linkedid="nd1-9.0"))
    node.read()
    assert [fact.linkedid for fact in node.spool.batch(9)] == ["nd1-9.0", "nd1-9.0"]
    append(node.layout.queue_log, f"{now}|nd1-8.1|q-1|NONE|ENTERQUEUE||+1555|1\n")
    with time_machine.travel(now + 5):
        node.read()
    assert node.spool.batch(9)[-1].linkedid == "nd1-8.1", "a channel never heard of is taken for the call's first"


def test_a_row_is_read_only_when_it_is_whole(node: Node) -> None:
    row = cel("Ann\nline two")
    append(node.layout.cel_file, row[:60])
    node.read()
    assert node.names() == []
    append(node.layout.cel_file, row[60:])
    node.read()
    assert node.names() == ["Ann\nline two"]


def logrotate(path: Path) -> None:
    path.rename(path.with_name(path.name + ".1"))


def move_aside(path: Path) -> None:
    path.rename(path.with_name(path.name + follower.ROTATED_SUFFIX))


@pytest.mark.parametrize("rotate", [logrotate, move_aside])
@pytest.mark.parametrize("dies", [False, True])
def test_rotation_loses_and_doubles_nothing(
    node: Node, monkeypatch: pytest.MonkeyPatch, rotate: Callable[[Path], None], dies: bool
) -> None:
    monkeypatch.setattr(follower, "_DRAIN_S", 0.05)
    path = node.layout.cel_file
    append(path, cel("1") + cel("2"))
    node.read()
    append(path, cel("3"))
    writer = path.open("a")
    rotate(path)
    writer.write(cel("4"))  # it had the file open
    writer.close()
    append(path, cel("5"))
    if dies:
        node.die()
        node.revive()
    node.read()
    time.sleep(0.06)
    node.read()
    append(path, cel("6"))
    node.read()
    assert node.names() == list("123456")
    assert not path.with_name(path.name + follower.ROTATED_SUFFIX).exists(), "what we moved aside is deleted"


def test_a_truncated_file_is_read_from_its_start(node: Node) -> None:
    append(node.layout.cel_file, cel("1") + cel("2"))
    node.read()
    node.layout.cel_file.write_text(cel("3"))
    node.read()
    assert node.names() == list("123")


def test_a_new_file_with_the_old_ones_inode_is_not_taken_for_it(node: Node) -> None:
    append(node.layout.cel_file, cel("one") + cel("two"))
    node.read()
    node.die()
    node.layout.cel_file.write_text(cel("new 1") + cel("new 2") + cel("new 3"))  # the same inode, other content
    node.revive()
    node.read()
    assert node.names() == ["one", "two", "new 1", "new 2", "new 3"]


def test_a_full_disk_leaves_the_rows_in_the_file(node: Node) -> None:
    append(node.layout.cel_file, cel("x" * 5000) * 50)
    pages = node.store.execute("PRAGMA page_count").fetchone()[0]
    node.store.execute(f"PRAGMA max_page_count = {pages + 5}")
    with pytest.raises(sqlite3.OperationalError, match="full"):
        node.tailer.read_once()
    assert node.spool.depth() == 0
    node.store.execute("PRAGMA max_page_count = 1000000")
    node.read()
    assert len(node.names()) == 50


def test_acknowledged_facts_go_and_their_numbers_are_never_used_again(node: Node) -> None:
    append(node.layout.cel_file, cel("1") + cel("2"))
    node.read()
    node.spool.acknowledge("another-life", 2)
    assert node.spool.depth() == 2
    node.spool.acknowledge(node.spool.boot, 2)
    assert node.spool.depth() == 0
    boot = node.spool.boot
    node.die()
    node.revive()
    append(node.layout.cel_file, cel("3"))
    node.read()
    assert [(fact.boot, fact.seq) for fact in node.spool.batch(9)] == [(boot, 3)]


READER = """
import sys
from pathlib import Path
from controlplane.node.layout import AsteriskLayout
from controlplane.node.spool import Spool
from controlplane.node.store import open_store
from controlplane.node.tailer import Tailer

async def nothing() -> None: ...

layout = AsteriskLayout(root=Path(sys.argv[1]), tree=Path(sys.argv[1]))
spool = Spool(open_store(layout.root / "noded.db"))
tailer = Tailer(layout, spool, nothing)
print("ready", flush=True)
while True:
    tailer.read_once()
"""


def test_sigkill_at_any_moment_loses_and_doubles_nothing(node: Node) -> None:
    node.die()
    written = 0
    for delay_s in (0.001, 0.003, 0.005, 0.01, 0.02, 0.03):
        reader = subprocess.Popen([sys.executable, "-c", READER, node.layout.root], stdout=subprocess.PIPE)
        assert reader.stdout is not None
        assert reader.stdout.readline() == b"ready\n"
        until = time.monotonic() + delay_s
        while time.monotonic() < until:
            append(node.layout.cel_file, "".join(cel(str(written + number)) for number in range(7)))
            written += 7
        reader.kill()
        reader.wait()
        reader.stdout.close()
    node.revive()
    node.read()
    assert node.names() == [str(number) for number in range(written)]


async def test_a_large_file_is_moved_aside_and_deleted_when_read(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follower, "_DRAIN_S", 0.05)
    monkeypatch.setattr(tailer, "_ROTATE_AT", 150)
    append(node.layout.cel_file, cel("1") + cel("2"))
    running = asyncio.ensure_future(node.tailer.run())
    await soon(lambda: not node.layout.cel_file.exists())
    append(node.layout.cel_file, cel("3"))
    await soon(lambda: node.names() == list("123"))
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert not list(node.layout.cel_file.parent.glob("*.read"))


async def soon(is_so: Callable[[], bool]) -> None:
    for _ in range(500):
        if is_so():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen within 5 s")
