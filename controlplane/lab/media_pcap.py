"""Make one capture file with speech, tones and key presses, for SIPp's `play_pcap_audio`.

One file for a whole call, because SIPp's players cut each other off and send from different ports, which trips
Asterisk's strict RTP. Sending it needs root or CAP_NET_RAW (SIPp writes raw packets).
Source: RFC 3550 (RTP), RFC 4733 (telephone events), the libpcap file format.
"""

import socket
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from controlplane.lab.tones import SAMPLE_RATE, Samples, write_ulaw

_PACKET_S = 0.02
_PACKET_SAMPLES = round(SAMPLE_RATE * _PACKET_S)
_ULAW_SILENCE = b"\xff" * _PACKET_SAMPLES
_PAYLOAD_ULAW = 0
_PAYLOAD_EVENT = 101
_KEYS = "0123456789*#ABCD"
_EVENT_VOLUME_DBM0 = 10


@dataclass(frozen=True, slots=True)
class KeyPress:
    """A key pressed `at_s` seconds after the answer, for `duration_s`."""

    key: str
    at_s: float
    duration_s: float = 0.16


def write_call_media(path: Path, audio: Samples, keys: Sequence[KeyPress] = (), *, duration_s: float) -> Path:
    """Write the RTP of one call: this 8 kHz audio, then silence, with key presses instead of audio meanwhile.

    Raises: ValueError for an unknown key or key presses that overlap.
    """
    frames = _ulaw_frames(path, audio, round(duration_s / _PACKET_S))
    starts = _key_packets(keys)
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for number, (index, packet) in enumerate(_packets(frames, starts)):
            file.write(_captured(index * _PACKET_S, number, packet))
    return path


def _ulaw_frames(path: Path, audio: Samples, count: int) -> list[bytes]:
    raw = path.with_suffix(".ulaw")
    data = write_ulaw(raw, audio).read_bytes() if audio.size else b""
    chunks = [data[at : at + _PACKET_SAMPLES] for at in range(0, len(data), _PACKET_SAMPLES)][:count]
    return [chunk.ljust(_PACKET_SAMPLES, b"\xff") for chunk in chunks] + [_ULAW_SILENCE] * (count - len(chunks))


def _key_packets(keys: Sequence[KeyPress]) -> dict[int, KeyPress]:
    starts: dict[int, KeyPress] = {}
    free_from = 0
    for press in sorted(keys, key=lambda press: press.at_s):
        index = round(press.at_s / _PACKET_S)
        if len(press.key) != 1 or press.key not in _KEYS:
            raise ValueError(f"no such key on a telephone: {press.key!r}")
        if index < free_from:
            raise ValueError(f"key {press.key} at {press.at_s} s overlaps the one before")
        starts[index] = press
        free_from = index + round(press.duration_s / _PACKET_S) + 2
    return starts


def _packets(frames: Sequence[bytes], starts: dict[int, KeyPress]) -> Iterator[tuple[int, bytes]]:
    """RTP packets with the 20 ms slot that each is sent in; timestamps and sequence numbers without a gap."""
    index = sequence = 0
    while index < len(frames):
        press = starts.get(index)
        if press is None:
            yield index, _rtp(sequence, index, _PAYLOAD_ULAW, frames[index])
            index, sequence = index + 1, sequence + 1
            continue
        length = max(2, round(press.duration_s / _PACKET_S))
        for step in range(length + 2):  # the end is sent three times, as RFC 4733 asks, with the duration unchanged
            is_end = step >= length - 1
            samples = min(step + 1, length) * _PACKET_SAMPLES
            event = struct.pack("!BBH", _KEYS.index(press.key), (is_end << 7) | _EVENT_VOLUME_DBM0, samples)
            yield index + step, _rtp(sequence, index, _PAYLOAD_EVENT, event, marker=step == 0)
            sequence += 1
        index += length + 2


def _rtp(sequence: int, index: int, payload_type: int, payload: bytes, *, marker: bool = False) -> bytes:
    second = (marker << 7) | payload_type
    return struct.pack("!BBHII", 0x80, second, sequence & 0xFFFF, index * _PACKET_SAMPLES, 0x5EED) + payload


def _captured(at_s: float, number: int, rtp: bytes) -> bytes:
    """A capture record: Ethernet, IPv4 and UDP headers, whose addresses SIPp replaces, round one RTP packet."""
    udp = struct.pack("!HHHH", 6000, 6000, 8 + len(rtp), 0) + rtp
    host = socket.inet_aton("127.0.0.1")
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), number & 0xFFFF, 0, 64, 17, 0, host, host) + udp
    frame = bytes(12) + b"\x08\x00" + ip
    seconds, micros = divmod(round(at_s * 1_000_000), 1_000_000)
    return struct.pack("<IIII", seconds, micros, len(frame), len(frame)) + frame
