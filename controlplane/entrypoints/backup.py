"""Makes a backup while everything runs: the database as of one moment, then the files that it names.

Files are written once and never changed, and before the row that names them. So every file of that moment is there when
the database was read, but for those that were deleted since: those are left out.
"""

import contextlib
import io
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg

from controlplane import __version__
from controlplane.entrypoints.backup_file import DUMP, KEY, OBJECTS, BackupError, BackupWriter, Manifest, Progress
from controlplane.kit import clock
from controlplane.platform.crypto import Crypto, read_secret_key
from controlplane.platform.postgres_tools import connection, dump, export_snapshot
from controlplane.platform.settings import Settings
from controlplane.platform.storage import Storage

COUNTED = ("organizations", "locations", "users", "calls", "recordings", "voicemails")
RECORDINGS = "recordings/"


@dataclass(frozen=True)
class Wanted:
    """What goes into a backup beside the database and the small files."""

    key: bool
    recordings: bool


@dataclass(frozen=True)
class _Moment:
    """The database as of one moment."""

    revision: str
    rows: dict[str, int]


def back_up(settings: Settings, url: str, target: IO[bytes], wanted: Wanted, progress: Progress) -> Manifest:
    """Writes a backup of this installation.

    Raises:
        BackupError: There is nothing to back up, or no key.
    """
    key = own_key(settings)
    if key is None:
        raise BackupError(f"There is no secret key: set CP_SECRET_KEY, or see {settings.data_dir}/secrets.")
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    writer = BackupWriter(target, progress)
    with tempfile.TemporaryFile(dir=settings.data_dir) as dumped:
        progress.begin("Reading the database", None)
        made_at = clock.now()
        moment = _dump(url, dumped)
        database_bytes = dumped.tell()
        dumped.seek(0)
        progress.begin("Writing the database", database_bytes)
        writer.add(DUMP, dumped, database_bytes)
    if wanted.key:
        writer.add(KEY, io.BytesIO(key.encode()), len(key.encode()))
    files, files_bytes = _add_files(writer, Storage(settings.data_dir / "objects"), wanted, progress)
    manifest = Manifest(
        made_by=__version__, made_at=made_at, revision=moment.revision, secret_key_id=Crypto(key).key_id,
        with_key=wanted.key, with_recordings=wanted.recordings, rows=moment.rows, database_bytes=database_bytes,
        files=files, files_bytes=files_bytes,
    )  # fmt: skip
    writer.finish(manifest)
    return manifest


def own_key(settings: Settings) -> str | None:
    """The installation's secret key; None where none was ever made."""
    return settings.secret_key.get_secret_value() if settings.secret_key else read_secret_key(settings)


def _dump(url: str, target: IO[bytes]) -> _Moment:
    with connection(url) as opened:
        snapshot = export_snapshot(opened)
        if not has_table(opened, "alembic_version"):
            raise BackupError("There is nothing to back up: this database was never used by Call Commander.")
        moment = _Moment(revision_of(opened), count_rows(opened))
        dump(url, snapshot, target)
    target.seek(0, os.SEEK_END)
    return moment


def has_table(opened: psycopg.Connection[Any], name: str) -> bool:
    """Whether the database has this table."""
    return opened.execute("SELECT to_regclass(%s) IS NOT NULL", (f"public.{name}",)).fetchall()[0][0] is True


def revision_of(opened: psycopg.Connection[Any]) -> str:
    """The newest migration that the database has had."""
    return str(opened.execute("SELECT version_num FROM alembic_version").fetchall()[0][0])


def count_rows(opened: psycopg.Connection[Any]) -> dict[str, int]:
    """How many rows there are of what people count."""
    return {name: opened.execute(f"SELECT count(*) FROM public.{name}").fetchall()[0][0] for name in COUNTED}  # noqa: S608


def _add_files(writer: BackupWriter, storage: Storage, wanted: Wanted, progress: Progress) -> tuple[int, int]:
    progress.begin("Writing the files", sum(_size(storage.path(key)) for key in _keys(storage, wanted)))
    count = total = 0
    for key in _keys(storage, wanted):
        with contextlib.suppress(FileNotFoundError), storage.path(key).open("rb") as file:  # deleted meanwhile
            state = os.fstat(file.fileno())
            writer.add(OBJECTS + key, file, state.st_size, state.st_mtime)
            count, total = count + 1, total + state.st_size
    return count, total


def _keys(storage: Storage, wanted: Wanted) -> Iterator[str]:
    return (key for key in storage.keys() if wanted.recordings or not key.startswith(RECORDINGS))  # noqa: SIM118


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
