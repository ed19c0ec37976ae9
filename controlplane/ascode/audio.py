"""Sounds of uploaded prompts: in files by the SHA-256 of what Asterisk plays, beside them the WAV files themselves."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass

import soundfile

from controlplane.ascode.decode import Decoder
from controlplane.ascode.text import Mapping as Fields
from controlplane.ascode.text import Node, Scalar
from controlplane.telephony.audio import RATES

_ROUNDING_MS = 2
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Sound:
    """A prompt's files by format. ``new`` are those that came with the import, by SHA-256."""

    files: Mapping[str, str]
    duration_ms: int
    new: Mapping[str, bytes]
    line: int


def sound_of(node: Node, sounds: Mapping[str, bytes], decoder: Decoder) -> Sound | None:
    """What ``audio: {wav: …, wav16: …, duration_ms: …}`` says; None after a complaint."""
    entries = node.entries.items() if isinstance(node, Fields) else ()
    words = {name: one.text for name, one in entries if isinstance(one, Scalar)}
    duration = words.pop("duration_ms", "")
    good = words.keys() == RATES.keys() and all(map(_SHA256.fullmatch, words.values()))
    if not good or not (duration.isdecimal() and len(duration) <= 6):
        names = " and ".join(RATES)
        decoder.complain(node.line, "audio", f"must have the SHA-256 of {names}, and duration_ms",
                         "Leave it out for a new prompt, import, then upload its audio.")  # fmt: skip
        return None
    return Sound(words, int(duration), {sha: sounds[sha] for sha in words.values() if sha in sounds}, node.line)


def check_sound(content: bytes, name: str, duration_ms: int) -> None:
    """Refuses what is not that sound.

    Raises:
        ValueError: It isn't what Asterisk plays under this name, 16-bit mono WAV of its rate, or not that long.
    """
    try:
        with soundfile.SoundFile(io.BytesIO(content)) as file:
            good = (file.format, file.subtype, file.channels, file.samplerate) == ("WAV", "PCM_16", 1, RATES[name])
            frames = int(file.frames)
    except soundfile.LibsndfileError as err:
        raise ValueError("is not a WAV file") from err
    if not good:
        raise ValueError(f"is not a 16-bit mono WAV file of {RATES[name]} Hz")
    if abs(1000 * frames / RATES[name] - duration_ms) > _ROUNDING_MS:
        raise ValueError(f"plays {round(1000 * frames / RATES[name])} ms, not {duration_ms} ms")
