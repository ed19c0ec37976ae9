from pathlib import Path

import numpy as np
import pytest
import soundfile

from controlplane.lab import tones


def test_a_tone_is_loud_where_it_sounds_and_absent_elsewhere(tmp_path: Path) -> None:
    path = tones.write_wav(tmp_path / "x.wav", tones.tone(440, 1.0), tones.silence(1.0))
    assert tones.tone_level(path, 440, end_s=1.0) == pytest.approx(8000, rel=0.01)
    assert tones.tone_level(path, 440, start_s=1.0) < 1
    assert tones.tone_level(path, 1000, end_s=1.0) < 3
    assert tones.duration_s(path) == pytest.approx(2.0)
    assert tones.rms(path, end_s=1.0) == pytest.approx(8000 / 2**0.5, rel=0.01)
    assert tones.rms(path, start_s=1.0) == 0


def test_two_tones_at_once_are_told_apart(tmp_path: Path) -> None:
    path = tones.write_wav(
        tmp_path / "x.wav", tones.tone(440, 1.0, amplitude=9000) + tones.tone(480, 1.0, amplitude=500)
    )
    assert tones.tone_level(path, 440) == pytest.approx(9000, rel=0.02)
    assert tones.tone_level(path, 480) == pytest.approx(500, rel=0.05)


def test_spans_say_who_was_heard_when(tmp_path: Path) -> None:
    path = tones.write_wav(
        tmp_path / "x.wav", tones.silence(0.5), tones.tone(440, 1.0), tones.tone(1000, 0.7), tones.silence(0.3),
        tones.tone(440, 0.5),
    )  # fmt: skip
    spans = tones.tone_spans(path, [440, 1000, 2000])
    assert [span.hz for span in spans] == [440, 1000, 440]
    for span, (start, end) in zip(spans, [(0.5, 1.5), (1.5, 2.2), (2.5, 3.0)], strict=True):
        assert span.start_s == pytest.approx(start, abs=0.06)
        assert span.end_s == pytest.approx(end, abs=0.06)
        assert span.duration_s == pytest.approx(end - start, abs=0.1)


def test_lost_packets_do_not_break_a_span_but_a_pause_does(tmp_path: Path) -> None:
    lost = tones.write_wav(tmp_path / "l.wav", tones.tone(440, 1.0), tones.silence(0.1), tones.tone(440, 1.0))
    paused = tones.write_wav(tmp_path / "p.wav", tones.tone(440, 1.0), tones.silence(0.4), tones.tone(440, 1.0))
    assert len(tones.tone_spans(lost, [440])) == 1
    assert len(tones.tone_spans(paused, [440])) == 2


def test_a_beep_is_heard_through_lost_packets_but_blips_are_not() -> None:
    beep, lost = tones.tone(700, 0.43), tones.silence(0.06)
    torn = np.concatenate([tones.silence(1), beep[:640], lost[:400], beep[1200:1700], lost, beep[2100:]])
    assert tones.heard_from(torn, 700) == pytest.approx(1.0, abs=0.1)
    blips = np.concatenate([tones.tone(700, 0.05), tones.silence(0.4)] * 10)
    assert tones.heard_from(blips, 700) is None
    assert tones.heard_from(tones.tone(700, 0.3), 800) is None


def test_noise_and_silence_hold_no_tone(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).normal(0, 300, 16000)
    path = tones.write_wav(tmp_path / "x.wav", noise, tones.silence(1))
    assert tones.tone_spans(path, [440, 1000, 2000]) == []
    assert tones.tone_spans(tones.write_wav(tmp_path / "e.wav", tones.silence(0)), [440]) == []
    assert tones.tone_level(tmp_path / "e.wav", 440) == 0


def test_ulaw_keeps_the_tone(tmp_path: Path) -> None:
    path = tones.write_ulaw(tmp_path / "x.ulaw", tones.tone(440, 1.0))
    assert path.stat().st_size == 8000
    assert tones.tone_level(path, 440) == pytest.approx(8000, rel=0.02)
    assert tones.tone_level(path, 1000) < 30


def test_each_channel_of_a_stereo_recording_is_heard_alone(tmp_path: Path) -> None:
    both = np.stack([tones.tone(440, 1.0), tones.tone(1000, 1.0)], axis=1) / 32768
    soundfile.write(tmp_path / "x.wav", both, 8000)
    assert [span.hz for span in tones.tone_spans(tmp_path / "x.wav", [440, 1000], channel=0)] == [440]
    assert [span.hz for span in tones.tone_spans(tmp_path / "x.wav", [440, 1000], channel=1)] == [1000]


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 44100])
def test_speech_of_any_rate_becomes_telephone_audio(tmp_path: Path, rate: int) -> None:
    wave = 0.25 * np.sin(2 * np.pi * 700 * np.arange(2 * rate) / rate)
    soundfile.write(tmp_path / "x.wav", wave, rate)
    path = tones.write_wav(tmp_path / "y.wav", tones.read_telephone_audio(tmp_path / "x.wav"))
    assert tones.duration_s(path) == pytest.approx(2.0, abs=0.001)
    assert tones.tone_level(path, 700) == pytest.approx(0.25 * 32767, rel=0.02)


def test_too_loud_audio_is_clipped_not_wrapped(tmp_path: Path) -> None:
    path = tones.write_wav(tmp_path / "x.wav", tones.tone(440, 0.5, amplitude=40000))
    assert tones.tone_level(path, 440) > 32000
