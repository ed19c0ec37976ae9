"""A whole database at once, by PostgreSQL's own programs: into a file, and back in one transaction."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from typing import IO, Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from controlplane.platform.db import plain_url
from controlplane.platform.postgres import PROGRAMS

LOCK_WAIT = "60s"  # a migration under way holds its tables for seconds
CONNECT_S = 10


class DatabaseToolError(Exception):
    """A program of PostgreSQL could not do it; the text is what it said."""


@contextlib.contextmanager
def connection(url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection of one command, outside of any transaction."""
    with psycopg.connect(plain_url(url), autocommit=True, connect_timeout=CONNECT_S) as opened:
        yield opened


def export_snapshot(opened: psycopg.Connection[Any]) -> str:
    """Stops time for this connection, and gives the name by which `dump` sees the same moment."""
    opened.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    return str(opened.execute("SELECT pg_export_snapshot()").fetchall()[0][0])


def dump(url: str, snapshot: str, target: IO[bytes]) -> None:
    """Writes the database as of a snapshot in pg_dump's custom format, compressed; others go on writing meanwhile.

    Raises:
        DatabaseToolError: pg_dump failed.
    """
    where, environment = _connection_of(url)
    command = [
        str(PROGRAMS / "pg_dump"), "--format=custom", "--no-owner", "--no-privileges", "--no-password",
        f"--lock-wait-timeout={LOCK_WAIT}", f"--snapshot={snapshot}", f"--dbname={where}",
    ]  # fmt: skip
    done = subprocess.run(command, env=environment, stdout=target, stderr=subprocess.PIPE, check=False)  # noqa: S603
    if done.returncode:
        raise DatabaseToolError(_last_words(done.stderr))


def load(url: str, dumped: IO[bytes], *, before: str, after: str) -> None:
    """Reads a dump into the database, with SQL before and after it, all in one transaction: wholly or not at all.

    Raises:
        DatabaseToolError: It could not be done; the database is as it was.
    """
    where, environment = _connection_of(url)
    command = [
        str(PROGRAMS / "psql"), "--no-psqlrc", "--no-password", "--quiet", "--set=ON_ERROR_STOP=1", f"--dbname={where}",
    ]  # fmt: skip
    with tempfile.TemporaryFile() as said:
        psql = subprocess.Popen(  # noqa: S603
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said
        )
        try:
            with contextlib.suppress(BrokenPipeError):  # it stopped at an error, which it tells itself
                _tell(psql, dumped, before, after)
            psql.wait()
        finally:
            psql.kill()  # what it was told without COMMIT is undone
            psql.wait()
        if psql.returncode:
            said.seek(0)
            raise DatabaseToolError(_last_words(said.read()))


def _tell(psql: subprocess.Popen[bytes], dumped: IO[bytes], before: str, after: str) -> None:
    """Tells psql everything; COMMIT only once the whole dump was told."""
    assert psql.stdin is not None
    command = [str(PROGRAMS / "pg_restore"), "--file=-", "--no-owner", "--no-privileges"]
    dumped.seek(0)
    with tempfile.TemporaryFile() as said, psql.stdin as told:
        pg_restore = subprocess.Popen(command, stdin=dumped, stdout=subprocess.PIPE, stderr=said)  # noqa: S603
        try:
            with pg_restore:
                assert pg_restore.stdout is not None
                told.write(f"BEGIN;\n{before}\n".encode())
                shutil.copyfileobj(pg_restore.stdout, told, 1024 * 1024)
        finally:
            pg_restore.kill()
        if pg_restore.returncode:
            said.seek(0)
            raise DatabaseToolError(_last_words(said.read()))
        told.write(f"{after}\nCOMMIT;\n".encode())


def _connection_of(url: str) -> tuple[str, dict[str, str]]:
    """How the programs are told where the database is: the password not on the command line, which everybody sees."""
    parts = conninfo_to_dict(plain_url(url))
    password = parts.pop("password", None)
    environment = {**os.environ, "PGCONNECT_TIMEOUT": str(CONNECT_S)}
    if password:
        environment["PGPASSWORD"] = str(password)
    return make_conninfo("", **parts), environment


def _last_words(said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    return next(
        (line for line in lines if "error:" in line or "ERROR:" in line), lines[0] if lines else "no reason given"
    )
