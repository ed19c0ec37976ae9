import struct
from pathlib import Path

import pytest

from controlplane.lab import tones
from controlplane.lab.media_pcap import KeyPress, write_call_media


def rtp_of(path: Path) -> list[tuple[float, bytes]]:
    """(second, RTP packet) of every record of a capture file."""
    data, at, packets = path.read_bytes(), 24, []
    while at < len(data):
        seconds, micros, length, _ = struct.unpack_from("<IIII", data, at)
        frame = data[at + 16 : at + 16 + length]
        assert frame[12:14] == b"\x08\x00"
        assert struct.unpack_from("!H", frame, 16)[0] == length - 14
        packets.append((seconds + micros / 1e6, frame[42:]))
        at += 16 + length
    return packets


def test_audio_is_cut_into_packets_of_20_ms_without_a_gap(tmp_path: Path) -> None:
    packets = rtp_of(write_call_media(tmp_path / "x.pcap", tones.tone(440, 1.0), duration_s=1.5))
    assert len(packets) == 75
    assert [struct.unpack_from("!H", rtp, 2)[0] for _, rtp in packets] == list(range(75))
    assert [struct.unpack_from("!I", rtp, 4)[0] for _, rtp in packets] == [160 * index for index in range(75)]
    assert [at for at, _ in packets] == pytest.approx([index * 0.02 for index in range(75)])
    spoken = b"".join(rtp[12:] for _, rtp in packets)
    (tmp_path / "y.ulaw").write_bytes(spoken)
    (span,) = tones.tone_spans(tmp_path / "y.ulaw", [440])
    assert (span.start_s, span.end_s) == pytest.approx((0, 1.0), abs=0.06)


def test_a_key_is_an_event_with_growing_duration_and_three_ends(tmp_path: Path) -> None:
    path = write_call_media(
        tmp_path / "x.pcap", tones.tone(440, 2), [KeyPress("#", 0.5, duration_s=0.1)], duration_s=2.0
    )
    packets = rtp_of(path)
    events = [rtp for _, rtp in packets if rtp[1] & 0x7F == 101]
    assert [rtp[12] for rtp in events] == [11] * 7
    assert [rtp[13] >> 7 for rtp in events] == [0, 0, 0, 0, 1, 1, 1]
    assert [struct.unpack_from("!H", rtp, 14)[0] for rtp in events] == [160, 320, 480, 640, 800, 800, 800]
    assert {struct.unpack_from("!I", rtp, 4)[0] for rtp in events} == {25 * 160}
    assert [rtp[1] >> 7 for rtp in events] == [1, 0, 0, 0, 0, 0, 0]
    assert [struct.unpack_from("!H", rtp, 2)[0] for _, rtp in packets] == list(range(len(packets)))


@pytest.mark.parametrize(
    "keys", [[KeyPress("x", 0.1)], [KeyPress("12", 0.1)], [KeyPress("1", 0.1), KeyPress("2", 0.2)]]
)
def test_impossible_key_presses_are_refused(tmp_path: Path, keys: list[KeyPress]) -> None:
    with pytest.raises(ValueError, match="key"):
        write_call_media(tmp_path / "x.pcap", tones.silence(1), keys, duration_s=1)
