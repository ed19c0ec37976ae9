"""Hear what a test phone hears: baresip "plays" into a pipe, and each call's audio becomes a WAV file.

A plain file would not do: baresip opens its player anew at each re-INVITE (hold, transfer, a changed name on the
display) and thereby empties the file. In the pipe nothing is lost, and it can be read while the call goes on.
"""

import asyncio
import fcntl
import os
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np

from controlplane.lab.tones import SAMPLE_RATE, Samples

_HEADER_BYTES = 44
_PIPE_BYTES = 1 << 20  # a minute of audio: baresip never waits for us


class Recording:
    """What one call's listener has heard so far, without a gap from the first media on."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._audio = bytearray()

    def samples(self) -> Samples:
        """The audio up to now (about 0.3 s late), on the 16-bit scale at 8 kHz."""
        whole = bytes(self._audio[: len(self._audio) // 2 * 2])
        return np.frombuffer(whole, dtype="<i2").astype(np.float64)

    def save(self) -> None:
        """Write the WAV file with what has been heard so far."""
        with wave.open(str(self.path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(SAMPLE_RATE)
            file.writeframes(bytes(self._audio))

    def add(self, audio: bytes) -> None:
        """More audio was heard."""
        self._audio += audio


class Listener:
    """The reading end of one phone's pipe; an open-and-close context of its own (`open`, `close`).

    baresip writes a WAV header whose data size is 0 when it opens the player, then the audio, and at the end, as it
    cannot seek in a pipe, the header once more with the true size. The first header marks a beginning; both are left
    out of the recording.

    Args:
        pipe: path of the named pipe to make.
        on_begin: gives the recording that a player which begins now belongs to.
        on_change: called after each piece of news.
    """

    def __init__(self, pipe: Path, on_begin: Callable[[], Recording], on_change: Callable[[], None]) -> None:
        self.pipe = pipe
        self._on_begin = on_begin
        self._on_change = on_change
        self._buffer = bytearray()
        self._recording: Recording | None = None
        self._descriptor: int | None = None

    def open(self) -> None:
        """Make the pipe and read it from now on in the running event loop."""
        self.pipe.unlink(missing_ok=True)
        os.mkfifo(self.pipe)
        # Open for writing too: neither baresip's open nor our read then ever waits for the other side.
        self._descriptor = os.open(self.pipe, os.O_RDWR | os.O_NONBLOCK)
        fcntl.fcntl(self._descriptor, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        asyncio.get_running_loop().add_reader(self._descriptor, self._read)

    def drain(self) -> None:
        """Take at once what is in the pipe, and write it to its recording's file."""
        self._read()
        if self._recording:
            self._recording.save()

    def close(self) -> None:
        """Take what is left in the pipe, and close it."""
        if self._descriptor is None:
            return
        self.drain()
        asyncio.get_running_loop().remove_reader(self._descriptor)
        os.close(self._descriptor)
        self._descriptor = None

    def _read(self) -> None:
        assert self._descriptor is not None
        try:
            self._buffer += os.read(self._descriptor, _PIPE_BYTES)
        except BlockingIOError:
            return
        while self._take_piece():
            pass
        self._on_change()

    def _take_piece(self) -> bool:
        """Take audio up to the next header, or a header, from the buffer; False when more must come first."""
        at = self._buffer.find(b"RIFF")
        while at >= 0 and bytes(self._buffer[at + 8 : at + 16]) != b"WAVEfmt " and len(self._buffer) > at + 16:
            at = self._buffer.find(b"RIFF", at + 1)  # four samples that only look like a header
        if at == 0:
            return self._take_header()
        audio = self._buffer[: at if at > 0 else max(0, len(self._buffer) - 3)]
        if self._recording and audio:
            self._recording.add(bytes(audio))
        del self._buffer[: len(audio)]
        return at > 0

    def _take_header(self) -> bool:
        if len(self._buffer) < _HEADER_BYTES:
            return False
        begins = int.from_bytes(self._buffer[40:44], "little") == 0
        del self._buffer[:_HEADER_BYTES]
        if begins:
            if self._recording:
                self._recording.save()
            self._recording = self._on_begin()
        return True
