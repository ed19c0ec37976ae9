"""Follows one growing log file through rotation, truncation and restarts."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import structlog

from controlplane.node.records import Cut
from controlplane.node.spool import FilePosition

log = structlog.get_logger(__name__)

ROTATED_SUFFIX = ".read"
"""Name ending of a file that we moved aside ourselves, and delete when it is read to its end."""

_CHUNK = 1024 * 1024
_HEAD = 128
_DRAIN_S = 2.0  # a writer that opened the file before it was renamed has finished by then


@dataclass(frozen=True)
class Chunk:
    """What a look into the file gave.

    Attributes:
        records: column texts and the file offset behind each.
        end: offset up to which the bytes are done with, records and torn remains.
        moved: whether that is further than before.
    """

    records: list[tuple[list[str], int]]
    end: int
    moved: bool


class Follower:
    """Reads a file from where it was left; :meth:`position` is what to save with the records.

    Nothing moves on by itself: after :meth:`read` the caller saves, then calls :meth:`advance`.
    """

    def __init__(self, path: Path, cut: Callable[[bytes], Cut], saved: FilePosition | None) -> None:
        self.path = path
        self._cut = cut
        self._saved = saved
        self._file: BinaryIO | None = None
        self._read_to = 0
        self._successor_seen: float | None = None

    def read(self) -> Chunk:
        """The next records, at most about 1 MB; empty if there is nothing new."""
        if self._file is None and not self._open():
            return Chunk([], 0, moved=False)
        data = self._new_bytes()
        cut = self._cut(data)
        if not cut.used and self._may_leave():
            cut.dropped = len(data)
            self._leave()
            if self._open():
                cut = self._cut(self._new_bytes())
        if cut.dropped:
            log.warning("tailer.torn_record", file=str(self.path), bytes=cut.dropped)
        base = self._read_to
        return Chunk([(fields, base + end) for fields, end in cut.records], base + cut.used, moved=cut.used > 0)

    def position(self, read_to: int) -> FilePosition:
        """The place to save for this offset."""
        assert self._file is not None
        number = self._file.fileno()
        head = os.pread(number, min(_HEAD, read_to), 0)
        return FilePosition(str(self.path), os.fstat(number).st_ino, read_to, head)

    def advance(self, read_to: int) -> None:
        """The records up to here are saved."""
        self._read_to = read_to

    @property
    def size(self) -> int:
        """Bytes in the file that is being read."""
        return os.fstat(self._file.fileno()).st_size if self._file else 0

    @property
    def is_drained(self) -> bool:
        """Whether all of the current file is read."""
        return self._file is not None and self._read_to == self.size

    def move_aside(self) -> None:
        """Renames the file, so that its writer begins a new one; the old one is deleted when it is left.

        Does nothing while the file of last time is still being read.
        """
        if self._is_in_place():
            self.path.rename(self.path.with_name(self.path.name + ROTATED_SUFFIX))
            log.info("tailer.moved_aside", file=str(self.path))

    def _is_in_place(self) -> bool:
        """Whether the file being read is the one that is written."""
        if self._file is None or not self.path.exists():
            return False
        return self.path.stat().st_ino == os.fstat(self._file.fileno()).st_ino

    def close(self) -> None:
        """Lets go of the file; a later :meth:`read` goes on at the same place."""
        if self._file:
            self._saved = self.position(self._read_to)
            self._file.close()
            self._file = None

    def _open(self) -> bool:
        if self._saved is not None:
            for candidate in (self.path, *sorted(self.path.parent.glob(self.path.name + ".*"))):
                if self._open_at(candidate, self._saved):
                    self._saved = None
                    return True
            log.warning("tailer.file_lost", file=str(self.path), hint="it is read from its start")
        self._saved = None
        try:
            self._file = self.path.open("rb")
        except FileNotFoundError:
            return False
        self._read_to, self._successor_seen = 0, None
        return True

    def _open_at(self, candidate: Path, saved: FilePosition) -> bool:
        try:
            file = candidate.open("rb")
        except FileNotFoundError:
            return False
        stat = os.fstat(file.fileno())
        if stat.st_ino != saved.inode or stat.st_size < saved.read_to or file.read(len(saved.head)) != saved.head:
            file.close()
            return False
        self._file, self._read_to = file, saved.read_to
        return True

    def _new_bytes(self) -> bytes:
        assert self._file is not None
        if os.fstat(self._file.fileno()).st_size < self._read_to:
            log.warning("tailer.file_truncated", file=str(self.path))
            self._read_to = 0
        return os.pread(self._file.fileno(), _CHUNK, self._read_to)

    def _may_leave(self) -> bool:
        """Whether a newer file lies in this one's place, long enough for the last writers of this one."""
        assert self._file is not None
        if not self.path.exists() or self._is_in_place():
            self._successor_seen = None
            return False
        now = time.monotonic()
        self._successor_seen = self._successor_seen or now
        return now - self._successor_seen >= _DRAIN_S

    def _leave(self) -> None:
        assert self._file is not None
        ours = self.path.with_name(self.path.name + ROTATED_SUFFIX)
        if ours.exists() and ours.stat().st_ino == os.fstat(self._file.fileno()).st_ino:
            ours.unlink()
        self._file.close()
        self._file = None
