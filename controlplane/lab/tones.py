"""Write test audio and tell from a recording who was heard when.

Each party of a test call plays a sine tone of its own. A Goertzel filter then reads from any recording how loud
each party is in it: a wanted tone has an amplitude of thousands (of 32767), an unwanted one of 0 to 3.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

SAMPLE_RATE = 8000
"""Samples per second on the telephone network (G.711)."""

HEARD_LEVEL = 300.0
"""Amplitude from which a tone counts as heard: far above G.711's noise, far below any tone that we play."""

BEEP_HZ = 700.0
"""Asterisk's own beep.wav: 0.43 s of an amplitude of 5,500."""

BEEP_LEVEL = 2000.0
"""Asterisk's voices reach it on the beep's frequency for 0.05 s at most; a beep with lost packets still does."""

AUDIBLE_S = 0.2
"""A shorter blip of a tone is not heard as one."""

_LOST_S = 0.2  # of a tone: on a busy machine three packets in a row may be late, and what is left has another phase
_FULL_SCALE = 32767.0
_WINDOW_S = 0.1  # 10 Hz apart is then told apart; edges are found to about half of it

Samples = NDArray[np.float64]


def tone(hz: float, duration_s: float, *, amplitude: float = 8000.0) -> Samples:
    """A sine as 8 kHz samples on the 16-bit scale (`amplitude` at most 32767)."""
    at = np.arange(round(duration_s * SAMPLE_RATE)) / SAMPLE_RATE
    return np.asarray(amplitude * np.sin(2 * np.pi * hz * at), dtype=np.float64)


def silence(duration_s: float) -> Samples:
    """Digital silence as 8 kHz samples."""
    return np.zeros(round(duration_s * SAMPLE_RATE))


def write_wav(path: Path, *parts: Samples) -> Path:
    """Write the parts one after the other as an 8 kHz 16-bit mono WAV file, the kind Asterisk and phones play."""
    soundfile.write(path, _as_int16(parts), SAMPLE_RATE, subtype="PCM_16", format="WAV")
    return path


def write_ulaw(path: Path, *parts: Samples) -> Path:
    """Write the parts as headerless 8 kHz mu-law, Asterisk's `.ulaw`."""
    soundfile.write(path, _as_int16(parts), SAMPLE_RATE, subtype="ULAW", format="RAW")
    return path


def read_audio(path: Path, *, channel: int = 0) -> tuple[Samples, int]:
    """One channel of an audio file on the 16-bit scale, and its sample rate. `.ulaw` is read as 8 kHz mono."""
    if path.suffix == ".ulaw":
        data, rate = soundfile.read(
            path, samplerate=SAMPLE_RATE, channels=1, subtype="ULAW", format="RAW", always_2d=True
        )
    else:
        data, rate = soundfile.read(path, always_2d=True)
    return np.asarray(data[:, channel], dtype=np.float64) * _FULL_SCALE, int(rate)


def read_telephone_audio(path: Path) -> Samples:
    """Any audio file's first channel at 8 kHz, e.g. recorded speech for a test phone to say."""
    data, rate = read_audio(path)
    if rate == SAMPLE_RATE or not data.size:
        return data
    wanted = round(data.size * SAMPLE_RATE / rate)
    spectrum = np.fft.rfft(data)[: wanted // 2 + 1]
    return np.asarray(np.fft.irfft(spectrum, wanted) * (wanted / data.size), dtype=np.float64)


def duration_s(path: Path) -> float:
    """Length of an audio file in seconds."""
    data, rate = read_audio(path)
    return data.size / rate


def rms(path: Path, *, start_s: float = 0.0, end_s: float | None = None) -> float:
    """Loudness of a stretch as root mean square on the 16-bit scale; silence is 0 (mu-law silence up to 8)."""
    data = _stretch(path, 0, start_s, end_s)[0]
    return float(np.sqrt(np.mean(data**2))) if data.size else 0.0


def tone_level(path: Path, hz: float, *, channel: int = 0, start_s: float = 0.0, end_s: float | None = None) -> float:
    """Amplitude of one tone in a stretch of a recording, on the 16-bit scale.

    A tone that sounds for only half of the stretch measures half its amplitude: use `tone_spans` to find it.
    """
    data, rate = _stretch(path, channel, start_s, end_s)
    return float(_levels(data, rate, hz, data.size)[0]) if data.size else 0.0


@dataclass(frozen=True, slots=True)
class ToneSpan:
    """One tone heard without a break from `start_s` to `end_s`, in seconds from the recording's first sample."""

    hz: float
    start_s: float
    end_s: float

    @property
    def duration_s(self) -> float:
        """How long it was heard."""
        return self.end_s - self.start_s


def tone_spans(
    path: Path, tones_hz: Sequence[float], *, channel: int = 0, threshold: float = HEARD_LEVEL
) -> list[ToneSpan]:
    """Which of these tones are heard when, in order of their start; exact to about 0.05 s.

    Gaps shorter than 0.2 s (some lost packets) do not end a span. Tones should lie at least 40 Hz apart.
    """
    return spans_in(*read_audio(path, channel=channel), tones_hz, threshold=threshold)


def spans_in(
    data: Samples, rate: int, tones_hz: Sequence[float], *, threshold: float = HEARD_LEVEL, gap_s: float = _LOST_S
) -> list[ToneSpan]:
    """The same as `tone_spans` for samples at hand; shorter gaps than `gap_s` do not end a span."""
    return sorted(
        (span for hz in tones_hz for span in _spans_of(data, rate, hz, threshold, gap_s)),
        key=lambda span: (span.start_s, span.hz),
    )


def heard_from(data: Samples, hz: float, *, threshold: float = HEARD_LEVEL) -> float | None:
    """The second of 8 kHz samples from which a tone is heard, for 0.2 s in all; packets may be lost in between."""
    began = end = -_LOST_S
    heard_s = 0.0
    for span in spans_in(data, SAMPLE_RATE, [hz], threshold=threshold, gap_s=_WINDOW_S):
        if span.start_s - end >= _LOST_S:
            began, heard_s = span.start_s, 0.0
        end = span.end_s
        heard_s += span.duration_s
        if round(heard_s, 3) >= AUDIBLE_S:
            return began
    return None


def outline(data: Samples, hz: float) -> str:
    """How loud each second of 8 kHz samples was, all in all and on one frequency: `0 s: 1200, 5600 at 700 Hz; …`."""
    seconds = [data[at : at + SAMPLE_RATE] for at in range(0, data.size, SAMPLE_RATE)]
    return "; ".join(
        f"{at} s: {np.sqrt(np.mean(part**2)):.0f}, {_levels(part, SAMPLE_RATE, hz, window).max():.0f} at {hz:.0f} Hz"
        for at, part in enumerate(seconds)
        if (window := min(part.size, round(SAMPLE_RATE * _WINDOW_S))) > 1
    )


def _spans_of(data: Samples, rate: int, hz: float, threshold: float, gap_s: float) -> list[ToneSpan]:
    window = round(rate * _WINDOW_S)
    heard = _levels(data, rate, hz, window) >= threshold
    edges = np.flatnonzero(np.diff(np.concatenate(([0], heard.astype(np.int8), [0]))))
    spans: list[ToneSpan] = []
    for first, after in zip(edges[::2], edges[1::2], strict=True):
        # Half-overlapping windows: window k covers k/2 .. k/2+1 window lengths. A tone passes the threshold
        # when it fills a small part of a window, so the middle of the outer windows is the best estimate.
        start, end = (first + 1) * _WINDOW_S / 2, after * _WINDOW_S / 2
        if spans and start - spans[-1].end_s < gap_s:
            start = spans.pop().start_s
        spans.append(ToneSpan(hz, float(start), float(end)))
    return spans


def _levels(data: Samples, rate: int, hz: float, window: int) -> Samples:
    """Amplitude of a tone in half-overlapping windows (Hann-weighted, so that neighbours don't leak in)."""
    if data.size < window or window == 0:
        return np.zeros(0)
    hop = max(1, window // 2)
    frames = np.lib.stride_tricks.sliding_window_view(data, window)[::hop]
    weight = np.hanning(window)
    probe = weight * np.exp(-2j * np.pi * hz * np.arange(window) / rate)
    return np.asarray(2 * np.abs(frames @ probe) / weight.sum(), dtype=np.float64)


def _stretch(path: Path, channel: int, start_s: float, end_s: float | None) -> tuple[Samples, int]:
    data, rate = read_audio(path, channel=channel)
    return data[round(start_s * rate) : None if end_s is None else round(end_s * rate)], rate


def _as_int16(parts: Sequence[Samples]) -> NDArray[np.int16]:
    return np.clip(np.concatenate(parts), -_FULL_SCALE, _FULL_SCALE).astype(np.int16)
