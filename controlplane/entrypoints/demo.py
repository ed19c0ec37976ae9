"""``controlplane demo``: a throw-away system, real calls through it, and a table of what was heard and stored."""

import asyncio
import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

from controlplane.calls.transcription.process import SpeechProcess, chosen_model
from controlplane.entrypoints.throw_away import throw_away_system
from controlplane.lab.baresip import BaresipTools
from controlplane.lab.demo import Bench, Finding, run_demo, summary
from controlplane.node.runtime import ensure_tree
from controlplane.platform.settings import Settings
from controlplane.telephony.synthesis import CannotSpeak, find_voice


async def demo(base: Settings) -> bool:
    """Runs the demo; True when all of it held."""
    console = Console()

    def say(line: str) -> None:
        if line:
            console.print(f"· {line}", highlight=False, markup=False)

    tools = BaresipTools.from_tree(ensure_tree("phones", cache_dir=base.cache_dir, progress=say))
    ears = SpeechProcess(chosen_model(base))
    async with throw_away_system(base, say) as system:
        bench = Bench(
            api=system.api,
            server=system.running.sip_address,
            tools=tools,
            folder=system.folder,
            speak=speak,
            understand=lambda path: _understand(ears, path),
            say=say,
        )
        findings = await run_demo(bench)
        await ears.close()
        say("Stopping the throw-away system")
    console.print(_table(findings))
    result = summary(findings)
    print(json.dumps(result))  # noqa: T201 - the last line is for programs
    return bool(result["ok"])


async def speak(text: str, target: Path) -> Path:
    """Says a text with our own voice into a WAV file at telephone rate."""
    return await asyncio.to_thread(_speak, text, target)


def _speak(text: str, target: Path) -> Path:
    flite = ensure_tree("speech-tools", progress=lambda _: None) / "bin" / "flite"
    spoken = find_voice(flite).speak([text])[0]
    if isinstance(spoken, CannotSpeak):
        raise spoken
    target.write_bytes(spoken.files["wav"])
    return target


async def _understand(ears: SpeechProcess, path: Path) -> str:
    return (await ears.transcribe(path)).text


def _table(findings: list[Finding]) -> Table:
    table = Table("What", "Expected", "Found", "")
    for finding in findings:
        table.add_row(finding.what, finding.expected, finding.found, "ok" if finding.ok else "NOT SO")
    return table
