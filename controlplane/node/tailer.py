"""Reads Asterisk's three record files and turns each row into a fact."""

import asyncio
import contextlib
import functools
import re
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from controlplane.kit import clock
from controlplane.node.follower import Chunk, Follower
from controlplane.node.layout import AsteriskLayout
from controlplane.node.records import CEL_START, cut_csv, cut_lines
from controlplane.node.spool import FilePosition, NewFact, Spool
from controlplane.protocol.asterisk_logs import CDR_COLUMNS, CEL_COLUMNS, QUEUE_LOG_COLUMNS
from controlplane.protocol.facts import FactKind

log = structlog.get_logger(__name__)

_POLL_S = 0.1  # a look costs six system calls
_ROTATE_AT = 64 * 1024 * 1024
_LEG_WAIT_S = 2.0
_NO_CALL = frozenset({"NONE", "REALTIME", "MANAGER", ""})
_EPOCH = re.compile(r"[0-9]{1,10}(\.[0-9]{1,6})?")


@dataclass
class _Pass:
    """What one look into all files gave."""

    facts: list[NewFact] = field(default_factory=list)
    positions: list[FilePosition] = field(default_factory=list)
    legs: dict[str, str] = field(default_factory=dict)


class Tailer:
    """Follows the record files; a row is in the spool within 0.2 s of being written.

    Args:
        layout: where the files lie.
        spool: takes the facts.
        reopen_logs: makes Asterisk open its log files anew; awaited after ``queue_log`` was moved aside.
    """

    def __init__(self, layout: AsteriskLayout, spool: Spool, reopen_logs: Callable[[], Awaitable[None]]) -> None:
        self._spool = spool
        self._reopen_logs = reopen_logs
        cut_cel = functools.partial(cut_csv, columns=len(CEL_COLUMNS), start=CEL_START)
        cut_cdr = functools.partial(cut_csv, columns=len(CDR_COLUMNS))
        cut_queue = functools.partial(cut_lines, columns=len(QUEUE_LOG_COLUMNS))
        self._cel = Follower(layout.cel_file, cut_cel, spool.position(str(layout.cel_file)))
        self._cdr = Follower(layout.cdr_file, cut_cdr, spool.position(str(layout.cdr_file)))
        self._queue = Follower(layout.queue_log, cut_queue, spool.position(str(layout.queue_log)))

    async def run(self) -> None:
        """Reads on until cancelled; on a full disk it waits: the files keep what is not read."""
        try:
            while True:
                try:
                    busy = self.read_once()
                except sqlite3.OperationalError as err:
                    log.warning("tailer.spool_refuses", reason=str(err), hint="is the disk full?")
                    busy = False
                    await asyncio.sleep(5)
                await self._rotate_large()
                await asyncio.sleep(0 if busy else _POLL_S)
        finally:
            self.close()

    def close(self) -> None:
        """Lets go of the files; a later look goes on at the same place."""
        for follower in (self._cel, self._cdr, self._queue):
            follower.close()

    def read_once(self) -> bool:
        """One look into all files; True if there was something.

        Raises:
            sqlite3.OperationalError: the spool takes nothing; the next look reads the same again.
        """
        # Queue lines name only a channel. Channel events are read after them and taken in before them, so that the
        # channel's call is known.
        queue, cel, cdr = self._queue.read(), self._cel.read(), self._cdr.read()
        found = _Pass()
        ends = (
            (self._cel, self._take_cel(cel, found)),
            (self._cdr, self._take_cdr(cdr, found)),
            (self._queue, self._take_queue(queue, found)),
        )
        moved = [(follower, end) for follower, end in ends if end is not None]
        if not moved:
            return False
        found.positions = [follower.position(end) for follower, end in moved]
        self._spool.record(found.facts, found.positions, legs=found.legs)
        for follower, end in moved:
            follower.advance(end)
        return True

    def _take_cel(self, chunk: Chunk, found: _Pass) -> int | None:
        for row, _ in chunk.records:
            payload = dict(zip(CEL_COLUMNS, row, strict=True))
            linkedid = payload["linkedid"]
            found.facts.append(NewFact(FactKind.CEL, _moment(payload["eventtime"]), linkedid or None, payload))
            found.legs[payload["uniqueid"]] = linkedid
        return chunk.end if chunk.moved else None

    def _take_cdr(self, chunk: Chunk, found: _Pass) -> int | None:
        for row, _ in chunk.records:
            payload = dict(zip(CDR_COLUMNS, row, strict=True))
            found.facts.append(NewFact(FactKind.CDR, _moment(payload["end"]), payload["linkedid"] or None, payload))
        return chunk.end if chunk.moved else None

    def _take_queue(self, chunk: Chunk, found: _Pass) -> int | None:
        taken: int | None = None
        for row, end in chunk.records:
            payload = dict(zip(QUEUE_LOG_COLUMNS, row, strict=True))
            at = _moment(payload["time"])
            linkedid = self._call_of(payload["callid"], found.legs)
            if linkedid == "" and (clock.now() - at).total_seconds() < _LEG_WAIT_S:
                return taken  # its channel event is on its way; the next look will know
            # A channel we never heard of is taken for the first of its call, whose uniqueid is the linkedid.
            call = payload["callid"] if linkedid == "" else linkedid
            found.facts.append(NewFact(FactKind.QUEUE_LOG, at, call, payload))
            taken = end
        return chunk.end if chunk.moved else None

    def _call_of(self, uniqueid: str, fresh: dict[str, str]) -> str | None:
        """The call of a channel: None if the line is about no call, "" if it isn't known yet."""
        if uniqueid in _NO_CALL:
            return None
        return fresh.get(uniqueid) or self._spool.linkedid_of(uniqueid) or ""

    async def _rotate_large(self) -> None:
        for follower in (self._cel, self._cdr, self._queue):
            if follower.size < _ROTATE_AT or not follower.is_drained:
                continue
            with contextlib.suppress(OSError):
                follower.move_aside()
            if follower is self._queue:
                await self._reopen_logs()  # Asterisk keeps this one open; the other two it opens for each row


def _moment(text: str) -> datetime:
    """An epoch time; a damaged one counts as now, since the row must not be lost."""
    return clock.from_epoch(float(text)) if _EPOCH.fullmatch(text) else clock.now()
