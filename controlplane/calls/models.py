"""Tables of calls. Ids of configuration objects are no foreign keys: a call's story outlives what it passed."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Computed, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR, UUID
from sqlalchemy.orm import Mapped, mapped_column

from controlplane.platform.db import Base, Identified

_IDS = ARRAY(UUID(as_uuid=True))
_TEXTS = ARRAY(Text)
_EMPTY = text("'{}'")
_SEARCHED = "to_tsvector('simple'::regconfig, coalesce(caller_name, '') || ' ' || coalesce(notes, ''))"


class Call(Identified, Base):
    """One call. Columns for all that lists are filtered by, JSON for its story.

    Attributes:
        caller_channel: Name of the call's first channel; a voicemail message names its call by it.
        extension_ids: Every extension that had a leg: whose users may see the call.
        last_fact_at: Time of the newest fact.
        lost_at: Set when the end is presumed (Asterisk went down, or nothing came for long); see `fold`.
        version: Counts changes by people (notes, tags, outcome), not by facts: the ETag.
        said: Words of its recordings' transcripts (weight A) and of its messages' (B), to be searched.
    """

    __tablename__ = "calls"

    org_id: Mapped[uuid.UUID]
    node: Mapped[str] = mapped_column(Text)
    linkedid: Mapped[str] = mapped_column(Text)
    direction: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    phase: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ring_s: Mapped[float]
    wait_s: Mapped[float]
    talk_s: Mapped[float]
    duration_s: Mapped[float | None]
    caller_number: Mapped[str | None] = mapped_column(Text)
    caller_name: Mapped[str | None] = mapped_column(Text)
    dialed_number: Mapped[str | None] = mapped_column(Text)
    phone_number_id: Mapped[uuid.UUID | None]
    location_id: Mapped[uuid.UUID | None]
    queue_id: Mapped[uuid.UUID | None]
    extension_id: Mapped[uuid.UUID | None]
    extension_ids: Mapped[list[uuid.UUID]] = mapped_column(_IDS)
    hangup_cause: Mapped[str | None] = mapped_column(Text)
    config_release: Mapped[str | None] = mapped_column(Text)
    caller_channel: Mapped[str | None] = mapped_column(Text)
    last_fact_at: Mapped[datetime]
    lost_at: Mapped[datetime | None]
    legs: Mapped[list[Any]]
    timeline: Mapped[list[Any]]
    flags: Mapped[list[Any]]
    tags: Mapped[list[str]] = mapped_column(_TEXTS, default=list, server_default=_EMPTY)
    notes: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    searched: Mapped[str] = mapped_column(TSVECTOR, Computed(_SEARCHED, persisted=True), deferred=True)
    said: Mapped[str | None] = mapped_column(TSVECTOR, deferred=True)

    __table_args__ = (
        UniqueConstraint("node", "linkedid"),
        Index("ix_calls_newest", "org_id", text("started_at DESC"), text("id DESC")),
        Index("ix_calls_live", "node", "last_fact_at", postgresql_where=text("status = 'live'")),
        Index("ix_calls_status", "org_id", "status", text("started_at DESC"), text("id DESC"),
              postgresql_where=text("status <> 'answered'")),
        Index("ix_calls_phone_number", "phone_number_id", text("started_at DESC"), text("id DESC"),
              postgresql_where=text("phone_number_id IS NOT NULL")),
        Index("ix_calls_location", "location_id", text("started_at DESC"), text("id DESC"),
              postgresql_where=text("location_id IS NOT NULL")),
        Index("ix_calls_nowhere", "org_id", text("started_at DESC"), text("id DESC"),
              postgresql_where=text("location_id IS NULL")),
        Index("ix_calls_queue", "queue_id", text("started_at DESC"), text("id DESC"),
              postgresql_where=text("queue_id IS NOT NULL")),
        Index("ix_calls_extension", "extension_id", text("started_at DESC"), text("id DESC"),
              postgresql_where=text("extension_id IS NOT NULL")),
        Index("ix_calls_caller", "org_id", "caller_number", postgresql_ops={"caller_number": "text_pattern_ops"}),
        Index("ix_calls_dialed", "org_id", "dialed_number", postgresql_ops={"dialed_number": "text_pattern_ops"}),
        Index("ix_calls_extension_ids", "extension_ids", postgresql_using="gin"),
        Index("ix_calls_tags", "tags", postgresql_using="gin", postgresql_where=text("tags <> '{}'")),
        Index("ix_calls_searched", "searched", postgresql_using="gin"),
        Index("ix_calls_said", "said", postgresql_using="gin"),
        Index("ix_calls_started_at", "started_at", postgresql_using="brin"),
    )  # fmt: skip


class Origination(Identified, Base):
    """A call that somebody asked us to make. Kept for a week; the audit log and the call's record stay.

    Attributes:
        asked_by: Id of the user or API key.
        idempotency_key: Theirs: the same key within a day is the same call.
        command_id: The node's command, and the linkedid of the call.
    """

    __tablename__ = "originations"
    __table_args__ = (
        Index("ix_originations_key", "org_id", "asked_by", "idempotency_key",
              postgresql_where=text("idempotency_key IS NOT NULL")),
    )  # fmt: skip

    org_id: Mapped[uuid.UUID]
    location_id: Mapped[uuid.UUID | None]
    extension_id: Mapped[uuid.UUID]
    number: Mapped[str] = mapped_column(Text)
    node: Mapped[str] = mapped_column(Text)
    device: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(Text)
    idempotency_key: Mapped[str | None] = mapped_column(Text)
    command_id: Mapped[uuid.UUID]


class Recording(Identified, Base):
    """Stored sound of a call: caller left, answering side right. May come before its call's record does."""

    __tablename__ = "recordings"
    __table_args__ = (UniqueConstraint("node", "name"), Index("ix_recordings_linkedid", "node", "linkedid"))

    node: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    linkedid: Mapped[str] = mapped_column(Text)
    org_id: Mapped[uuid.UUID | None]
    location_id: Mapped[uuid.UUID | None]
    call_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    storage_key: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Text)
    size: Mapped[int]
    duration_s: Mapped[float]
    channels: Mapped[int]


class Voicemail(Identified, Base):
    """A message in a box.

    Attributes:
        msg_id: Asterisk's id of it on the node. A forwarded message has that of its original until the node tells.
        deleted_at: From then on it is hidden; its sound and its place on the phone go a little later.
        forwarded_from: The message that it is a copy of; ``forwarded_by`` is who sent it on, ``note`` their words.
    """

    __tablename__ = "voicemails"
    __table_args__ = (
        UniqueConstraint("node", "context", "box_number", "msg_id"),
        Index("ix_voicemails_newest", "org_id", text("left_at DESC"), text("id DESC")),
        Index("ix_voicemails_box", "box_id", text("left_at DESC"), text("id DESC")),
        Index("ix_voicemails_unheard", "box_id", postgresql_where=text("heard_at IS NULL AND deleted_at IS NULL")),
        Index("ix_voicemails_unlinked", "node", "left_at", postgresql_where=text("call_id IS NULL")),
    )

    org_id: Mapped[uuid.UUID]
    location_id: Mapped[uuid.UUID | None]
    node: Mapped[str] = mapped_column(Text)
    context: Mapped[str] = mapped_column(Text)
    box_number: Mapped[str] = mapped_column(Text)
    box_id: Mapped[uuid.UUID | None]
    msg_id: Mapped[str] = mapped_column(Text)
    call_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("calls.id", ondelete="SET NULL"), index=True)
    caller_channel: Mapped[str] = mapped_column(Text)
    caller_number: Mapped[str | None] = mapped_column(Text)
    caller_name: Mapped[str | None] = mapped_column(Text)
    left_at: Mapped[datetime]
    duration_s: Mapped[float]
    storage_key: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Text)
    heard_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]
    forwarded_from: Mapped[uuid.UUID | None]
    forwarded_by: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)


class Transcript(Identified, Base):
    """What was said in a recording or a message (one of both)."""

    __tablename__ = "transcripts"

    recording_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("recordings.id", ondelete="CASCADE"), unique=True)
    voicemail_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("voicemails.id", ondelete="CASCADE"), unique=True)
    state: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text, default="", server_default="")
    words: Mapped[list[Any]]
    engine: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    took_ms: Mapped[int | None]
