"""What the commands share: settings, services, printing."""

import asyncio
import atexit
import contextlib
import json
from collections.abc import AsyncIterator, Coroutine
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from controlplane.platform.logging import configure_logging
from controlplane.platform.settings import Settings

errors = Console(stderr=True)
out = Console()
AsJson = Annotated[bool, typer.Option("--json", help="Print data as JSON.")]


def load_settings() -> Settings:
    """Settings from the environment, logging configured by them; wrong ones end the program with one sentence each."""
    try:
        settings = Settings()
    except ValidationError as err:
        for item in err.errors():
            name = "CP_" + "_".join(str(part) for part in item["loc"]).upper()
            errors.print(f"{name}: {item['msg'].removeprefix('Value error, ')}", style="red", highlight=False)
        raise SystemExit(2) from None
    configure_logging(settings.log_level, as_json=settings.log_json)
    return settings


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Runs a command's coroutine on uvloop."""
    import uvloop  # noqa: PLC0415 - noded and the supervisor do without it

    return uvloop.run(work)


def database_url(settings: Settings) -> str:
    """The database as set, else the private one; one that doesn't run is started, and stopped when the command ends."""
    if settings.database_url:
        return settings.database_url.get_secret_value()
    from controlplane.platform.postgres import EmbeddedPostgres, running_url  # noqa: PLC0415 - only where it is needed

    folder = settings.data_dir / "postgres"
    server = EmbeddedPostgres(folder)
    if running_url(folder) is None:
        atexit.register(server.stop)
    return asyncio.run(server.start())


@contextlib.asynccontextmanager
async def services_for(settings: Settings, url: str) -> AsyncIterator[Any]:
    """The control plane's services for one command."""
    from controlplane.entrypoints import declared_jobs as _declared_jobs  # noqa: F401, PLC0415
    from controlplane.platform.services import make_services  # noqa: PLC0415 - heavy

    services = make_services(settings, url)
    await services.wakeups.start()
    async with services.app.open_async():
        yield services
    await services.close()


def print_json(data: Any) -> None:
    """One JSON document on standard output."""
    typer.echo(json.dumps(data, default=str))


def print_rows(rows: list[dict[str, Any]], *, as_json: bool, empty: str) -> None:
    """A list as JSON or as a table."""
    if as_json:
        print_json(rows)
    elif not rows:
        out.print(empty)
    else:
        table = Table(*rows[0])
        for row in rows:
            table.add_row(*("" if value is None else str(value) for value in row.values()))
        out.print(table)
