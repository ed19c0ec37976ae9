"""Recordings become what Asterisk plays."""

import io

import numpy as np
import pytest
import soundfile

from controlplane.telephony.audio import BadAudio, Samples, convert, resample


def tone(hertz: float, rate: int, seconds: float = 1.0, level: float = 0.1) -> Samples:
    wave: Samples = (level * np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate)).astype(np.float32)
    return wave


def as_file(samples: Samples, rate: int, kind: str, subtype: str | None = None) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, format=kind, subtype=subtype)
    return buffer.getvalue()


def decibel(samples: Samples) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(samples**2)) + 1e-9))


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 44_100, 48_000])
@pytest.mark.parametrize("hertz", [440, 3_300])
def test_resampling_keeps_what_a_telephone_carries(rate: int, hertz: int) -> None:
    heard = resample(tone(hertz, rate), rate, 8_000)
    assert len(heard) == 8_000
    difference = (heard - tone(hertz, 8_000))[400:-400]
    assert decibel(difference) < -60 + decibel(heard)


@pytest.mark.parametrize("hertz", [5_000, 7_000, 15_000])
def test_resampling_folds_nothing_back(hertz: int) -> None:
    assert decibel(resample(tone(hertz, 44_100), 44_100, 8_000)[400:-400]) < -80


@pytest.mark.parametrize(
    ("kind", "subtype"),
    [("WAV", "PCM_16"), ("WAV", "PCM_24"), ("WAV", "ULAW"), ("FLAC", "PCM_16"), ("OGG", "VORBIS"), ("OGG", "OPUS"),
     ("MP3", "MPEG_LAYER_III")],
)  # fmt: skip
def test_every_usual_file_is_understood(kind: str, subtype: str) -> None:
    stereo = np.stack([tone(440, 48_000, 2), tone(440, 48_000, 2)], axis=1)
    audio = convert(as_file(stereo, 48_000, kind, subtype))
    assert audio.duration_ms == pytest.approx(2_000, abs=60)
    for name, rate in (("wav", 8_000), ("wav16", 16_000)):
        info = soundfile.info(io.BytesIO(audio.files[name]))
        assert (info.samplerate, info.channels, info.subtype) == (rate, 1, "PCM_16")
        samples, _ = soundfile.read(io.BytesIO(audio.files[name]), dtype="float32")
        assert np.max(np.abs(samples)) == pytest.approx(10 ** (-3 / 20), abs=0.03)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no WAV, MP3, Ogg or FLAC"),
        (b"#EXTM3U\nfile:///etc/passwd", "no WAV, MP3, Ogg or FLAC"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "damaged"),
        (as_file(tone(440, 8_000, 601), 8_000, "WAV"), "longer than ten minutes"),
        (as_file(np.zeros(8_000, np.float32), 8_000, "WAV"), "nothing to hear"),
        (as_file(tone(100, 1_000), 1_000, "WAV"), "sample rate is 1000"),
    ],
)
def test_what_is_no_sound_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(BadAudio, match=words):
        convert(content)
