"""What calls tell the rest of the house."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from controlplane.platform.events import Event


class _CallEvent(Event):
    """The call's state after what happened, whole: taking an event twice changes nothing. Subject: the call's id.

    ``extension_ids`` says whose call it is, here and below: staff hear of those of their own extensions only.
    """

    direction: str
    status: str
    phase: str
    caller_number: str | None
    caller_name: str | None
    dialed_number: str | None
    queue_id: UUID | None
    extension_id: UUID | None
    extension_ids: list[UUID]
    started_at: AwareDatetime
    answered_at: AwareDatetime | None


class CallStarted(_CallEvent):
    """We heard of a call for the first time (it may be over already)."""

    name: ClassVar[str] = "call.started"


class CallAnswered(_CallEvent):
    """Caller and answering side were connected."""

    name: ClassVar[str] = "call.answered"


class CallUpdated(_CallEvent):
    """A live call moved on or rings another phone, or an ended one was corrected by late facts."""

    name: ClassVar[str] = "call.updated"


class CallEnded(_CallEvent):
    """The call is over; durations in seconds."""

    name: ClassVar[str] = "call.ended"

    talk_s: float
    duration_s: float | None


class QueueUpdated(Event):
    """A caller joined a queue's waiting line or left it. Subject: the queue's id."""

    name: ClassVar[str] = "queue.updated"

    call_id: UUID
    waits: bool


class RecordingStored(Event):
    """A call's recording can be heard. Subject: the recording's id."""

    name: ClassVar[str] = "recording.stored"

    call_id: UUID
    duration_s: float
    extension_ids: list[UUID]


class VoicemailLeft(Event):
    """A message is in a box. Subject: the voicemail's id."""

    name: ClassVar[str] = "voicemail.left"

    box_id: UUID | None
    call_id: UUID | None
    caller_number: str | None
    duration_s: float
    extension_ids: list[UUID]


class VoicemailChanged(Event):
    """A message was marked, deleted or brought back. Subject: the voicemail's id."""

    name: ClassVar[str] = "voicemail.changed"

    box_id: UUID | None
    heard: bool
    deleted: bool
    extension_ids: list[UUID]


class TranscriptReady(Event):
    """A transcript is done, empty or failed. Subject: the transcript's id."""

    name: ClassVar[str] = "transcript.ready"

    call_id: UUID | None
    voicemail_id: UUID | None
    state: str
    extension_ids: list[UUID]
