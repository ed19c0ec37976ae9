"""The command line, as people type it, on the database of one test."""

import asyncio
import os
import sys

from controlplane.platform.settings import REPOSITORY
from tests.api.clients import Client


async def controlplane(client: Client, *arguments: object) -> tuple[int, str, str]:
    """Exit code, what is printed, and what is said to standard error."""
    services = client.services
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "controlplane.entrypoints.cli", *map(str, arguments),
        cwd=REPOSITORY, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={
            **os.environ, "CP_DATABASE_URL": services.database_url, "CP_SECRET_KEY": "t" * 40,
            "CP_DATA_DIR": str(services.settings.data_dir), "CP_LOG_LEVEL": "error",
        },
    )  # fmt: skip
    out, errors = await process.communicate()
    return process.returncode or 0, out.decode(), errors.decode()
