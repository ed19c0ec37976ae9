"""Live queues, their members, and the phone in the browser, over HTTP."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from controlplane.kit.text import Shape

LOGGED_OUT = "logged-out"
"""The reason of a pause that means: not at work."""
CHOICES = 100
"""So many numbers are offered to choose from for a call."""
SERVICE_LEVEL_S = 20
"""An answer within this time counts as in time."""


class MemberState(StrEnum):
    """What a member of a queue does."""

    READY = "ready"
    RINGING = "ringing"
    IN_CALL = "in_call"
    ON_HOLD = "on_hold"
    WRAP_UP = "wrap_up"
    PAUSED = "paused"
    LOGGED_OUT = "logged_out"
    UNAVAILABLE = "unavailable"  # no phone of it is registered
    UNKNOWN = "unknown"  # its node has not told yet, or can't be reached


class MemberAction(StrEnum):
    """What a member does about its calls."""

    LOG_IN = "log-in"
    LOG_OUT = "log-out"
    PAUSE = "pause"
    UNPAUSE = "unpause"


class MemberOrder(BaseModel):
    """Why somebody pauses."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Shape(r"[^\W_][\w .'-]{0,39}", "at most 40 letters, digits and . ' -")] = Field(
        "Break", description="Only for a pause: shown beside the member's name, and written in the queue's log."
    )


class LiveMember(BaseModel):
    """A member of a queue now."""

    extension_id: UUID
    name: str
    number: str
    penalty: int
    state: MemberState
    reason: str = Field(description="Of a pause; else empty.")
    since: AwareDatetime | None = Field(description="In this state since then.")
    wrap_up_until: AwareDatetime | None = Field(description="Gets the next call after this moment.")
    mine: bool = Field(description="One's own extension.")


class WaitingCaller(BaseModel):
    """Somebody in the line. Staff don't see who, only for how long."""

    call_id: UUID
    since: AwareDatetime
    caller_number: str | None
    caller_name: str | None


class QueueToday(BaseModel):
    """A queue's calls since midnight at its location."""

    answered: int
    abandoned: int
    overflowed: int = Field(description="Left the line unanswered: waited too long, or nobody was there.")
    average_wait_s: float | None = Field(description="Of all of them; null without calls.")
    longest_wait_s: float | None
    service_level: float | None = Field(
        description=f"Answered within {SERVICE_LEVEL_S} s ÷ answered, as a share of 1; null without answered calls."
    )
    service_level_2: float | None = Field(
        description=f"Answered within {SERVICE_LEVEL_S} s ÷ (answered + abandoned), as a share of 1."
    )


class LiveQueue(BaseModel):
    """A queue now and today."""

    id: UUID
    name: str
    number: str | None
    location_id: UUID | None
    timezone: str = Field(description="Whose midnight today began at.")
    waiting: list[WaitingCaller] = Field(description="Longest first.")
    members: list[LiveMember]
    today: QueueToday
    max_wait_s: int = Field(description="After this time callers go to the overflow.")
    mine: bool = Field(description="One's own extension is a member.")


class SoftphoneState(StrEnum):
    """How far the phone in the browser is."""

    READY = "ready"
    NO_EXTENSION = "no_extension"  # the user has none
    NO_DEVICE = "no_device"  # nobody made a browser phone for it
    NOT_APPLIED = "not_applied"  # made, but not live yet
    ELSEWHERE = "elsewhere"  # its phones register with a node that browsers can't reach from this page


class SoftphoneAccount(BaseModel):
    """How the browser registers. Never stored by it."""

    wss_url: str
    sip_user: str
    domain: str
    secret: str
    display_name: str


class ChoosableNumber(BaseModel):
    """A number that a call may show."""

    number: str
    name: str


class ShownNumbers(BaseModel):
    """Which number the called person sees: the usual one, or one chosen for the call."""

    usual: str | None = Field(description="The extension's own; null: the outbound route's or the trunk's.")
    choices: list[ChoosableNumber] = Field(
        max_length=CHOICES,
        description="Others: those of the phone's location, then those of none. The phone names one in the header "
        "`X-Show-Number` of its INVITE.",
    )
    total: int = Field(description="How many others there are, those that are not offered too.")


class Softphone(BaseModel):
    """The phone in the browser of who asks."""

    state: SoftphoneState
    extension_id: UUID | None
    number: str | None
    name: str | None
    account: SoftphoneAccount | None = Field(description="Only when ready.")
    shown_numbers: ShownNumbers | None = Field(description="Only when ready.")
    may_prepare: bool = Field(description="May make the browser phone with `POST softphone`.")


class Colleague(BaseModel):
    """An entry of the internal phone list: what a printed one would tell, and no more."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    number: str


class RecentContact(BaseModel):
    """Somebody with whom one's own extension had a call."""

    name: str = Field(description="Empty if nobody told it.")
    number: str = Field(description="As people write it: +E164, or the number inside.")
    dial: str = Field(description="What one's phone dials to get there, such as `90012025550100`.")


class CallableContact(BaseModel):
    """A number of one of the contacts, as one's phone gets there."""

    name: str
    company: str = Field(description="Empty: none.")
    label: str = Field(description="Such as `mobile`; empty: none.")
    number: str = Field(description="As people write it: +E164.")
    dial: str = Field(description="What one's phone dials to get there, such as `90012025550100`.")


class SoftphoneRequest(BaseModel):
    """For which extension to make a browser phone."""

    model_config = ConfigDict(extra="forbid")

    extension_id: UUID | None = Field(None, description="Default: one's own.")
