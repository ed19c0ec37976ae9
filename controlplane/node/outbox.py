"""Words to the control plane that must arrive, in order, however long it is away."""

import asyncio
import contextlib
import sqlite3

import structlog
from pydantic import BaseModel

from controlplane.node.backoff import Backoff
from controlplane.node.link import Link, LinkDown, LinkRefused

log = structlog.get_logger(__name__)


class Outbox:
    """Keeps reports and command results until they are delivered; survives a SIGKILL."""

    def __init__(self, store: sqlite3.Connection) -> None:
        self._store = store
        store.execute(
            "CREATE TABLE IF NOT EXISTS outbox (id INTEGER PRIMARY KEY, path TEXT NOT NULL, body TEXT NOT NULL)"
        )
        self._filled = asyncio.Event()
        self._emptied = asyncio.Event()

    def put(self, path: str, message: BaseModel) -> None:
        """Takes a message for ``/node/v1/<path>``."""
        with self._store as store:
            store.execute("INSERT INTO outbox (path, body) VALUES (?, ?)", (path, message.model_dump_json()))
        self._emptied.clear()
        self._filled.set()

    async def emptied(self, within_s: float) -> None:
        """Waits until all is delivered, or that long: the control plane may be away."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._emptied.wait()

    async def run(self, link: Link) -> None:
        """Delivers until cancelled."""
        backoff = Backoff(first_s=0.2, most_s=15.0)
        while True:
            self._filled.clear()
            row = self._store.execute("SELECT id, path, body FROM outbox ORDER BY id LIMIT 1").fetchone()
            if row is None:
                self._emptied.set()
                await self._filled.wait()
                continue
            number, path, body = row
            try:
                await link.post(path, body)
            except LinkDown as err:
                log.debug("outbox.waiting", reason=str(err))
                await backoff.sleep()
                continue
            except LinkRefused as err:
                log.warning("outbox.refused", path=path, reason=str(err))
            backoff.reset()
            with self._store as store:
                store.execute("DELETE FROM outbox WHERE id = ?", (number,))
