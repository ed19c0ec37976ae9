"""What an engine must do, and how several channels become one text."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]
"""Mono, 16 kHz, between -1 and 1."""

SAMPLE_RATE = 16_000
SPEAKERS = ("Caller", "Agent")
"""Left and right channel of a recording."""


class SpeechUnavailable(Exception):
    """No speech engine is installed, or its model is not where the settings say."""


class UnreadableAudio(Exception):
    """The file holds no audio that we can read; the text says why."""


@dataclass(frozen=True, slots=True)
class HeardWord:
    """A word; times in seconds from the start of the samples, confidence 0 to 1."""

    word: str
    start_s: float
    end_s: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Segment:
    """Words said in one go."""

    text: str
    start_s: float
    words: tuple[HeardWord, ...] = ()
    channel: int = 0

    def moved(self, by_s: float, channel: int) -> "Segment":
        """The same in a longer recording: ``by_s`` later, on this channel."""
        words = tuple(
            HeardWord(word.word, round(word.start_s + by_s, 2), round(word.end_s + by_s, 2), word.confidence)
            for word in self.words
        )
        return Segment(self.text, self.start_s + by_s, words, channel)


class Transcriber(Protocol):
    """A speech engine."""

    name: str

    def transcribe(self, samples: Samples) -> Iterable[Segment]:
        """What was said; nothing for silence. Takes long: never on an event loop."""
        ...


@dataclass(slots=True)
class Heard:
    """A whole recording in words. ``words`` are JSON values with their ``channel``."""

    text: str = ""
    words: list[dict[str, Any]] = field(default_factory=list)
    engine: str = ""


def merge(segments: Sequence[Segment], channels: int, engine: str) -> Heard:
    """One text in order of time; with two channels each change of speaker begins a line with its name."""
    ordered = sorted((segment for segment in segments if segment.text), key=lambda segment: segment.start_s)
    words = sorted(
        ({**asdict(word), "channel": segment.channel} for segment in ordered for word in segment.words),
        key=lambda word: (word["start_s"], word["channel"]),
    )
    if channels == 1:
        return Heard(" ".join(segment.text for segment in ordered), words, engine)
    return Heard("\n".join(_dialogue(ordered)), words, engine)


def _dialogue(segments: Iterable[Segment]) -> Iterator[str]:
    speaker, said = -1, list[str]()
    for segment in segments:
        if segment.channel != speaker and said:
            yield f"{SPEAKERS[speaker]}: {' '.join(said)}"
            said = []
        speaker = segment.channel
        said.append(segment.text)
    if said:
        yield f"{SPEAKERS[speaker]}: {' '.join(said)}"
