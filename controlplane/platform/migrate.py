"""Bringing the database to the newest shape."""

import asyncio
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from controlplane.platform.db import plain_url, sqlalchemy_url

MIGRATIONS = Path(__file__).resolve().parents[1] / "migrations"


def alembic_config(database_url: str) -> Config:
    """Alembic's settings without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = sqlalchemy_url(database_url)
    return config


async def missing_migrations(database_url: str) -> list[str]:
    """Migrations that this database has not had yet, oldest first."""
    async with await psycopg.AsyncConnection.connect(plain_url(database_url), autocommit=True) as connection:
        found = await (await connection.execute("SELECT to_regclass('alembic_version')")).fetchone()
        rows = []
        if found and found[0]:
            rows = await (await connection.execute("SELECT version_num FROM alembic_version")).fetchall()
    had = rows[0][0] if rows else "base"
    steps = ScriptDirectory.from_config(alembic_config(database_url)).iterate_revisions("head", had)
    return [step.revision for step in steps][::-1]


def is_known(revision: str) -> bool:
    """Whether this version has the migration: a database of a newer one has had others, which can't be undone."""
    return any(step.revision == revision for step in ScriptDirectory(str(MIGRATIONS)).walk_revisions())


async def migrate(database_url: str) -> None:
    """Runs every migration that is missing; safe with many processes at once (advisory lock)."""
    await asyncio.to_thread(command.upgrade, alembic_config(database_url), "head")
