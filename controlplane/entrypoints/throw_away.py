"""A whole system in a folder that is gone afterwards, beside all others: for the demo, the tests and the benches."""

import contextlib
import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from controlplane.entrypoints.up import Running, run_everything
from controlplane.lab.addresses import free_port, own_address
from controlplane.lab.client import ApiClient
from controlplane.platform.settings import Settings

PASSWORD = "demo-password-of-a-throw-away-system"  # noqa: S105 - the system lives for a minute on loopback


def throw_away_settings(folder: Path, base: Settings) -> Settings:
    """Settings of a system beside all others: own folder, address and ports."""
    sip = own_address()
    http = "127.0.0.1"
    return base.model_copy(
        update={
            "data_dir": folder / "data",
            "database_url": None,
            "redis_url": None,
            "secret_key": None,
            "http_host": http,
            "http_port": free_port(http),
            "public_url": None,
            "control_url": None,
            "sip_host": sip,
            "sip_port": free_port(sip, pair=True),
            "sip_tls_port": None,
            "wss_port": free_port(sip),
            "ami_port": None,
            "ari_port": None,
            "external_ip": None,
            "admin_email": "admin@demo.test",
            "admin_password": SecretStr(PASSWORD),
            "log_level": "warning",
        }
    )


@dataclass(frozen=True)
class ThrowAwaySystem:
    """A running system and an admin of it."""

    settings: Settings
    running: Running
    api: ApiClient
    folder: Path


@contextlib.asynccontextmanager
async def throw_away_system(base: Settings, say: Callable[[str], None]) -> AsyncIterator[ThrowAwaySystem]:
    """Everything up, an admin logged in; all of it gone at the end."""
    with tempfile.TemporaryDirectory(prefix="call-commander-") as name:
        folder = Path(name)
        settings = throw_away_settings(folder, base)
        async with run_everything(settings, say) as running, ApiClient(settings.api_url) as api:
            await api.login(settings.admin_email, PASSWORD)
            yield ThrowAwaySystem(settings, running, api, folder)
