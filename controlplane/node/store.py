"""noded's one file of memory: what must survive a SIGKILL between two steps."""

import sqlite3
from pathlib import Path


def open_store(path: Path) -> sqlite3.Connection:
    """Opens noded's database, making it if it is new; private to the owner.

    ``synchronous = FULL``: a fact's number must never be given out twice, not even after a power cut, because the
    control plane would take the second fact for a repetition of the first. A commit costs about 1 ms on an SSD.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    connection = sqlite3.connect(path, timeout=5.0)
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # counts only before the first table
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA cache_size = -2000")
    return connection
