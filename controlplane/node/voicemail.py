"""Reads the envelopes that Asterisk writes beside voicemail messages."""

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
