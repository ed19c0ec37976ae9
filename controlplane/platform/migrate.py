"""Bringing the database to the newest shape."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config

from controlplane.platform.db import sqlalchemy_url

MIGRATIONS = Path(__file__).resolve().parents[1] / "migrations"


def alembic_config(database_url: str) -> Config:
    """Alembic's settings without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = sqlalchemy_url(database_url)
    return config


async def migrate(database_url: str) -> None:
    """Runs every migration that is missing; safe with many processes at once (advisory lock)."""
    await asyncio.to_thread(command.upgrade, alembic_config(database_url), "head")
