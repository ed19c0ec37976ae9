"""``controlplane up``: the whole system on one machine, in the foreground."""

import asyncio
import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import httpx2
import structlog

from controlplane.entrypoints.local_node import make_layout
from controlplane.entrypoints.node import KeptAsterisk
from controlplane.entrypoints.supervisor import Child
from controlplane.node.layout import AsteriskLayout
from controlplane.node.runtime import ensure_tree, running_pid
from controlplane.platform.postgres import EmbeddedPostgres
from controlplane.platform.settings import Settings

log = structlog.get_logger(__name__)
Say = Callable[[str], None]
READY_S = 180.0
WATCH_S = 1.0


class UpError(Exception):
    """The system can't start; one sentence for a person."""


@dataclass(frozen=True)
class Running:
    """What is up.

    Attributes:
        admin_password: Only when the first admin was made just now without a password in the settings.
    """

    web_url: str
    sip_address: str
    admin_email: str | None
    admin_password: str | None
    database_url: str
    layout: AsteriskLayout
    children: tuple[Child, ...]
    postgres: EmbeddedPostgres | None


@contextlib.asynccontextmanager
async def run_everything(settings: Settings, say: Say) -> AsyncIterator[Running]:
    """Starts all, yields once the API is ready and the node is enrolled, stops all at the end.

    Raises:
        UpError: A port is taken, another `up` uses the data folder, or a part did not start.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(only_one(settings.data_dir))
        tree = await _runtime(settings, say)
        layout = make_layout(settings, tree)
        _check_ports(settings, layout)
        database_url, postgres = await _database(settings, stack, say)
        say("Bringing the database to its newest shape")
        born = await _bootstrap(settings, database_url)
        say("Starting Asterisk")
        asterisk = KeptAsterisk(layout)
        stack.push_async_callback(asterisk.stop)
        await asterisk.start()
        children = _children(settings, database_url, born.get("enrolment_code"))
        stack.push_async_callback(_stop_children, children)
        say("Starting the API, the workers and noded")
        background = [child.keep_running() for child in children]
        background.append(asterisk.watch())
        if postgres:
            background.append(_watch_postgres(postgres))
        stack.push_async_callback(_cancel, [asyncio.create_task(one) for one in background])
        await _wait_ready(settings)
        yield Running(
            web_url=settings.web_url,
            sip_address=f"{settings.external_ip or settings.sip_host}:{settings.sip_port}",
            admin_email=born.get("admin_email"),
            admin_password=born.get("admin_password"),
            database_url=database_url,
            layout=layout,
            children=children,
            postgres=postgres,
        )


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def up(settings: Settings) -> None:
    """Runs until SIGINT or SIGTERM, which count at any moment, also while it starts."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, stop.set)
    serving = asyncio.create_task(_serve(settings))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not serving.done():
        _say("Stopping")
        serving.cancel()  # once: a second signal must not cut off the stopping
    with contextlib.suppress(asyncio.CancelledError):
        await serving


async def _serve(settings: Settings) -> None:
    async with run_everything(settings, _say) as running:
        _say("")
        _say(f"  Web UI and API   {running.web_url}    (API description: {running.web_url}/docs)")
        if running.admin_password:
            _say(f"  First admin      {running.admin_email}    password: {running.admin_password}    (shown only now)")
        elif running.admin_email:
            _say(f"  First admin      {running.admin_email}    password: as set in CP_ADMIN_PASSWORD")
        _say(f"  SIP              {running.sip_address} (UDP, TCP)")
        _say("  Stop with Ctrl-C.")
        _say("")
        await asyncio.Event().wait()


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - the terminal is this command's page


def is_up(settings: Settings) -> bool:
    """Whether an `up` runs in the data folder."""
    try:
        with (settings.data_dir / "up.lock").open() as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


@contextlib.contextmanager
def only_one(data_dir: Path) -> Any:
    """Holds the data folder for one `up`, or for what must not meet one.

    Raises:
        UpError: Another has it.
    """
    handle: IO[str] = (data_dir / "up.lock").open("w")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        raise UpError(f"Another instance runs in {data_dir}; stop it first or choose another CP_DATA_DIR.") from None
    try:
        yield
    finally:
        handle.close()


def _check_ports(settings: Settings, layout: AsteriskLayout) -> None:
    tcp, udp = socket.SOCK_STREAM, socket.SOCK_DGRAM
    wanted = [(tcp, settings.http_host, settings.http_port, "CP_HTTP_PORT")]
    if running_pid(layout) is None:
        sip = layout.bind_address
        wanted += [
            (udp, sip, layout.ports.sip, "CP_SIP_PORT"),
            (tcp, sip, layout.ports.sip, "CP_SIP_PORT"),
            (tcp, sip, layout.ports.sip_tls, "CP_SIP_TLS_PORT"),
            (tcp, sip, layout.ports.wss, "CP_WSS_PORT"),
            (tcp, "127.0.0.1", layout.ports.ami, "CP_AMI_PORT"),
            (tcp, "127.0.0.1", layout.ports.ari, "CP_ARI_PORT"),
        ]
    for kind, host, port, name in wanted:
        if why := port_trouble(kind, host, port):
            raise UpError(f"Port {port} on {host} can't be used ({why}); choose another {name}.")


def port_trouble(kind: socket.SocketKind, host: str, port: int) -> str | None:
    """Why nothing of ours could listen there; None when it could."""
    with socket.socket(type=kind) as probe:
        if kind == socket.SOCK_STREAM:  # past connections that still linger don't count; UDP could be shared unnoticed
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as err:
            return err.strerror or str(err)
    return None


async def _runtime(settings: Settings, say: Say) -> Path:
    say("Looking for the Asterisk runtime")
    return await asyncio.to_thread(ensure_tree, "asterisk", cache_dir=settings.cache_dir, progress=say)


async def _database(
    settings: Settings, stack: contextlib.AsyncExitStack, say: Say
) -> tuple[str, EmbeddedPostgres | None]:
    if settings.database_url:
        return settings.database_url.get_secret_value(), None
    say("Starting PostgreSQL")
    postgres = EmbeddedPostgres(settings.data_dir / "postgres")
    stack.callback(postgres.stop)
    try:
        return await postgres.start(), postgres
    except (subprocess.SubprocessError, AssertionError) as err:
        raise UpError(f"PostgreSQL did not start; {settings.data_dir}/postgres/log says why.") from err


async def _bootstrap(settings: Settings, database_url: str) -> dict[str, str]:
    """Migrates and makes the first admin in a process of its own, so that this one stays small."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "controlplane.entrypoints.cli", "bootstrap",
        env={**os.environ, **_environment(settings, database_url)},
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        out, _ = await process.communicate()
    except asyncio.CancelledError:
        process.kill()  # its transactions end with it
        await process.wait()
        raise
    if process.returncode:
        raise UpError("The database could not be prepared; the lines above say why.")
    born: dict[str, str] = json.loads(out)
    return born


def _environment(settings: Settings, database_url: str) -> dict[str, str]:
    return {**settings.as_environment(), "CP_DATABASE_URL": database_url}


def _children(settings: Settings, database_url: str, enrolment_code: str | None) -> tuple[Child, ...]:
    shared = _environment(settings, database_url)
    node = {**shared, "CP_ENROLMENT_CODE": enrolment_code} if enrolment_code else shared
    return (
        Child("api", ("api",), shared),
        Child("worker", ("worker",), shared),
        Child("media-worker", ("worker", "--media"), shared),
        Child("noded", ("node",), node),
    )


async def _stop_children(children: tuple[Child, ...]) -> None:
    await asyncio.gather(*(child.stop() for child in children))


async def _watch_postgres(postgres: EmbeddedPostgres) -> None:
    """Starts PostgreSQL again when it dies."""
    while True:
        await asyncio.sleep(WATCH_S)
        try:
            await postgres.ensure_running()
        except Exception as err:  # noqa: BLE001 - the package raises what it likes; the next look may do
            log.warning("postgresql does not start", error=str(err))


async def _wait_ready(settings: Settings) -> None:
    async with httpx2.AsyncClient(base_url=settings.api_url, timeout=2) as client:
        try:
            async with asyncio.timeout(READY_S):
                while not await _is_ready(client):  # noqa: ASYNC110 - readiness is asked over HTTP
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise UpError(f"The API did not get ready within {READY_S:.0f} s; the lines above say why.") from None


async def _is_ready(client: httpx2.AsyncClient) -> bool:
    try:
        answer = await client.get("/readyz")
    except httpx2.HTTPError:
        return False
    return answer.status_code == 200
