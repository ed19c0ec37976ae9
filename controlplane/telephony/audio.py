"""Turns any recording into what Asterisk plays without transcoding: 16-bit mono WAV at 8 and 16 kHz.

Source: Asterisk 22, format_wav (``.wav`` = 8 kHz, ``.wav16`` = 16 kHz signed linear).
"""

import io
import math
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import soundfile
from numpy.typing import NDArray

RATES: Mapping[str, int] = {"wav": 8_000, "wav16": 16_000}
PEAK = 10 ** (-3 / 20)
"""-3 dBFS: loud, and safe from clipping in the G.711 coder."""
MAX_S = 600
SAMPLE_RATES = (4_000, 192_000)
_SILENCE = 10 ** (-60 / 20)
_CROSSINGS = 16
"""Zero crossings of the resampling filter on each side: 80 dB of stop band."""
_BLOCK = 8_192
_MARKS = {
    "wav": re.compile(rb"RIFF"),
    "ogg": re.compile(rb"OggS"),
    "flac": re.compile(rb"fLaC"),
    "mp3": re.compile(rb"ID3|\xff[\xe2-\xff]"),
    "mp4": re.compile(rb"....ftyp", re.DOTALL),
}

Samples = NDArray[np.float32]


class BadAudio(Exception):
    """This can't be made into a sound; the text is one sentence for a person."""


@dataclass(frozen=True, slots=True)
class Audio:
    """A finished sound: file content by format, and how long it plays."""

    files: Mapping[str, bytes]
    duration_ms: int


def convert(content: bytes) -> Audio:
    """Decodes WAV, MP3, Ogg or FLAC, mixes to mono, normalises to -3 dBFS and resamples.

    Raises:
        BadAudio: Not such a file, longer than ten minutes, of a strange sample rate, or silent.
    """
    return finish(*_decode(content))


def finish(samples: Samples, rate: int) -> Audio:
    """The same for samples that are there already.

    Raises:
        BadAudio: Nothing to hear.
    """
    if not SAMPLE_RATES[0] <= rate <= SAMPLE_RATES[1]:
        raise BadAudio(f"Its sample rate is {rate} Hz; 4000 to 192000 Hz are understood.")
    peak = float(np.max(np.abs(samples), initial=0.0))
    if not math.isfinite(peak) or peak < _SILENCE:
        raise BadAudio("There is nothing to hear in it.")
    level = samples * np.float32(PEAK / peak)
    files = {name: _encode(resample(level, rate, target), target) for name, target in RATES.items()}
    return Audio(files, duration_ms=round(1000 * len(samples) / rate))


def _decode(content: bytes) -> tuple[Samples, int]:
    try:
        with soundfile.SoundFile(io.BytesIO(content)) as file:
            if file.frames > MAX_S * file.samplerate:
                raise BadAudio("It is longer than ten minutes.")
            return _mono(file.read(dtype="float32", always_2d=True)), file.samplerate
    except soundfile.LibsndfileError:
        return _decode_otherwise(content)


def _decode_otherwise(content: bytes) -> tuple[Samples, int]:
    """What libsndfile can't read, pydub can where ffmpeg is installed: M4A, rare codecs.

    The format is named, so that nothing guesses a playlist that leads to other files.
    """
    kind = next((name for name, mark in _MARKS.items() if mark.match(content)), None)
    if kind is None:
        raise BadAudio("This is no WAV, MP3, Ogg or FLAC file.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that there is no ffmpeg; the error says it better
        from pydub import AudioSegment  # noqa: PLC0415 - looks for ffmpeg as it is imported
        from pydub.exceptions import CouldntDecodeError  # noqa: PLC0415

        try:
            segment = AudioSegment.from_file(io.BytesIO(content), format=kind)
        except (CouldntDecodeError, OSError, ValueError, LookupError) as err:
            raise BadAudio(
                f"This {kind.upper()} file is damaged, or its codec is not known here (ffmpeg would know more)."
            ) from err
    if segment.duration_seconds > MAX_S:
        raise BadAudio("It is longer than ten minutes.")
    samples = np.array(segment.get_array_of_samples(), dtype=np.float32).reshape(-1, segment.channels)
    return _mono(samples / np.float32(segment.max_possible_amplitude)), segment.frame_rate


def _mono(channels: Samples) -> Samples:
    mixed: Samples = channels.mean(axis=1, dtype=np.float32)
    return mixed


def resample(samples: Samples, rate: int, target: int) -> Samples:
    """Band-limited change of the sample rate (polyphase windowed sinc)."""
    if rate == target:
        return samples
    common = math.gcd(rate, target)
    up, down = target // common, rate // common
    cutoff = min(1.0, target / rate)
    half = math.ceil(_CROSSINGS / cutoff)
    bank = _filter_bank(up, half, cutoff)
    padded = np.concatenate([np.zeros(half, np.float32), samples, np.zeros(half + 1, np.float32)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * half)
    count = math.ceil(len(samples) * up / down)
    output = np.empty(count, np.float32)
    for start in range(0, count, _BLOCK):
        at = np.arange(start, min(start + _BLOCK, count)) * down
        output[start : start + len(at)] = np.einsum("ij,ij->i", windows[at // up + 1], bank[at % up])
    return output


def _filter_bank(up: int, half: int, cutoff: float) -> Samples:
    """One filter for each place that an output sample can have between two input samples."""
    offsets = np.arange(1 - half, half + 1)[None, :] - (np.arange(up) / up)[:, None]
    window = np.i0(8.0 * np.sqrt(np.clip(1 - (offsets / half) ** 2, 0, 1))) / np.i0(8.0)
    bank: Samples = (cutoff * np.sinc(cutoff * offsets) * window).astype(np.float32)
    return bank


def _encode(samples: Samples, rate: int) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, np.clip(samples, -1, 1), rate, format="WAV", subtype="PCM_16")
    return buffer.getvalue()
