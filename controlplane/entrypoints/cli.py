"""The ``controlplane`` command. Each command imports what it needs, so that small ones start at once."""

import asyncio
from dataclasses import asdict
from typing import Annotated

import typer

from controlplane import __version__
from controlplane.entrypoints import cli_ascode as _cli_ascode  # noqa: F401 - adds its commands to `config`
from controlplane.entrypoints import cli_backup, cli_calls, cli_config, cli_models, cli_rehearsal, cli_users
from controlplane.entrypoints.cli_support import AsJson, database_url, errors, load_settings, out, print_json, run

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Call Commander: a control plane for Asterisk.")
app.add_typer(cli_users.app, name="user")
app.add_typer(cli_config.app, name="config")
app.add_typer(cli_models.app, name="models")
app.command()(cli_calls.explain)
app.command()(cli_rehearsal.simulate)
app.command()(cli_rehearsal.flow_tests)
app.command()(cli_backup.backup)
app.command()(cli_backup.restore)


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
    from controlplane.entrypoints.api import run_api  # noqa: PLC0415
    from controlplane.platform.services import make_services  # noqa: PLC0415

    settings = load_settings()
    run_api(make_services(settings, database_url(settings)))


@app.command()
def worker(
    media: Annotated[bool, typer.Option("--media", help="Only speech and sound jobs, one at a time.")] = False,
) -> None:
    """Run background jobs."""
    from controlplane.entrypoints.worker import run_worker  # noqa: PLC0415
    from controlplane.platform.services import make_services  # noqa: PLC0415

    settings = load_settings()
    run(run_worker(make_services(settings, database_url(settings)), media=media))


@app.command()
def migrate() -> None:
    """Bring the database to its newest shape."""
    from controlplane.platform.migrate import migrate as run_migrations  # noqa: PLC0415

    run(run_migrations(database_url(load_settings())))


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Look at this machine and this installation; exit 1 when something can't work."""
    from controlplane.entrypoints.doctor import State, examine  # noqa: PLC0415

    findings = run(examine(load_settings()))
    if as_json:
        print_json([asdict(one) for one in findings])
    else:
        for one in findings:
            todo = f" → {one.todo}" if one.todo else ""
            out.print(
                f"{one.state:4}  {one.what:12}  {one.says}{todo}", highlight=False, markup=False, soft_wrap=True,
                style={State.FAIL: "red", State.WARN: "yellow"}.get(one.state),
            )  # fmt: skip
    if any(one.state is State.FAIL for one in findings):
        raise typer.Exit(1)


@app.command(hidden=True)
def bootstrap() -> None:
    """Migrate, make the first admin, let the local node in; prints JSON. Part of `up` and of the Compose file."""
    from controlplane.entrypoints.bootstrap import bootstrap as run_bootstrap  # noqa: PLC0415

    settings = load_settings()
    print_json(run(run_bootstrap(settings, database_url(settings))))


@app.command()
def node(
    with_asterisk: Annotated[bool, typer.Option("--with-asterisk", help="Also start and watch Asterisk.")] = False,
) -> None:
    """Run noded, the helper beside this machine's Asterisk."""
    from controlplane.entrypoints.node import run_node, run_node_with_asterisk  # noqa: PLC0415

    settings = load_settings()
    if with_asterisk:
        asyncio.run(run_node_with_asterisk(settings))
    else:
        run_node(settings)


def main() -> None:
    """Runs a command; what it can't do is said in one sentence and ends with 1 (2: wrong usage)."""
    from controlplane.entrypoints.backup_file import BackupError  # noqa: PLC0415
    from controlplane.entrypoints.up import UpError  # noqa: PLC0415
    from controlplane.lab.process import LabError  # noqa: PLC0415
    from controlplane.node.layout import AsteriskRuntimeError  # noqa: PLC0415
    from controlplane.platform.problem import ControlPlaneError  # noqa: PLC0415

    try:
        app()
    except (UpError, BackupError, AsteriskRuntimeError, LabError, ControlPlaneError) as err:
        errors.print(str(err), style="red", highlight=False, markup=False)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
