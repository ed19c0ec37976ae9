"""The process that hears: one path a line in, one JSON answer a line out. Ends when nothing came for a while.

Started by `process.SpeechProcess`; its memory (320 MB with Whisper) is given back when it ends, and a crash in an
engine's native code takes nobody else along.
"""

import json
import os
import select
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from controlplane.calls.transcription.audio import channels_of, pieces
from controlplane.calls.transcription.engines import make_transcriber
from controlplane.calls.transcription.transcriber import (
    Heard,
    Segment,
    SpeechUnavailable,
    Transcriber,
    UnreadableAudio,
    merge,
)


def hear(transcriber: Transcriber, path: Path) -> Heard:
    """Transcribes each channel by itself and merges them by time.

    Raises:
        UnreadableAudio: The file holds no telephone sound.
    """
    channels = channels_of(path)
    segments: list[Segment] = []
    for channel in range(channels):
        for start_s, samples in pieces(path, channel):
            segments += [segment.moved(start_s, channel) for segment in transcriber.transcribe(samples)]
    return merge(segments, channels, transcriber.name)


def answer(transcriber: Transcriber, path: Path) -> dict[str, Any]:
    """The answer to one request; an unreadable file is an answer too."""
    try:
        return asdict(hear(transcriber, path))
    except UnreadableAudio as err:
        return {"error": str(err)}


def main(idle_s: float, vosk_model: str) -> int:
    """Serves until stdin closes or nothing came for ``idle_s`` seconds."""
    os.nice(10)  # calls come first
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints must not look like an answer
    try:
        transcriber = make_transcriber(Path(vosk_model) if vosk_model else None)
    except SpeechUnavailable as err:
        print(json.dumps({"unavailable": str(err)}), file=answers, flush=True)
        return 1
    print(json.dumps({"ready": transcriber.name}), file=answers, flush=True)
    while select.select([0], [], [], idle_s)[0]:
        line = sys.stdin.readline()
        if not line:
            break
        print(json.dumps(answer(transcriber, Path(json.loads(line)))), file=answers, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), sys.argv[2]))
