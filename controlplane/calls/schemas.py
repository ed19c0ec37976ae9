"""Words of the call record, and its shape over HTTP."""

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from controlplane.contacts.schemas import ContactRef
from controlplane.kit.text import FreeText, Shape, Tag, one_line


class Direction(StrEnum):
    """Which way a call goes, seen from the organisation."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    INTERNAL = "internal"


class CallStatus(StrEnum):
    """What became of a call."""

    LIVE = "live"
    ANSWERED = "answered"  # caller and somebody (a person, or a phone outside) were connected
    MISSED = "missed"  # nobody took it: it rang out, or found everything closed or away
    ABANDONED = "abandoned"  # the caller left from a menu or a waiting line
    VOICEMAIL = "voicemail"  # nobody took it, and a message was left
    BUSY = "busy"
    FAILED = "failed"  # the carrier or the far side refused it
    BLOCKED = "blocked"  # the number's destination is to hang up


class Phase(StrEnum):
    """Where a live call is now; ``ended`` for all others."""

    NEW = "new"
    IN_IVR = "in_ivr"
    QUEUED = "queued"
    RINGING = "ringing"
    ANSWERED = "answered"
    VOICEMAIL = "voicemail"
    ENDED = "ended"


class TranscriptState(StrEnum):
    """How far a transcript is."""

    PENDING = "pending"
    DONE = "done"
    EMPTY = "empty"  # nobody said anything
    FAILED = "failed"  # the audio can't be read; ``reason`` says why


class TranscriptRef(BaseModel):
    """A transcript as far as a call record tells of it."""

    state: TranscriptState
    text: str


class RecordingRef(BaseModel):
    """A stored recording. ``duration_s`` is the connected part; two channels are caller left, answering side right."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    duration_s: float
    channels: int


class CallRecord(BaseModel):
    """One call, as the contract promises it. All times UTC, all ``_s`` in seconds with milliseconds."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    node: str
    linkedid: str = Field(description="Asterisk's id of the call on its node.")
    direction: Direction
    status: CallStatus
    phase: Phase = Field(description="Where a live call is now.")
    started_at: AwareDatetime
    answered_at: AwareDatetime | None = Field(description="First moment in which both sides were connected.")
    ended_at: AwareDatetime | None
    ring_s: float = Field(description="At least one phone rang, before the first connection.")
    wait_s: float = Field(description="Spent in queues, ringing of members and whisper included.")
    talk_s: float = Field(description="At least two sides were connected; music, menus and whisper don't count.")
    duration_s: float | None = Field(description="From start to end; null while live.")
    caller_number: str | None
    caller_name: str | None
    dialed_number: str | None
    contact_id: UUID | None = Field(None, description="Of `contact`.")
    contact: ContactRef | None = Field(
        None, description="Who has the other side's number today; null for who may not read contacts."
    )
    phone_number_id: UUID | None
    location_id: UUID | None
    queue_id: UUID | None = Field(description="The last queue before the connection (or at all).")
    queue_name: str | None = Field(None, description="As it is called today; null when it is gone.")
    extension_id: UUID | None = Field(description="Who answered; for outbound calls who dialled.")
    extension_name: str | None = Field(None, description="As it is called today; null when it is gone.")
    hangup_cause: str | None
    source: str | None = None
    medium: str | None = None
    campaign: str | None = None
    term: str | None = None
    content: str | None = None
    visitor_id: UUID | None = None
    attribution: dict[str, Any] | None = None
    recording: RecordingRef | None = None
    voicemail_id: UUID | None = None
    transcript: TranscriptRef | None = None
    tags: list[str]
    notes: str | None
    outcome: str | None
    conversion: dict[str, Any] | None = None
    cost: dict[str, Any] | None = None
    spam: dict[str, Any] | None = None
    provider: str | None = None
    provider_call_id: str | None = None
    config_release: str | None


class LiveCall(BaseModel):
    """A call that goes on now, as far as call events tell of it: a snapshot of these is kept up by the events."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    location_id: UUID | None
    direction: Direction
    status: CallStatus
    phase: Phase
    caller_number: str | None
    caller_name: str | None
    dialed_number: str | None
    queue_id: UUID | None
    extension_id: UUID | None
    extension_ids: list[UUID]
    started_at: AwareDatetime
    answered_at: AwareDatetime | None


class CallSummary(BaseModel):
    """Figures of many calls."""

    total: int
    by_status: dict[CallStatus, int] = Field(description="Statuses without a call are left out.")
    by_direction: dict[Direction, int] = Field(description="The same.")
    answered_share: float | None = Field(
        description="Of the calls from outside that are over and were not blocked, those answered, 0 to 1."
    )
    average_wait_s: float | None = Field(description="Of calls that came to a queue: spent in queues.")
    average_talk_s: float | None = Field(description="Of answered calls.")


class OtherEnd(BaseModel):
    """The record of the same call on another node, which it came from or went on to."""

    id: UUID
    node: str
    linkedid: str


class CallDetail(CallRecord):
    """A call with its legs, its story, and what was odd about its facts."""

    legs: list[dict[str, Any]]
    timeline: list[dict[str, Any]] = Field(description="at, what, where {kind, id}, why; in order of time.")
    flags: list[dict[str, Any]] = Field(description="Facts that came late or fit nowhere; kept, never lost.")
    other_ends: list[OtherEnd] = Field([], description="Its records on other nodes.")


class Named(BaseModel):
    """An object of the configuration, by the name that it had when the call came."""

    kind: str
    id: UUID | None = None
    name: str


class StepSource(BaseModel):
    """Where in the dialplan a step happened. Without a file: the release's files are no longer kept."""

    context: str
    exten: str
    priority: int | None = None
    file: str | None = Field(None, description="In the release's bundle.")
    line: int | None = Field(None, description="Of that file, from 1.")
    text: str = Field(description="The application: as the file has it, else with its values.")
    made_from: Named | None = Field(None, description="The object that this line was made from.")


class StepLeg(BaseModel):
    """The channel that a step is about."""

    channel: str
    ring_s: float
    talk_s: float
    outcome: str
    q850: int | None = Field(description="Hangup cause by ITU-T Q.850.")
    q850_words: str | None
    sip: int | None = Field(description="SIP status with which it was refused, where that was told.")
    sip_words: str | None


class ExplainedStep(BaseModel):
    """One thing that happened in a call."""

    at: AwareDatetime
    after_s: float = Field(description="Since the call began.")
    what: str = Field(description="As in the call's timeline.")
    why: str | None
    words: str
    took_s: float | None = Field(None, description="How long the caller waited until the call went on.")
    object: Named | None = None
    leg: StepLeg | None = None
    source: StepSource | None = None


class ExplainedRelease(BaseModel):
    """The configuration that was in force."""

    id: UUID
    number: int
    author: str
    reason: str
    created_at: AwareDatetime
    live_at: AwareDatetime | None
    certain: bool = Field(description="The node named it; else it is what was live by the clock.")
    words: str


class Explanation(BaseModel):
    """A call from beginning to end, in words and as data."""

    call_id: UUID
    node: str
    linkedid: str
    timezone: str = Field(description="Of the call's location: the story's times are its.")
    headline: str
    release: ExplainedRelease | None
    steps: list[ExplainedStep]
    afterwards: list[str] = Field(description="Recording, message and transcript.")
    unknown: list[str] = Field(description="What is not known, and why.")
    story: list[str] = Field(description="All of it as lines to read.")


MOST_TAGS = 50


class CallPatch(BaseModel):
    """What people may add to a call. A field left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    notes: FreeText | None = Field(None, max_length=10_000)
    outcome: Annotated[str, AfterValidator(one_line), Field(max_length=100)] | None = None
    tags: list[Tag] | None = Field(None, max_length=MOST_TAGS)


class CallChoice(BaseModel):
    """Calls that somebody has picked out."""

    model_config = ConfigDict(extra="forbid")

    call_ids: list[UUID] = Field(min_length=1, max_length=500)


class CallTags(CallChoice):
    """Tags to put on many calls, and to take off."""

    add: list[Tag] = Field([], max_length=MOST_TAGS)
    remove: list[Tag] = Field([], max_length=MOST_TAGS)


class Tagged(BaseModel):
    """What was done to many calls."""

    changed: int = Field(description="Calls whose tags are different now.")


class Peaks(BaseModel):
    """How loud a sound is over time, to draw it and to find silence."""

    duration_s: float
    point_s: float = Field(description="How long one point is.")
    channels: list[list[int]] = Field(description="Per channel the loudest sample of each point, 0 to 100.")


class OriginateRequest(BaseModel):
    """A call to make: first a phone of the extension rings; once it is answered, it dials the number."""

    model_config = ConfigDict(extra="forbid")

    extension_id: UUID
    number: Annotated[str, Shape(r"\+?[0-9*#]{1,32}", "a number as a phone dials it, or + and the whole number")]


class OriginationState(StrEnum):
    """How far a call that was asked for is."""

    WAITING = "waiting"  # for the node to take it
    SENT = "sent"  # the node has it
    RINGING = "ringing"  # the phone is rung
    ANSWERED = "answered"  # the phone was answered and dialled: the call's record tells the rest
    UNANSWERED = "unanswered"  # the phone was not answered
    FAILED = "failed"  # the phone could not be rung
    EXPIRED = "expired"  # the node did not take it in time: nothing was or will be dialled


class Origination(BaseModel):
    """A call that was asked for."""

    id: UUID
    extension_id: UUID
    number: str
    device: str = Field(description="SIP user name of the phone that rings.")
    state: OriginationState
    detail: str = Field(description="A sentence that says why, where something went wrong.")
    call_id: UUID | None = Field(description="The call's record, once there is one.")
    created_at: AwareDatetime


class Word(BaseModel):
    """One spoken word. Times in seconds from the start of the audio; ``channel`` 0 is the caller."""

    word: str
    start_s: float
    end_s: float
    confidence: float
    channel: int


class Transcript(BaseModel):
    """What was said."""

    model_config = ConfigDict(from_attributes=True)

    state: TranscriptState
    text: str
    words: list[Word]
    engine: str | None
    reason: str | None
    took_ms: int | None


class Voicemail(BaseModel):
    """A message in a voicemail box."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    box_id: UUID | None
    location_id: UUID | None
    call_id: UUID | None
    caller_number: str | None
    caller_name: str | None
    contact: ContactRef | None = Field(None, description="Who has the caller's number today.")
    left_at: AwareDatetime
    duration_s: float
    heard_at: AwareDatetime | None
    forwarded_from: UUID | None = Field(None, description="The message that this is a copy of.")
    forwarded_by: str | None = Field(None, description="Who sent it on.")
    note: str | None = Field(None, description="What they wrote with it.")
    transcript: TranscriptRef | None = None


class VoicemailPatch(BaseModel):
    """Marks a message as heard or new."""

    model_config = ConfigDict(extra="forbid")

    heard: bool


class VoicemailForward(BaseModel):
    """Where a message is sent on to."""

    model_config = ConfigDict(extra="forbid")

    box_ids: list[UUID] = Field(min_length=1, max_length=20)
    note: FreeText | None = Field(None, max_length=500)


class ForwardedVoicemail(BaseModel):
    """A message sent on to a box."""

    box_id: UUID
    voicemail_id: UUID
    on_phone: bool = Field(
        description="The phone hears it too, in a moment. False: its box is on another node: only the inbox has it."
    )


class Mailbox(BaseModel):
    """A voicemail box as an address of messages."""

    id: UUID
    name: str
    number: str
    location_id: UUID | None
    own: bool = Field(description="Its messages may be read; others are only forwarded to.")
    unheard: int = Field(description="New messages; 0 where they may not be read.")
