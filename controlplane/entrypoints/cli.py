"""The ``controlplane`` command. Each command imports what it needs, so that small ones start at once."""

import asyncio
import sys
from collections.abc import Coroutine, Iterator
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console

from controlplane import __version__
from controlplane.platform.logging import configure_logging
from controlplane.platform.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Call Commander: a control plane for Asterisk.")
errors = Console(stderr=True)
Json = Annotated[bool, typer.Option("--json", help="Print data as JSON.")]


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
    import uvloop  # noqa: PLC0415 - see the module's docstring

    return uvloop.run(work)


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


@app.command()
def up() -> None:
    """Run everything on this machine: PostgreSQL, Asterisk, noded, workers, API."""
    from controlplane.entrypoints.up import up as run_up  # noqa: PLC0415

    asyncio.run(run_up(load_settings()))


@app.command()
def demo() -> None:
    """Make real calls through a throw-away system and show what was heard and stored."""
    from controlplane.entrypoints.demo import demo as run_demo  # noqa: PLC0415

    if not asyncio.run(run_demo(load_settings())):
        raise typer.Exit(1)


@app.command()
def api() -> None:
    """Run the HTTP API."""
    import uvicorn  # noqa: PLC0415

    from controlplane.entrypoints.api import make_api  # noqa: PLC0415
    from controlplane.platform.services import make_services  # noqa: PLC0415

    settings = load_settings()
    uvicorn.run(
        make_api(make_services(settings, _database_url(settings))),
        host=settings.http_host,
        port=settings.http_port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
    )


@app.command()
def worker(
    media: Annotated[bool, typer.Option("--media", help="Only speech and sound jobs, one at a time.")] = False,
) -> None:
    """Run background jobs."""
    from controlplane.entrypoints.worker import run_worker  # noqa: PLC0415
    from controlplane.platform.services import make_services  # noqa: PLC0415

    settings = load_settings()
    run(run_worker(make_services(settings, _database_url(settings)), media=media))


@app.command()
def migrate() -> None:
    """Bring the database to its newest shape."""
    from controlplane.platform.migrate import migrate as run_migrations  # noqa: PLC0415

    run(run_migrations(_database_url(load_settings())))


def _database_url(settings: Settings) -> str:
    """The database as set, else the private one, which is started if it doesn't run."""
    if settings.database_url:
        return settings.database_url.get_secret_value()
    from controlplane.platform.postgres import EmbeddedPostgres  # noqa: PLC0415

    return asyncio.run(EmbeddedPostgres(settings.data_dir / "postgres").start())


def main() -> None:
    """Runs a command; what it can't do is said in one sentence and ends with 1 (2: wrong usage)."""
    from controlplane.entrypoints.up import UpError  # noqa: PLC0415
    from controlplane.node.layout import AsteriskRuntimeError  # noqa: PLC0415

    failed = False
    try:
        app()
    except* (UpError, AsteriskRuntimeError) as group:
        failed = True
        for err in _leaves(group):
            errors.print(str(err), style="red", highlight=False)
    if failed:
        sys.exit(1)


def _leaves(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    for err in group.exceptions:
        if isinstance(err, BaseExceptionGroup):
            yield from _leaves(err)
        else:
            yield err


if __name__ == "__main__":
    main()
