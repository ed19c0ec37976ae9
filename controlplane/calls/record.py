"""What the fold makes of a call's facts: plain values, ready for the table."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from controlplane.calls.schemas import CallStatus, Direction, Phase


@dataclass(slots=True)
class FoldedCall:
    """One call as its facts tell it.

    Attributes:
        org_id: Whose call; None until the fact that tells it has come (such a call is not stored yet).
        started_at: First event of the call's first channel.
        answered_at: First moment in which two sides were connected.
        ended_at: The last channel was gone; None while live.
        ring_s: Seconds in which at least one phone rang, before the first connection.
        wait_s: Seconds spent in queues until connected or gone, members' ringing and the whisper included.
        talk_s: Seconds in which at least two sides were connected.
        duration_s: Seconds from start to end; None while live.
        extension_id: Who answered; for outbound calls who dialled.
        extension_ids: Every extension that had a leg, so that its user may see the call.
        caller_channel: Name of the first channel, by which a voicemail message names its call.
        last_fact_at: Time of the newest fact, for the expiry of calls whose end never came.
        legs: Each channel's part: JSON values, see `legs.Leg.as_json`.
        timeline: What happened, in order of time: ``at``, ``what``, ``where``, ``why``.
        flags: Facts that fit nowhere: ``what``, ``at``, ``detail``.
    """

    linkedid: str
    org_id: UUID | None = None
    direction: Direction = Direction.INBOUND
    status: CallStatus = CallStatus.LIVE
    phase: Phase = Phase.NEW
    started_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    ring_s: float = 0.0
    wait_s: float = 0.0
    talk_s: float = 0.0
    duration_s: float | None = None
    caller_number: str | None = None
    caller_name: str | None = None
    dialed_number: str | None = None
    phone_number_id: UUID | None = None
    location_id: UUID | None = None
    queue_id: UUID | None = None
    extension_id: UUID | None = None
    extension_ids: list[UUID] = field(default_factory=list)
    hangup_cause: str | None = None
    config_release: str | None = None
    caller_channel: str | None = None
    last_fact_at: datetime | None = None
    legs: list[dict[str, Any]] = field(default_factory=list)
    timeline: list[dict[str, Any]] = field(default_factory=list)
    flags: list[dict[str, Any]] = field(default_factory=list)
