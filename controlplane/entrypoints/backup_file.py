"""A backup's file: one tar that anybody can look into.

In this order: ``database.dump`` (pg_dump's custom format), ``secret_key`` if it was asked for, ``objects/<key>`` for
each stored file, ``manifest.json``, and ``SHA256SUMS`` over all of them. The checksums come last, so that a file that
was cut off is known as such; ``tar x`` and ``sha256sum -c SHA256SUMS`` check one without this program.
"""

import contextlib
import hashlib
import io
import os
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from pydantic import AwareDatetime, BaseModel, ValidationError

from controlplane.platform.storage import Storage

FORMAT = 1
DUMP, KEY, OBJECTS, MANIFEST, SUMS = "database.dump", "secret_key", "objects/", "manifest.json", "SHA256SUMS"
_CHUNK = 1024 * 1024
_SPOOL = 8 * 1024 * 1024
_SMALL = 1024 * 1024
"""More bytes neither a manifest nor a key has."""


class BackupError(Exception):
    """It can't be backed up or restored; one sentence for a person."""


class Progress(Protocol):
    """Who is told how far it is."""

    def begin(self, what: str, size: int | None) -> None:
        """A new step, of so many bytes if that is known."""

    def moved(self, size: int) -> None:
        """So many bytes more are done."""


class Manifest(BaseModel):
    """What a backup holds.

    Attributes:
        made_by: Version of this program.
        revision: The database's newest migration.
        secret_key_id: Tells whether a key is the one that opens the stored secrets, and nothing of the key.
        rows: How many there are of what people count, by table.
        files: How many stored files there are.
    """

    format: int = FORMAT
    made_by: str
    made_at: AwareDatetime
    revision: str
    secret_key_id: str
    with_key: bool
    with_recordings: bool
    rows: dict[str, int]
    database_bytes: int
    files: int
    files_bytes: int


@contextlib.contextmanager
def written_whole(path: Path) -> Iterator[IO[bytes]]:
    """A file for its owner only that is there when the block ends well, on the disk, and else never."""
    partial = path.with_name(f".{path.name}.part")
    partial.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


class BackupWriter:
    """Writes the parts one after the other; the target need not be seekable."""

    def __init__(self, target: IO[bytes], progress: Progress) -> None:
        self._tar = tarfile.open(fileobj=target, mode="w|", bufsize=_CHUNK)  # noqa: SIM115 - closed by finish
        self._progress = progress
        self._sums = tempfile.SpooledTemporaryFile(_SPOOL)  # noqa: SIM115 - gone with the writer

    def add(self, name: str, content: IO[bytes], size: int, modified: float | None = None) -> None:
        """Adds the next ``size`` bytes of a file."""
        hashed = _Hashed(content, self._progress.moved)
        self._tar.addfile(_entry(name, size, modified), hashed)  # type: ignore[arg-type] # it only reads
        _forget(self._tar)
        self._sums.write(_sum_line(hashed.digest.hexdigest(), name))

    def finish(self, manifest: Manifest) -> None:
        """Adds the manifest and the checksums, and closes the tar."""
        text = manifest.model_dump_json(indent=2).encode() + b"\n"
        self.add(MANIFEST, io.BytesIO(text), len(text))
        size = self._sums.tell()
        self._sums.seek(0)
        self._tar.addfile(_entry(SUMS, size, None), self._sums)
        self._tar.close()


def _entry(name: str, size: int, modified: float | None) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o600, int(modified or time.time())
    return entry


class _Hashed:
    """A file whose bytes are counted and hashed as they are read."""

    def __init__(self, content: IO[bytes], moved: Callable[[int], None]) -> None:
        self._content = content
        self._moved = moved
        self.digest = hashlib.sha256()

    def read(self, size: int) -> bytes:
        """The next bytes."""
        chunk = self._content.read(size)
        self.digest.update(chunk)
        self._moved(len(chunk))
        return chunk


def _sum_line(digest: str, name: str) -> bytes:
    """As ``sha256sum`` writes it."""
    return f"{digest}  {name}\n".encode()


@dataclass(frozen=True)
class Backup:
    """A backup that was read to its end and found whole.

    Attributes:
        key: The secret key, if it is in it.
        foreign: Keys of the storage that it was compared with and that it doesn't have.
    """

    file: IO[bytes]
    manifest: Manifest
    key: str | None
    foreign: frozenset[str]

    def unpack(self, storage: Storage, dumped: IO[bytes], progress: Progress) -> None:
        """Puts the files into a storage, and the database's dump into a file."""
        for name, size, content in _parts(self.file):
            if name == DUMP:
                while chunk := content.read(_CHUNK):
                    dumped.write(chunk)
            elif name.startswith(OBJECTS):
                storage.put_stream(name.removeprefix(OBJECTS), content)
            progress.moved(size)


def read_backup(file: IO[bytes], storage: Storage, progress: Progress) -> Backup:
    """Reads a backup from its beginning to its end, changing nothing.

    Raises:
        BackupError: It is no backup, damaged, or made by a newer version.
    """
    small: dict[str, bytes] = {}
    sums = hashlib.sha256()
    foreign = set(storage.keys())
    try:
        for name, size, content in _parts(file):
            if name == SUMS:
                if _digest(content, progress) != sums.hexdigest():
                    raise BackupError("This backup is damaged: its checksums are not those of its content.")
                return Backup(file, _manifest(small.get(MANIFEST)), _key(small.get(KEY)), frozenset(foreign))
            if name in {MANIFEST, KEY} and size <= _SMALL:
                small[name] = content.read()
                content.seek(0)
            elif name.startswith(OBJECTS):
                key = name.removeprefix(OBJECTS)
                if not storage.is_key(key):
                    raise _unknown(name)
                foreign.discard(key)
            elif name != DUMP:
                raise _unknown(name)
            sums.update(_sum_line(_digest(content, progress), name))
    except (tarfile.TarError, EOFError) as err:
        raise BackupError(f"This is no backup, or a damaged one: {err}.") from err
    raise BackupError("This backup is damaged: its end is missing.")


def _parts(file: IO[bytes]) -> Iterator[tuple[str, int, IO[bytes]]]:
    """Name, size and content of each part up to the checksums; what isn't a plain file is refused."""
    file.seek(0)
    with tarfile.open(fileobj=file, mode="r:") as tar:
        while (entry := tar.next()) is not None:
            content = tar.extractfile(entry) if entry.isreg() else None
            if content is None:
                raise _unknown(entry.name)
            yield entry.name, entry.size, content
            if entry.name == SUMS:
                return
            _forget(tar)


def _unknown(name: str) -> BackupError:
    return BackupError(f"There is something in this file that no backup of this version has: {name[:200]!r}.")


def _forget(tar: tarfile.TarFile) -> None:
    """Else it remembers a kilobyte of each part; read one after the other, none is asked for again."""
    tar.members.clear()  # type: ignore[attr-defined] # described in no stub, there in every version


def _digest(content: IO[bytes], progress: Progress) -> str:
    hashed = _Hashed(content, progress.moved)
    while hashed.read(_CHUNK):
        pass
    return hashed.digest.hexdigest()


class _Format(BaseModel):
    format: int
    made_by: str


def _manifest(text: bytes | None) -> Manifest:
    try:
        kind = _Format.model_validate_json(text or b"")
        if kind.format > FORMAT:
            raise BackupError(f"This backup was made by a newer version ({kind.made_by}): update this one first.")
        return Manifest.model_validate_json(text or b"")
    except ValidationError as err:
        raise BackupError("This backup is damaged: its manifest can't be read.") from err


def _key(text: bytes | None) -> str | None:
    return text.decode() if text is not None else None
