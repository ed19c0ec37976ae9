"""Facts on their way to the control plane, and how far each log file has been read."""

import asyncio
import json
import sqlite3
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from controlplane.kit import clock
from controlplane.protocol.facts import Fact, FactKind

_LEG_LIFE_S = 24 * 3600.0

_TABLES = """
CREATE TABLE IF NOT EXISTS life (boot TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS facts (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, at REAL NOT NULL, linkedid TEXT, payload TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS positions (
    path TEXT PRIMARY KEY, inode INTEGER NOT NULL, read_to INTEGER NOT NULL, head BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS legs (uniqueid TEXT PRIMARY KEY, linkedid TEXT NOT NULL, seen REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class NewFact:
    """A fact that has no number yet; the fields are those of :class:`controlplane.protocol.facts.Fact`."""

    kind: FactKind
    at: datetime
    linkedid: str | None
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class FilePosition:
    """How far a log file was read.

    Attributes:
        path: where the file lay when it was read from its start.
        inode: tells it from its successor after a rotation.
        read_to: bytes read; always the end of a record.
        head: its first bytes, since a file system may give a deleted file's inode to the next one.
    """

    path: str
    inode: int
    read_to: int
    head: bytes


class Spool:
    """Keeps facts until the control plane has acknowledged them.

    Facts and the positions they were read at are saved in one transaction: a SIGKILL at any moment loses none and
    doubles none.

    Attributes:
        boot: random id of this spool file's life; a lost spool can't reuse keys.
        grown: set when facts were added.
    """

    def __init__(self, store: sqlite3.Connection) -> None:
        self._store = store
        store.executescript(_TABLES)
        with store:
            store.execute(
                "INSERT INTO life SELECT ? WHERE NOT EXISTS (SELECT * FROM life)",
                (str(uuid.uuid4()),),
            )
        self.boot: str = store.execute("SELECT boot FROM life").fetchone()[0]
        self.grown = asyncio.Event()

    def record(
        self,
        facts: Iterable[NewFact],
        positions: Iterable[FilePosition] = (),
        *,
        legs: Mapping[str, str] | None = None,
        marks: Mapping[str, str] | None = None,
    ) -> None:
        """Saves facts and all that goes with them, or nothing.

        Args:
            facts: in the order in which the control plane shall see them.
            positions: how far the files are read with these facts.
            legs: linkedid by uniqueid, as seen in these facts.
            marks: what else must be remembered together with them, by name.

        Raises:
            sqlite3.OperationalError: the disk is full or broken; nothing was saved, and the log files still have it.
        """
        now = time.time()
        with self._store as store:
            cursor = store.executemany(
                "INSERT INTO facts (kind, at, linkedid, payload) VALUES (?, ?, ?, ?)",
                (
                    (fact.kind, fact.at.timestamp(), fact.linkedid, json.dumps(fact.payload, ensure_ascii=False))
                    for fact in facts
                ),
            )
            store.executemany(
                "INSERT OR REPLACE INTO positions VALUES (?, ?, ?, ?)",
                ((p.path, p.inode, p.read_to, p.head) for p in positions),
            )
            store.executemany(
                "INSERT OR REPLACE INTO legs VALUES (?, ?, ?)",
                ((uniqueid, linkedid, now) for uniqueid, linkedid in (legs or {}).items()),
            )
            store.executemany("INSERT OR REPLACE INTO marks VALUES (?, ?)", (marks or {}).items())
        if cursor.rowcount > 0:
            self.grown.set()

    def position(self, path: str) -> FilePosition | None:
        """How far this file was read; None if never."""
        row = self._store.execute("SELECT * FROM positions WHERE path = ?", (path,)).fetchone()
        return FilePosition(*row) if row else None

    def batch(self, limit: int) -> list[Fact]:
        """The oldest facts that are not acknowledged."""
        rows = self._store.execute(
            "SELECT seq, kind, at, linkedid, payload FROM facts ORDER BY seq LIMIT ?", (limit,)
        ).fetchall()
        return [
            Fact(
                boot=self.boot,
                seq=seq,
                kind=FactKind(kind),
                at=clock.from_epoch(at),
                linkedid=linkedid,
                payload=json.loads(payload),
            )
            for seq, kind, at, linkedid, payload in rows
        ]

    def acknowledge(self, boot: str, seq: int) -> None:
        """Forgets the facts up to and with ``seq``; an acknowledgement for another life of the spool is passed over."""
        if boot != self.boot:
            return
        with self._store as store:
            store.execute("DELETE FROM facts WHERE seq <= ?", (seq,))

    def depth(self) -> int:
        """Facts that wait for the control plane."""
        # Not counted: after hours without the control plane they are millions, and noded looks every few seconds.
        first, last = self._store.execute(
            "SELECT (SELECT min(seq) FROM facts), (SELECT max(seq) FROM facts)"
        ).fetchone()
        return 0 if first is None else int(last - first + 1)

    def disk_bytes(self) -> int:
        """Size of the database's used pages."""
        pages, free, size = (
            self._store.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
        return int((pages - free) * size)

    def linkedid_of(self, uniqueid: str) -> str | None:
        """The call that a channel last belonged to; None if its channel event was not read yet."""
        row = self._store.execute("SELECT linkedid FROM legs WHERE uniqueid = ?", (uniqueid,)).fetchone()
        return row[0] if row else None

    def mark(self, name: str) -> str | None:
        """What was last remembered under this name."""
        row = self._store.execute("SELECT value FROM marks WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def tidy(self) -> None:
        """Forgets legs of yesterday, and gives free pages back to the disk; for once in a while."""
        with self._store as store:
            store.execute("DELETE FROM legs WHERE seen < ?", (time.time() - _LEG_LIFE_S,))
        self._store.execute("PRAGMA incremental_vacuum(1000)").fetchall()
