"""Calls that people asked us to make.

Phase: pre.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "0009_originations"
down_revision = "0008_events_in_order"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment, now = sa.DateTime(timezone=True), sa.func.now()
    op.create_table(
        "originations",
        sa.Column("id", UUID(as_uuid=True), nullable=False),
        sa.Column("created_at", moment, nullable=False, server_default=now),
        sa.Column("updated_at", moment, nullable=False, server_default=now),
        sa.Column("org_id", UUID(as_uuid=True), nullable=False),
        sa.Column("location_id", UUID(as_uuid=True)),
        sa.Column("extension_id", UUID(as_uuid=True), nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("node", sa.Text, nullable=False),
        sa.Column("device", sa.Text, nullable=False),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("idempotency_key", sa.Text),
        sa.Column("command_id", UUID(as_uuid=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_originations"),
    )
    op.create_index(
        "ix_originations_key",
        "originations",
        ["org_id", "asked_by", "idempotency_key"],
        postgresql_where=sa.text("idempotency_key IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table("originations")
