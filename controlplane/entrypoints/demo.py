"""``controlplane demo``: a throw-away system, real calls through it, and a table of what was heard and stored."""

import asyncio
import json
import tempfile
from pathlib import Path

from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from controlplane.entrypoints.up import run_everything
from controlplane.lab.addresses import free_port, own_address
from controlplane.lab.baresip import BaresipTools
from controlplane.lab.client import ApiClient
from controlplane.lab.demo import Bench, Finding, run_demo, summary
from controlplane.node.runtime import ensure_tree
from controlplane.platform.settings import Settings
from controlplane.telephony.synthesis import CannotSpeak, find_voice

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


async def demo(base: Settings) -> bool:
    """Runs the demo; True when all of it held."""
    console = Console()

    def say(line: str) -> None:
        if line:
            console.print(f"· {line}", highlight=False, markup=False)

    with tempfile.TemporaryDirectory(prefix="call-commander-demo-") as name:
        folder = Path(name)
        settings = throw_away_settings(folder, base)
        tools = BaresipTools.from_tree(ensure_tree("phones", cache_dir=settings.cache_dir, progress=say))
        async with run_everything(settings, say) as running, ApiClient(settings.api_url) as api:
            await api.login(settings.admin_email, PASSWORD)
            bench = Bench(
                api=api,
                server=running.sip_address,
                tools=tools,
                folder=folder,
                speak=speak,
                understand=understand,
                say=say,
            )
            findings = await run_demo(bench)
            say("Stopping the throw-away system")
    console.print(_table(findings))
    result = summary(findings)
    print(json.dumps(result))  # noqa: T201 - the last line is for programs
    return bool(result["ok"])


async def speak(text: str, target: Path) -> Path:
    """Says a text with our own voice into a WAV file at telephone rate."""
    spoken = (await asyncio.to_thread(find_voice(Path("/usr/bin/flite")).speak, [text]))[0]
    if isinstance(spoken, CannotSpeak):
        raise spoken
    target.write_bytes(spoken.files["wav"])
    return target


def _table(findings: list[Finding]) -> Table:
    table = Table("What", "Expected", "Found", "")
    for finding in findings:
        table.add_row(finding.what, finding.expected, finding.found, "ok" if finding.ok else "NOT SO")
    return table
