"""The tutorial's own commands, run as the page shows them, on a running system with real phones."""

import asyncio
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from controlplane.entrypoints.throw_away import ThrowAwaySystem
from controlplane.kit import clock
from controlplane.lab import tones
from controlplane.platform.settings import REPOSITORY

PAGE = REPOSITORY / "docs" / "tutorial" / "first-phone-and-number.md"
EMAIL = "owner@tutorial.test"
NUMBER = "+12125550142"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The project's folder as a reader sees it, but with a place of its own for what the commands write."""
    (tmp_path / "docs").symlink_to(REPOSITORY / "docs")
    (tmp_path / ".venv").symlink_to(sys.prefix)
    return tmp_path


@dataclass(frozen=True)
class Terminal:
    """Where the reader types."""

    folder: Path
    environment: dict[str, str]

    async def run(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """A command, with more variables if given."""
        return await asyncio.to_thread(
            subprocess.run, words, cwd=self.folder, env={**self.environment, **more},
            capture_output=True, text=True, timeout=400, check=False,
        )  # fmt: skip


def commands() -> str:
    """Every ``bash`` block of the page as one script, as somebody types them one after the other."""
    return "\n".join(re.findall(r"^```bash\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL))


async def test_the_commands_of_the_page_make_a_shop_that_is_called(system: ThrowAwaySystem, folder: Path) -> None:
    settings, running = system.settings, system.running
    await system.api.post("/organizations", {"name": "Tutorial"})  # the system is shared with other tests
    environment = {
        **os.environ,
        **settings.as_environment(),
        "CP_DATABASE_URL": running.database_url,
        "CP_URL": settings.api_url,
        "CP_SIP": running.sip_address,
        "CP_ADMIN_EMAIL": EMAIL,
        "NUMBER": NUMBER,
        "HOLIDAY": (clock.now() + timedelta(days=200)).date().isoformat(),
    }
    terminal = Terminal(folder, environment)
    admin = await terminal.run(
        ".venv/bin/controlplane", "user", "create", EMAIL, "--name=Owner", "--role=admin", "--organization=Tutorial",
        "--json",
    )  # fmt: skip
    environment["CP_ADMIN_PASSWORD"] = json.loads(admin.stdout)["password"]
    done = await terminal.run("bash", "-euo", "pipefail", "-c", commands())
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The shop is live." in done.stdout
    assert "202 called 201, and each hears the other" in done.stdout
    assert f"a customer called {NUMBER}, pressed 1 and talked to 201" in done.stdout
    assert f"Anna (+12025550199) called {NUMBER}" in done.stdout, "explain tells the story"
    assert "the answering side alone heard the whisper" in done.stdout

    record = json.loads((folder / "var" / "calls.json").read_text())["items"][0]
    assert (record["status"], record["dialed_number"], record["caller_number"]) == ("answered", NUMBER, "+12025550199")
    assert abs(tones.duration_s(folder / "var" / "call.wav") - record["talk_s"]) < 0.5

    looked = await terminal.run(".venv/bin/controlplane", "doctor", "--json", CP_DATABASE_URL="")
    findings = {one["what"]: one for one in json.loads(looked.stdout)}
    assert looked.returncode == 0, findings
    assert findings["node"]["state"] == "ok"
    assert findings["ports"]["says"].startswith("in use by this installation")

    again = await terminal.run("docs/tutorial/shop.sh")
    assert again.returncode != 0
    assert "POST /locations was answered with 409" in again.stderr
