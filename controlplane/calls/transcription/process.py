"""The parent's side of the speech process: started when there is something to hear, one request at a time."""

import asyncio
import contextlib
import json
import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

from controlplane.calls.transcription.transcriber import Heard, SpeechUnavailable, UnreadableAudio
from controlplane.platform.settings import Settings

IDLE_S = 60.0
"""After so long without work the process ends and gives its memory back."""

_START_S = 60.0
_LONGEST_S = 4 * 3600.0
_ANSWER_LIMIT = 64 * 1024 * 1024  # bytes: the words of many hours


class SpeechCrashed(Exception):
    """The speech process ended in the middle of its work."""


class SpeechProcess:
    """Hears one file after the other in a child process."""

    def __init__(self, vosk_model: Path | None, *, idle_s: float = IDLE_S) -> None:
        self._vosk_model = vosk_model
        self._idle_s = idle_s
        self._process: asyncio.subprocess.Process | None = None
        self._lock = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """The child, while it runs."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if running and self._process else None

    async def transcribe(self, path: Path) -> Heard:
        """What was said in a sound file; an empty text when nobody spoke.

        Raises:
            UnreadableAudio: The file holds no telephone sound; trying again is of no use.
            SpeechUnavailable: No engine.
            SpeechCrashed: The child ended over this file twice.
        """
        async with self._lock:
            try:
                answer = await self._ask_or_end(path)
            except SpeechCrashed:  # perhaps it was just ending for idleness
                answer = await self._ask_or_end(path)
        return _heard(answer)

    async def close(self) -> None:
        """Ends the child."""
        async with self._lock:
            await self._end()

    async def _ask_or_end(self, path: Path) -> dict[str, Any]:
        try:
            return await self._ask(path)
        except BaseException:
            await self._end()  # a half-read answer must not meet the next question
            raise

    async def _ask(self, path: Path) -> dict[str, Any]:
        process = await self._running()
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(str(path)).encode() + b"\n")
            await process.stdin.drain()
            return await _read(process, _LONGEST_S)
        except (ConnectionError, TimeoutError) as err:
            raise SpeechCrashed("the speech process ended or hangs") from err

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is not None and self.pid is not None:
            return self._process
        self._process = process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "controlplane.calls.transcription.child", str(self._idle_s),
            str(self._vosk_model or ""),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=_ANSWER_LIMIT,
            env={**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
        )  # fmt: skip
        greeting = await _read(process, _START_S)
        if reason := greeting.get("unavailable"):
            raise SpeechUnavailable(str(reason))
        return process

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        await process.wait()


async def _read(process: asyncio.subprocess.Process, timeout_s: float) -> dict[str, Any]:
    assert process.stdout is not None
    async with asyncio.timeout(timeout_s):
        line = await process.stdout.readline()
    if not line:
        await process.wait()
        raise SpeechCrashed(f"the speech process ended with {process.returncode}")
    answer: dict[str, Any] = json.loads(line)
    return answer


def _heard(answer: dict[str, Any]) -> Heard:
    if reason := answer.get("error"):
        raise UnreadableAudio(str(reason))
    return Heard(answer["text"], answer["words"], answer["engine"])


def chosen_model(settings: Settings) -> Path | None:
    """The Vosk model of this installation: by setting, else ``models/vosk`` in the data folder, else none."""
    found = settings.data_dir / "models" / "vosk"
    return settings.vosk_model or (found if found.is_dir() else None)


@cache
def speech_process(vosk_model: Path | None) -> SpeechProcess:
    """This process's child for that model. It ends by itself when idle, and when we end."""
    return SpeechProcess(vosk_model)
