"""Telephone sound as speech engines want it: mono pieces of 16 kHz."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile

from controlplane.calls.transcription.transcriber import SAMPLE_RATE, Samples, UnreadableAudio

PIECE_S = 300
"""Long recordings are heard in pieces of five minutes, so that memory stays small."""

_SEARCH_S = 15  # a piece ends at the quietest moment of its last 15 s, so that no word is cut
_FRAME_S = 0.2
_TAPS = 64


def channels_of(path: Path) -> int:
    """One, or two (caller left, answering side right).

    Raises:
        UnreadableAudio: Not a sound file of 8 or 16 kHz with one or two channels.
    """
    try:
        info = soundfile.info(path)
    except (soundfile.LibsndfileError, OSError) as err:
        raise UnreadableAudio(f"not a sound file: {err}") from err
    if info.samplerate not in {SAMPLE_RATE // 2, SAMPLE_RATE} or info.channels not in {1, 2}:
        raise UnreadableAudio(f"{info.samplerate} Hz and {info.channels} channels are not telephone sound")
    return int(info.channels)


def pieces(path: Path, channel: int) -> Iterator[tuple[float, Samples]]:
    """The channel's sound in pieces, each with its start in seconds.

    Raises:
        UnreadableAudio: Damaged in the middle.
    """
    try:
        with soundfile.SoundFile(path) as file:
            start = 0
            while start < file.frames:
                file.seek(start)
                block = file.read(PIECE_S * file.samplerate, dtype="float32", always_2d=True)[:, channel]
                if not len(block):
                    return
                if start + len(block) < file.frames:
                    block = block[: _quiet_end(block, file.samplerate)]
                yield start / file.samplerate, to_16k(block, file.samplerate)
                start += len(block)
    except soundfile.LibsndfileError as err:
        raise UnreadableAudio(f"damaged sound file: {err}") from err


def _quiet_end(block: Samples, rate: int) -> int:
    frame = int(_FRAME_S * rate)
    tail = block[-_SEARCH_S * rate :]
    energy = np.square(tail[: len(tail) // frame * frame]).reshape(-1, frame).sum(axis=1)
    return len(block) - len(tail) + int(energy.argmin()) * frame + frame // 2


def to_16k(samples: Samples, rate: int) -> Samples:
    """Doubles 8 kHz by a windowed sinc filter; 16 kHz stays as it is."""
    if rate == SAMPLE_RATE:
        return samples
    stuffed = np.zeros(len(samples) * 2, dtype=np.float32)
    stuffed[::2] = samples
    positions = np.arange(-_TAPS, _TAPS + 1)
    low_pass = (np.sinc(positions / 2) * np.hamming(len(positions))).astype(np.float32)
    return np.convolve(stuffed, low_pass, mode="same").astype(np.float32)
