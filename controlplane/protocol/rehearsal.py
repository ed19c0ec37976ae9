"""What a rehearsal asks of a node, and what comes back: calls that never leave its machine.

A ``simulate`` command carries a `RehearsalOrder`; the ``data`` of its result is a `RehearsalReport`. The node fetches
the staged bundle from ``GET /node/v1/rehearsals/{digest}``, proves it like a release, and loads it into its shadow: a
second Asterisk that no phone and no carrier can reach.
"""

import io
import wave
from enum import StrEnum
from functools import cache
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from controlplane.protocol.facts import Fact

CARRIER_PORT = 5062
"""Where the stand-in for a carrier listens, on a loopback address of its own (see `release.staging`)."""

SILENCE_FRAMES = 160
"""20 ms at 8 kHz: as long as every prompt plays in a rehearsal."""

Keys = Annotated[str, Field(pattern=r"^[0-9*#]{0,20}$")]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.+/@:~-]{1,200}$")]
Address = Annotated[str, Field(pattern=r"^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$")]


class PhoneState(StrEnum):
    """How a phone is when it is called."""

    FREE = "free"  # rings and is answered
    BUSY = "busy"  # is in a call and takes no second one (486)
    NO_ANSWER = "no_answer"  # rings, and nobody takes it
    AWAY = "away"  # is not registered


class Scenario(BaseModel):
    """One call to be played.

    Attributes:
        came_by: Loopback address of the carrier that brings it.
        number: Dialled, as the carrier writes it: +E164.
        caller: Number of who calls; empty if hidden.
        moment: Seconds since 1970 that the dialplan takes for now.
        keys: What the caller presses, one entry for each time that a menu listens; then nothing more.
        phones: SIP name to state, for all phones that the call may reach; all others are away.
        outside: How whoever is called through a carrier behaves.
        out: Queue members that are not at work: (queue, interface).
    """

    model_config = ConfigDict(frozen=True)

    came_by: Address
    number: str = Field(pattern=r"^\+?[0-9]{1,20}$")
    caller: str = Field(default="", pattern=r"^(\+?[0-9]{1,20})?$")
    moment: int = Field(ge=0, le=4_102_444_800)
    keys: tuple[Keys, ...] = Field((), max_length=50)
    phones: dict[Name, PhoneState] = {}
    outside: PhoneState = PhoneState.FREE
    out: tuple[tuple[Name, Name], ...] = ()


class RehearsalOrder(BaseModel):
    """Calls to play, one after the other, on one staged bundle."""

    digest: str = Field(pattern=r"^[0-9a-f]{64}$")
    carriers: tuple[Address, ...] = Field(max_length=1000)
    scenarios: tuple[Scenario, ...] = Field(min_length=1, max_length=50)


class PlayedCall(BaseModel):
    """What the shadow wrote down of one call.

    Attributes:
        facts: As a real node tells them, with `APP_START` channel events beside: what is played to whom.
        cut_off: It had not ended by itself after the longest time that a rehearsal waits.
        took_ms: All of it, phones' registration included.
    """

    facts: list[Fact]
    cut_off: bool
    took_ms: int


class RehearsalReport(BaseModel):
    """The calls in the order of the scenarios; ``ready_ms``: getting the shadow and its bundle ready."""

    calls: list[PlayedCall]
    ready_ms: int


@cache
def silence() -> bytes:
    """The WAV file in place of every prompt."""
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(2 * SILENCE_FRAMES))
    return content.getvalue()
