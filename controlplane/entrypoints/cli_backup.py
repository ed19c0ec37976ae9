"""``controlplane backup`` and ``controlplane restore``."""

import contextlib
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Annotated, Any

import typer
from rich.progress import BarColumn, DownloadColumn, TextColumn
from rich.progress import Progress as Bar

from controlplane.entrypoints.backup_file import BackupError, Manifest
from controlplane.entrypoints.cli_support import (
    AsJson,
    database_url,
    errors,
    load_settings,
    print_json,
    run,
    services_for,
)
from controlplane.platform.settings import Settings

STREAM = "-"
WORDS = {
    "organizations": "organisation", "locations": "location", "users": "user", "calls": "call",
    "recordings": "recording", "voicemails": "voicemail",
}  # fmt: skip


def backup(
    out: Annotated[
        Path | None,
        typer.Option(help="File or folder; - for standard output. Default: a file with the time in its name, here."),
    ] = None,
    with_key: Annotated[
        bool, typer.Option("--with-key", help="Also the secret key: who has the file can then read every password.")
    ] = False,
    without_recordings: Annotated[
        bool, typer.Option("--without-recordings", help="Leave the recordings of calls out, voicemail stays.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write everything that a new server needs into one file, while the system runs; whole or not at all."""
    from controlplane.entrypoints.backup import Wanted, back_up  # noqa: PLC0415 - heavy

    if as_json and str(out) == STREAM:
        raise typer.BadParameter("--json and the backup can't both go to standard output")
    settings = load_settings()
    if not settings.database_url and not (settings.data_dir / "postgres").exists():
        raise BackupError(f"There is nothing to back up in {settings.data_dir}: CP_DATA_DIR names another folder.")
    with _orderly(), _shown(quiet=as_json) as progress:
        url = database_url(settings)
        with _target(out) as (file, path):
            manifest = back_up(settings, url, file, Wanted(with_key, not without_recordings), progress)
        told = {"file": path.name if path else STREAM, **manifest.model_dump(mode="json", exclude={"rows"})}
        run(_note(settings, url, "installation.backup", told))
    if as_json:
        size = path.stat().st_size if path else None
        print_json({"file": str(path), "bytes": size, **manifest.model_dump(mode="json")})
        return
    _say(f"{path or 'The backup'} holds {_in_words(manifest)}.")
    if with_key:
        _say("The secret key is in it: keep this file where nobody else can read it.", style="yellow")
    else:
        _say(f"The secret key is NOT in it: keep {_key_place(settings)} elsewhere, or stored passwords are lost.",
             style="yellow")  # fmt: skip


def restore(
    file: Annotated[str, typer.Argument(help="What `backup` wrote; - for standard input.")],
    replace: Annotated[bool, typer.Option("--replace", help="Also where something is already: that is lost.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask before something is lost.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring a backup back into an empty installation; broken off, it has changed nothing and can be run again."""
    from controlplane.entrypoints import restore as restoring  # noqa: PLC0415 - heavy
    from controlplane.entrypoints.up import UpError, is_up, only_one  # noqa: PLC0415

    if file == STREAM and replace and not yes:
        raise typer.BadParameter("with - for the file nobody can be asked: add --yes")
    settings = load_settings()
    if is_up(settings):
        raise UpError(f"Call Commander runs in {settings.data_dir}: stop it first.")
    with _orderly(), _shown(quiet=as_json) as progress, _source(file, settings) as source:
        found = restoring.check(settings, source, progress)
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        with only_one(settings.data_dir):
            url = database_url(settings)
            target = restoring.look_at_target(url, found)
            if not target.is_empty:
                progress.end()
                _consent(_what_is_lost(target, found.manifest), replace=replace, yes=yes)
            manifest = restoring.restore(settings, url, found, target, progress)
            run(_let_in_and_note(settings, url, manifest, Path(file).name))
    if as_json:
        print_json(manifest.model_dump(mode="json"))
    else:
        _say(f"Restored {_in_words(manifest)}, as of {_moment(manifest)}.")
        _say("Start the system; its node introduces itself anew, nodes on other machines go on by themselves.")


def _consent(loss: str, *, replace: bool, yes: bool) -> None:
    if not replace:
        raise BackupError(f"{loss} If that is right, add --replace.")
    if not yes:
        typer.confirm(f"{loss}\nGo on?", abort=True, err=True)


def _what_is_lost(target: Any, manifest: Manifest) -> str:
    lines = ["There is something here already."]
    if target.rows is not None:
        instead = f"the backup of {_moment(manifest)} ({_counted(manifest.rows)})"
        lines.append(f"The database ({_counted(target.rows)}) would be lost and {instead} put in its place.")
    if target.files:
        lines.append(f"The data folder keeps {_many(target.files, 'file')} that the backup doesn't have.")
    return " ".join(lines)


def _in_words(manifest: Manifest) -> str:
    left_out = "" if manifest.with_recordings else ", without recordings"
    return f"{_counted(manifest.rows)}, {_many(manifest.files, 'file')} ({manifest.files_bytes / 1e6:.1f} MB){left_out}"


def _counted(rows: dict[str, int]) -> str:
    return ", ".join(_many(rows[name], word) for name, word in WORDS.items() if name in rows)


def _many(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _moment(manifest: Manifest) -> str:
    return f"{manifest.made_at:%Y-%m-%d %H:%M} UTC"


def _key_place(settings: Settings) -> str:
    return "CP_SECRET_KEY" if settings.secret_key else str(settings.data_dir / "secrets" / "secret_key")


def _say(text: str, style: str | None = None) -> None:
    errors.print(text, style=style, highlight=False, markup=False, soft_wrap=True)


async def _note(settings: Settings, url: str, action: str, told: dict[str, Any]) -> None:
    """A line in the audit log of the first organisation, which runs the installation."""
    async with services_for(settings, url) as services, services.uow() as uow:
        await _audit(uow, action, told)


async def _let_in_and_note(settings: Settings, url: str, manifest: Manifest, name: str) -> None:
    from controlplane.nodes.door import admit_again  # noqa: PLC0415 - heavy

    async with services_for(settings, url) as services, services.uow() as uow:
        if settings.enrolment_code:
            code = settings.enrolment_code.get_secret_value()
            await admit_again(uow, services.crypto, settings.node_name, code)
        told = {"file": name, **manifest.model_dump(mode="json", exclude={"rows"})}
        await _audit(uow, "installation.restore", told)


async def _audit(uow: Any, action: str, told: dict[str, Any]) -> None:
    from controlplane.identity.door import audit, load_organizations, system_principal  # noqa: PLC0415 - heavy

    for organization in (await load_organizations(uow.session))[:1]:
        principal = system_principal(organization.id, "command line")
        await audit(uow, principal, action=action, kind="installation", name=told["file"], after=told)


@contextlib.contextmanager
def _target(out: Path | None) -> Iterator[tuple[IO[bytes], Path | None]]:
    """Where the backup goes, and its path if it has one."""
    from controlplane.entrypoints.backup_file import written_whole  # noqa: PLC0415
    from controlplane.kit import clock  # noqa: PLC0415

    if str(out) == STREAM:
        yield sys.stdout.buffer, None
        sys.stdout.buffer.flush()
        return
    path = out or Path()
    if path.is_dir():
        path /= f"call-commander-{clock.now():%Y%m%d-%H%M%S}.tar"
    with written_whole(path) as file:
        yield file, path


@contextlib.contextmanager
def _source(file: str, settings: Settings) -> Iterator[IO[bytes]]:
    """The backup as a file that can be read twice; from standard input it is kept in the data folder meanwhile."""
    if file != STREAM:
        with Path(file).open("rb") as source:
            yield source
        return
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=settings.data_dir) as kept:
        shutil.copyfileobj(sys.stdin.buffer, kept, 1024 * 1024)
        yield kept


class _Shown:
    """Tells on standard error how far it is: a bar on a terminal, else a line a step."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._bar: Bar | None = None

    def begin(self, what: str, size: int | None) -> None:
        """A new step, of so many bytes if that is known."""
        self.end()
        if errors.is_terminal and size and not self._quiet:
            self._bar = Bar(TextColumn("{task.description}"), BarColumn(), DownloadColumn(), console=errors)
            self._bar.add_task(what, total=size)
            self._bar.start()
        elif not self._quiet:
            _say(what)

    def moved(self, size: int) -> None:
        """So many bytes more are done."""
        if self._bar is not None:
            self._bar.advance(self._bar.task_ids[0], size)

    def end(self) -> None:
        """The step is done."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


@contextlib.contextmanager
def _shown(*, quiet: bool) -> Iterator[_Shown]:
    shown = _Shown(quiet=quiet)
    try:
        yield shown
    finally:
        shown.end()


@contextlib.contextmanager
def _orderly() -> Iterator[None]:
    """SIGTERM tidies up as Ctrl-C does, and what goes wrong outside of us is said in one sentence."""
    import psycopg  # noqa: PLC0415 - heavy

    from controlplane.platform.crypto import SecretUnreadable  # noqa: PLC0415
    from controlplane.platform.postgres_tools import DatabaseToolError  # noqa: PLC0415

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except (DatabaseToolError, psycopg.Error) as err:
        raise BackupError(f"The database says: {str(err).strip().splitlines()[0]}") from err
    except SecretUnreadable as err:
        raise BackupError(str(err)) from err
    except OSError as err:
        raise BackupError(f"{err.filename or 'A file'}: {err.strerror or err}.") from err
