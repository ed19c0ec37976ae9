"""Texts become speech: in real child processes, by both voices."""

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from controlplane.node.runtime import ensure_tree
from controlplane.telephony.audio import Audio
from controlplane.telephony.synthesis import CannotSpeak, Flite, Piper, Synthesizer, find_voice


@pytest.fixture(params=["piper", "flite"])
def voice(request: pytest.FixtureRequest) -> Synthesizer:
    if request.param == "piper":
        return Piper()
    return Flite(ensure_tree("speech-tools", progress=print) / "bin" / "flite")


def test_speech_has_length_level_and_both_rates(voice: Synthesizer) -> None:
    short, long = voice.speak(["Welcome.", "Welcome to our company. Please press one for sales, or two for support."])
    assert isinstance(short, Audio)
    assert isinstance(long, Audio)
    assert 300 < short.duration_ms < 2_000
    assert 2_500 < long.duration_ms < 9_000
    for name, rate in (("wav", 8_000), ("wav16", 16_000)):
        samples, found = soundfile.read(io.BytesIO(long.files[name]), dtype="float32")
        assert found == rate
        assert len(samples) / rate * 1000 == pytest.approx(long.duration_ms, abs=2)
        assert np.max(np.abs(samples)) == pytest.approx(10 ** (-3 / 20), abs=0.05)
        assert np.sqrt(np.mean(samples**2)) > 0.02


def test_text_is_spoken_and_never_run(voice: Synthesizer, tmp_path: Path) -> None:
    victim = tmp_path / "x"
    texts = [f'$(touch {victim}); "', f"`touch {victim}`", f"-o {victim}", f"; touch {victim} #", "[[ h@l@U ]]", "<b>&"]
    spoken = voice.speak(texts)
    assert all(isinstance(one, Audio) for one in spoken), spoken
    assert isinstance(spoken[0], Audio)
    assert spoken[0].duration_ms > 1_500  # "dollar … touch …", not silence
    assert not victim.exists()


def test_a_text_that_stops_piper_leaves_the_others_alone() -> None:
    before, stopped, after = Piper().speak(["One.", "。", "Two."])
    assert isinstance(stopped, CannotSpeak)
    assert isinstance(before, Audio)
    assert isinstance(after, Audio)


def test_piper_is_preferred_and_flite_outdates_nothing() -> None:
    best = find_voice(Path("/nonexistent"))
    assert best.name.startswith("piper-")
    assert best.outdates("flite-2/slt")
    assert not best.outdates(best.name)
    assert not Flite(Path("/usr/bin/flite")).outdates(best.name)
