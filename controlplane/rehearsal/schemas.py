"""A call that is only played: what is asked, and what would happen."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from controlplane.kit.e164 import Number
from controlplane.kit.text import Shape
from controlplane.protocol.rehearsal import PhoneState

Keys = Annotated[str, Shape(r"[0-9*#]{0,20}", "keys of a phone: digits, * and #; empty to press nothing")]
PhoneName = Annotated[str, Field(min_length=1, max_length=60)]


class Source(StrEnum):
    """Which configuration is played."""

    DRAFT = "draft"  # what an apply would put in force
    LIVE = "live"  # what is in force


class Situation(BaseModel):
    """Who calls which number when, and how everybody is at that moment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: Number = Field(description="One of our phone numbers.")
    caller: Number | None = Field(None, description="Who calls; null: a hidden number.")
    moment: AwareDatetime | None = Field(None, description="When; null: now. Hours and holidays go by it.")
    keys: tuple[Keys, ...] = Field(
        (), max_length=50, description="What the caller presses, one entry for each time that a menu listens."
    )
    phones: dict[PhoneName, PhoneState] = Field(
        {}, max_length=500, description="By extension number (all its phones) or device name."
    )
    others: PhoneState = Field(PhoneState.FREE, description="How all phones are that `phones` doesn't name.")
    outside: PhoneState = Field(PhoneState.FREE, description="How whoever is called through a carrier behaves.")
    out: dict[PhoneName, tuple[PhoneName, ...]] = Field(
        {}, max_length=100, description="Queue (name or number) to extension numbers of members that are not at work."
    )


class SimulationRequest(Situation):
    """A call to play."""

    source: Source = Source.DRAFT


class Place(BaseModel):
    """An object of the configuration."""

    kind: str
    id: UUID
    name: str


class Step(BaseModel):
    """One thing that happens, as `GET /calls/{id}` tells it of real calls."""

    after_s: float = Field(description="Seconds since the call began, in the rehearsal's own shortened time.")
    what: str
    words: str
    object: Place | None
    why: str | None
    longest_s: float | None = Field(description="How long the caller may really wait here before the call goes on.")


class Heard(BaseModel):
    """A sound that the caller hears."""

    after_s: float
    words: str = Field(description="What is said, or the name of the sound.")
    prompt: Place | None


class Outcome(StrEnum):
    """Where a call ends."""

    ANSWERED = "answered"  # by a phone, or by somebody outside
    VOICEMAIL = "voicemail"  # the caller can leave a message
    ANNOUNCEMENT = "announcement"  # a prompt was played, then the system hung up
    HANGUP = "hangup"  # the system ended it
    UNENDING = "unending"  # it went on and on until the rehearsal ended it


class End(BaseModel):
    """Where and how it ends."""

    how: Outcome
    object: Place | None
    words: str


class SimulationRead(BaseModel):
    """What would happen to the call."""

    number: str
    moment: AwareDatetime
    timezone: str = Field(description="The number's location's zone.")
    source: Source
    steps: list[Step]
    hears: list[Heard]
    end: End
    passes: list[Place] = Field(description="The objects that it comes through, in order.")
    status: str = Field(description="As the call record would have it.")
    longest_s: float = Field(description="All real waits together, at their longest.")
    took_ms: int = Field(description="Time of the rehearsal itself.")
