"""Reads the envelopes that Asterisk writes beside voicemail messages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from controlplane.kit import clock
from controlplane.protocol.link import VoicemailEnvelope


@dataclass(frozen=True)
class Message:
    """One message in a box.

    Attributes:
        audio: its sound file.
        msg_id: Asterisk's lasting id; the file's number shifts when others are deleted.
        left_at: when recording began.
        duration_s: whole seconds.
    """

    audio: Path
    msg_id: str
    caller_id: str
    channel: str
    left_at: datetime
    duration_s: int

    def envelope(self) -> VoicemailEnvelope:
        """The same for the control plane; context and box are the names of the folders it lies in."""
        box = self.audio.parent.parent
        return VoicemailEnvelope(
            context=box.parent.name,
            box=box.name,
            msg_id=self.msg_id,
            caller_id=self.caller_id,
            channel=self.channel,
            left_at=self.left_at,
            duration_s=self.duration_s,
        )


def read_message(file: Path) -> Message | None:
    """The message of a ``msgNNNN.txt``; None if it is gone or not whole."""
    audio = file.with_suffix(".wav")
    try:
        text = file.read_text(errors="replace")
    except FileNotFoundError:
        return None
    fields = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    if not (audio.exists() and fields.get("msg_id") and fields.get("origtime", "").isdigit()):
        return None
    duration = fields.get("duration", "")
    return Message(
        audio=audio,
        msg_id=fields["msg_id"],
        caller_id=fields.get("callerid", ""),
        channel=fields.get("callerchan", ""),
        left_at=clock.from_epoch(int(fields["origtime"])),
        duration_s=int(duration) if duration.isdigit() else 0,
    )


_PIN = "secret.conf"  # where app_voicemail keeps a PIN that was changed by phone; it wins over voicemail.conf
_ASIDE = "secret.conf.aside"


class PhonePins:
    """PINs that people set by phone, in the face of a release that brings new ones."""

    def __init__(self, voicemail: Path) -> None:
        self._voicemail = voicemail

    def set_aside(self, boxes: Iterable[tuple[str, str]]) -> None:
        """Lets the release's PIN of these boxes (context, number) count from the next ``voicemail reload`` on."""
        for context, box in boxes:
            pin = self._voicemail / context / box / _PIN
            if pin.exists():
                pin.replace(pin.with_name(_ASIDE))

    def put_back(self) -> None:
        """Undoes :meth:`set_aside`, for a release that is taken back."""
        for aside in self._voicemail.glob(f"*/*/{_ASIDE}"):
            aside.replace(aside.with_name(_PIN))

    def forget(self) -> None:
        """Makes :meth:`set_aside` final."""
        for aside in self._voicemail.glob(f"*/*/{_ASIDE}"):
            aside.unlink()
