"""Call-flow tests: who calls, how everybody is, and where the call shall go."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import AwareDatetime, Field

from controlplane.kit.destination import Destination, Kind
from controlplane.kit.e164 import Number
from controlplane.kit.text import Shape
from controlplane.objects.schemas import ObjectFields
from controlplane.protocol.rehearsal import PhoneState
from controlplane.telephony.schemas import Part

Keys = Annotated[str, Shape(r"[0-9*#]{0,20}", "keys of a phone: digits, * and #; empty to press nothing")]
PhoneName = Annotated[str, Field(min_length=1, max_length=60)]
Words = Annotated[str, Field(min_length=1, max_length=200)]


class Situation(Part):
    """Who calls which number when, and how everybody is at that moment."""

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


class Outcome(StrEnum):
    """Where a call ends."""

    ANSWERED = "answered"  # by a phone, or by somebody outside
    VOICEMAIL = "voicemail"  # the caller can leave a message
    ANNOUNCEMENT = "announcement"  # a prompt was played, then the system hung up
    HANGUP = "hangup"  # the system ended it
    UNENDING = "unending"  # it went on and on until the rehearsal ended it


class Expectation(Part):
    """What a test wants of a call. What is left out may be as it likes."""

    passes: tuple[Destination, ...] = Field(
        (), max_length=50, description="The call comes through these, in this order; others may lie between."
    )
    ends: Outcome | None = Field(None, description="How it ends.")
    ends_at: Destination | None = Field(None, description="Who answers, or where it is when it ends.")
    hears: tuple[Words, ...] = Field(
        (), max_length=50, description="The caller hears these, in this order: words of a prompt, or its name."
    )


class FlowTestFields(ObjectFields):
    """A call that must go its way: played before each apply, and whenever asked."""

    kind: ClassVar[Kind] = Kind.FLOW_TEST

    given: Situation
    expect: Expectation
