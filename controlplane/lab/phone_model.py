"""A test phone's account and its calls, as values."""

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal

from controlplane.lab.listener import Recording


@dataclass(frozen=True, slots=True)
class Account:
    """What a phone needs to know to use the PBX.

    Attributes:
        user: SIP user, and the caller's number when the phone does not register.
        server: "host:port" of the PBX.
        password: digest secret; None for a caller that is known by its address.
        register: False for the carrier's side of a trunk.
        srtp: offer and demand SDES SRTP.
        ca_file: certificate that the PBX's TLS certificate must be signed by.
        display_name: name in From; quotes and backslashes are escaped.
        codecs: what is offered, in order, of "pcmu", "pcma" and "g722", separated by commas.
        lamp: subscribe to the message lamp (MWI); stopping the phone then takes half a second longer.
    """

    user: str
    server: str
    password: str | None = None
    transport: Literal["udp", "tcp", "tls"] = "udp"
    register: bool = True
    srtp: bool = False
    ca_file: Path | None = None
    display_name: str = ""
    codecs: str = "pcmu"
    lamp: bool = False

    @classmethod
    def of_carrier(cls, number: str, server: str, name: str = "") -> "Account":
        """A caller out in the telephone network, whose calls reach the PBX over a trunk known by its address."""
        return cls(number, server, register=False, display_name=name)

    @property
    def aor(self) -> str:
        """The address of record, without parameters."""
        return f"sip:{self.user}@{self.server}"

    def as_line(self) -> str:
        """The account in baresip's own notation."""
        name = self.display_name.replace("\\", r"\\").replace('"', r"\"")
        options = {
            "auth_user": self.user if self.password else None,
            "auth_pass": self.password,
            "answermode": "manual",
            "regint": "120" if self.register else "0",
            "audio_codecs": self.codecs,
            "dtmfmode": "rtpevent",
            "mediaenc": "srtp-mand" if self.srtp else None,
            "mwi": "yes" if self.lamp else "no",
        }
        tail = "".join(f";{key}={value}" for key, value in options.items() if value)
        return (f'"{name}" ' if name else "") + f"<{self.aor};transport={self.transport}>{tail}"


class CallState(StrEnum):
    """Where a test phone's call stands."""

    DIALLING = "dialling"
    RINGING = "ringing"
    ESTABLISHED = "established"
    CLOSED = "closed"


STATE_OF_EVENT = {
    "CALL_INCOMING": CallState.RINGING,
    "CALL_RINGING": CallState.RINGING,
    "CALL_PROGRESS": CallState.RINGING,
    "CALL_ESTABLISHED": CallState.ESTABLISHED,
    "CALL_CLOSED": CallState.CLOSED,
}


@dataclass(slots=True)
class PhoneCall:
    """One call as the phone sees it; baresip's events keep it current.

    `recording` is what this phone hears in the call, from its first media on (early media included).
    `cause` says why it was closed in baresip's words, e.g. "486 Busy Here" or, after a BYE, "Connection reset by
    peer" (the other side hung up) and "Connection reset by user" (this one did).
    `answers` counts the 200s to our INVITE and re-INVITEs; `was_announced`: `Phone.wait_ringing` has given it.
    """

    id: str
    incoming: bool
    peer_uri: str
    peer_name: str
    recording: Recording
    state: CallState = CallState.DIALLING
    cause: str = ""
    answers: int = 0
    was_announced: bool = False

    @property
    def heard(self) -> Path:
        """The WAV file with what this phone heard; complete after `Phone.wait_closed`."""
        return self.recording.path

    @property
    def peer_number(self) -> str:
        """User part of the other side's address: the caller's number on an incoming call."""
        match = re.match(r"sips?:([^@;>]*)@", self.peer_uri)
        return match.group(1) if match else ""
