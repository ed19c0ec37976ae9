"""The command line, as people type it, on the database of one test."""

import asyncio
import os
import sys

from controlplane.platform.settings import REPOSITORY
from tests.api.clients import Client

Said = tuple[int, str, str]
"""Exit code, what is printed, and what is said to standard error."""


async def controlplane(client: Client, *arguments: object) -> Said:
    """Runs a command on a client's own database."""
    services = client.services
    return await command(
        *arguments, CP_DATABASE_URL=services.database_url, CP_SECRET_KEY="t" * 40,
        CP_DATA_DIR=str(services.settings.data_dir),
    )  # fmt: skip


async def command(*arguments: object, **settings: str) -> Said:
    """Runs a command with settings."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "controlplane.entrypoints.cli", *map(str, arguments),
        cwd=REPOSITORY, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "CP_LOG_LEVEL": "error", **settings},
    )  # fmt: skip
    out, errors = await process.communicate()
    return process.returncode or 0, out.decode(), errors.decode()
