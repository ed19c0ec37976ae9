"""The Vosk adapter against a stand-in for the vendor's library: no package holds an English model of theirs."""

import json
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from controlplane.calls.transcription.child import hear
from controlplane.calls.transcription.engines import make_transcriber


class Recognizer:
    """Hears one word in each second of sound, and takes a breath every two."""

    def __init__(self, _: object, rate: int) -> None:
        self.rate, self.seconds, self.words = rate, 0, list[dict[str, Any]]()

    def SetWords(self, _: bool) -> None: ...  # noqa: N802 - the vendor's names

    def AcceptWaveform(self, sound: bytes) -> bool:  # noqa: N802
        start = float(self.seconds)
        self.seconds += round(len(sound) / 2 / self.rate)
        self.words.append({"word": f"word{int(start)}", "start": start, "end": start + 0.5, "conf": 1.0})
        return len(self.words) == 2

    def Result(self) -> str:  # noqa: N802
        words, self.words = self.words, []
        return json.dumps({"result": words, "text": ""}) if words else json.dumps({"text": ""})

    FinalResult = Result


def test_words_keep_their_times(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vendor = types.ModuleType("vosk")
    vendor.__dict__.update(SetLogLevel=lambda _: None, Model=lambda path: path, KaldiRecognizer=Recognizer)
    monkeypatch.setitem(sys.modules, "vosk", vendor)
    model = tmp_path / "model-en"
    model.mkdir()
    soundfile.write(tmp_path / "x.wav", np.zeros(8000 * 3), 8000)
    heard = hear(make_transcriber(model), tmp_path / "x.wav")
    assert (heard.text, heard.engine) == ("word0 word1 word2", "vosk model-en")
    assert [word["start_s"] for word in heard.words] == [0.0, 1.0, 2.0]
