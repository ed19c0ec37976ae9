"""Tables of calls.

Phase: pre.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR, UUID

revision = "0007_calls"
down_revision = "0006_release"
branch_labels = None
depends_on = None

_SEARCHED = "to_tsvector('simple'::regconfig, coalesce(caller_name, '') || ' ' || coalesce(notes, ''))"


def _uuid(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, UUID(as_uuid=True), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _seconds(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Float, nullable=nullable)


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, JSONB, nullable=False)


def _born() -> tuple[sa.Column[object], ...]:
    moment, now = sa.DateTime(timezone=True), sa.func.now()
    return (
        sa.Column("id", UUID(as_uuid=True), nullable=False),
        sa.Column("created_at", moment, nullable=False, server_default=now),
        sa.Column("updated_at", moment, nullable=False, server_default=now),
    )


def _newest_first(name: str, *columns: str, where: str | None = None) -> None:
    keys: list[str | sa.TextClause] = [*columns, sa.text("started_at DESC"), sa.text("id DESC")]
    op.create_index(f"ix_calls_{name}", "calls", keys, postgresql_where=sa.text(where) if where else None)


def upgrade() -> None:
    _calls()
    _recordings()
    _voicemails()
    _transcripts()


def _calls() -> None:
    op.create_table(
        "calls",
        *_born(),
        _uuid("org_id", nullable=False),
        _text("node"),
        _text("linkedid"),
        _text("direction"),
        _text("status"),
        _text("phase"),
        _moment("started_at", nullable=False),
        _moment("answered_at"),
        _moment("ended_at"),
        _seconds("ring_s"),
        _seconds("wait_s"),
        _seconds("talk_s"),
        _seconds("duration_s", nullable=True),
        _text("caller_number", nullable=True),
        _text("caller_name", nullable=True),
        _text("dialed_number", nullable=True),
        _uuid("phone_number_id"),
        _uuid("location_id"),
        _uuid("queue_id"),
        _uuid("extension_id"),
        sa.Column("extension_ids", sa.ARRAY(UUID(as_uuid=True)), nullable=False),
        _text("hangup_cause", nullable=True),
        _text("config_release", nullable=True),
        _text("caller_channel", nullable=True),
        _moment("last_fact_at", nullable=False),
        _moment("lost_at"),
        _json("legs"),
        _json("timeline"),
        _json("flags"),
        sa.Column("tags", sa.ARRAY(sa.Text), nullable=False, server_default=sa.text("'{}'")),
        _text("notes", nullable=True),
        _text("outcome", nullable=True),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("searched", TSVECTOR, sa.Computed(_SEARCHED, persisted=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_calls"),
        sa.UniqueConstraint("node", "linkedid", name="uq_calls_node_linkedid"),
    )
    _newest_first("newest", "org_id")
    _newest_first("status", "org_id", "status", where="status <> 'answered'")
    _newest_first("phone_number", "phone_number_id", where="phone_number_id IS NOT NULL")
    _newest_first("location", "location_id", where="location_id IS NOT NULL")
    _newest_first("queue", "queue_id", where="queue_id IS NOT NULL")
    _newest_first("extension", "extension_id", where="extension_id IS NOT NULL")
    op.create_index("ix_calls_live", "calls", ["node", "last_fact_at"], postgresql_where=sa.text("status = 'live'"))
    for name, column in (("caller", "caller_number"), ("dialed", "dialed_number")):
        op.create_index(f"ix_calls_{name}", "calls", ["org_id", column], postgresql_ops={column: "text_pattern_ops"})
    for column in ("extension_ids", "searched"):
        op.create_index(f"ix_calls_{column}", "calls", [column], postgresql_using="gin")
    op.create_index(
        "ix_calls_tags", "calls", ["tags"], postgresql_using="gin", postgresql_where=sa.text("tags <> '{}'")
    )
    op.create_index("ix_calls_started_at", "calls", ["started_at"], postgresql_using="brin")


def _recordings() -> None:
    op.create_table(
        "recordings",
        *_born(),
        _text("node"),
        _text("name"),
        _text("linkedid"),
        _uuid("org_id"),
        _uuid("location_id"),
        _uuid("call_id"),
        _text("storage_key"),
        _text("sha256"),
        sa.Column("size", sa.Integer, nullable=False),
        _seconds("duration_s"),
        sa.Column("channels", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_recordings"),
        sa.UniqueConstraint("node", "name", name="uq_recordings_node_name"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_recordings_call_id", ondelete="CASCADE"),
    )
    op.create_index("ix_recordings_linkedid", "recordings", ["node", "linkedid"])
    op.create_index("ix_recordings_call_id", "recordings", ["call_id"])


def _voicemails() -> None:
    op.create_table(
        "voicemails",
        *_born(),
        _uuid("org_id", nullable=False),
        _uuid("location_id"),
        _text("node"),
        _text("context"),
        _text("box_number"),
        _uuid("box_id"),
        _text("msg_id"),
        _uuid("call_id"),
        _text("caller_channel"),
        _text("caller_number", nullable=True),
        _text("caller_name", nullable=True),
        _moment("left_at", nullable=False),
        _seconds("duration_s"),
        _text("storage_key"),
        _text("sha256"),
        _moment("heard_at"),
        _moment("deleted_at"),
        _moment("mailed_at"),
        sa.PrimaryKeyConstraint("id", name="pk_voicemails"),
        sa.UniqueConstraint(
            "node", "context", "box_number", "msg_id", name="uq_voicemails_node_context_box_number_msg_id"
        ),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_voicemails_call_id", ondelete="SET NULL"),
    )
    op.create_index("ix_voicemails_newest", "voicemails", ["org_id", sa.text("left_at DESC"), sa.text("id DESC")])
    op.create_index("ix_voicemails_unlinked", "voicemails", ["node", "left_at"],
                    postgresql_where=sa.text("call_id IS NULL"))  # fmt: skip
    op.create_index("ix_voicemails_call_id", "voicemails", ["call_id"])


def _transcripts() -> None:
    op.create_table(
        "transcripts",
        *_born(),
        _uuid("recording_id"),
        _uuid("voicemail_id"),
        _text("state"),
        sa.Column("text", sa.Text, nullable=False, server_default=""),
        _json("words"),
        _text("engine", nullable=True),
        _text("reason", nullable=True),
        sa.Column("took_ms", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_transcripts"),
        sa.UniqueConstraint("recording_id", name="uq_transcripts_recording_id"),
        sa.UniqueConstraint("voicemail_id", name="uq_transcripts_voicemail_id"),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name="fk_transcripts_recording_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["voicemail_id"], ["voicemails.id"], name="fk_transcripts_voicemail_id", ondelete="CASCADE"
        ),
    )
