"""Brings a backup back: everything is checked first, then the files, then the database in one transaction.

A restore that is broken off has changed nothing that counts: files are named by what the restored database says, and
that is there wholly or not at all. The same restore can be run again.

Of the old server nothing goes on here by itself: the node of this machine introduces itself anew (its own key never
leaves it, so no backup has it), while nodes elsewhere go on with theirs, for the secret key is the same and signs their
releases. Jobs that were being done are taken over by the workers, as after any crash.
"""

import asyncio
import os
import tempfile
from dataclasses import dataclass
from typing import IO

from controlplane.entrypoints.backup import count_rows, has_table, own_key
from controlplane.entrypoints.backup_file import Backup, BackupError, Manifest, Progress, read_backup
from controlplane.platform.crypto import Crypto, keep_secret_key
from controlplane.platform.migrate import is_known, migrate
from controlplane.platform.postgres_tools import connection, load
from controlplane.platform.settings import Settings
from controlplane.platform.storage import Storage

EMPTY = "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
FORGET_OLD_SERVER = "UPDATE public.event_log SET tx = '0';"
"""Transactions are counted anew in another PostgreSQL: see docs/subsystems/realtime.md."""


@dataclass(frozen=True)
class Target:
    """What there is already.

    Attributes:
        rows: How many rows there are by table; None where there are no tables.
        files: How many stored files the backup doesn't have; they stay.
    """

    rows: dict[str, int] | None
    files: int

    @property
    def is_empty(self) -> bool:
        """Nothing can be lost."""
        return self.rows is None and not self.files


def check(settings: Settings, file: IO[bytes], progress: Progress) -> Backup:
    """Reads the whole backup and changes nothing.

    Raises:
        BackupError: It is damaged, of a newer version, or its secret key is not the one here.
    """
    progress.begin("Checking the backup", file.seek(0, os.SEEK_END))
    backup = read_backup(file, _storage(settings), progress)
    manifest = backup.manifest
    if not is_known(manifest.revision):
        raise BackupError(f"This backup was made by a newer version ({manifest.made_by}): update this one first.")
    _check_key(settings, backup)
    return backup


def _check_key(settings: Settings, backup: Backup) -> None:
    wanted = backup.manifest.secret_key_id
    key = own_key(settings) or backup.key
    if key is None:
        raise BackupError(
            "This backup was made without its secret key: put the key that you kept into "
            f"{settings.data_dir}/secrets/secret_key, or set CP_SECRET_KEY. Without it stored passwords stay closed."
        )
    found = Crypto(key).key_id
    if found != wanted:
        where = "CP_SECRET_KEY" if settings.secret_key else f"{settings.data_dir}/secrets/secret_key"
        raise BackupError(
            f"The secret key in {where} is not the one of this backup ({found}, not {wanted}): give it that one, "
            "or stored passwords stay closed."
        )


def look_at_target(url: str, backup: Backup) -> Target:
    """What would be replaced.

    Raises:
        BackupError: The database is in use, or belongs to something else.
    """
    with connection(url) as opened:
        others = opened.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchall()[0][0]
        if others:
            raise BackupError(
                f"The database is in use ({others} connections): stop the API and the workers first, "
                "such as by docker compose stop api worker media-worker."
            )
        tables = opened.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchall()[0][0]
        if tables and not (has_table(opened, "alembic_version") and has_table(opened, "event_log")):
            raise BackupError("The database holds tables of something else: give CP_DATABASE_URL one of its own.")
        return Target(count_rows(opened) if tables else None, len(backup.foreign))


def restore(settings: Settings, url: str, backup: Backup, target: Target, progress: Progress) -> Manifest:
    """Puts everything in its place; the caller holds the data folder and has asked."""
    manifest = backup.manifest
    with tempfile.TemporaryFile(dir=settings.data_dir) as dumped:
        progress.begin("Restoring the files", manifest.database_bytes + manifest.files_bytes)
        backup.unpack(_storage(settings), dumped, progress)
        if own_key(settings) is None and backup.key is not None:
            keep_secret_key(settings, backup.key)
        os.sync()  # the files are on the disk before the database names them
        progress.begin("Restoring the database", None)
        load(url, dumped, before=EMPTY if target.rows is not None else "", after=FORGET_OLD_SERVER)
    (settings.data_dir / "node" / "secrets" / "enrolment.json").unlink(missing_ok=True)  # what it enrolled in is gone
    progress.begin("Bringing the database to its newest shape", None)
    asyncio.run(migrate(url))
    return manifest


def _storage(settings: Settings) -> Storage:
    return Storage(settings.data_dir / "objects")
