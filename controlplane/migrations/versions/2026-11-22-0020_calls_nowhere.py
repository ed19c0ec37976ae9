"""Calls of no location are found by their time: whoever sees one shop sees these too, and the shop may be a quiet one.

Phase: pre.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020_calls_nowhere"
down_revision = "0019_boxes_of_messages"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_calls_nowhere", "calls", ["org_id", sa.text("started_at DESC"), sa.text("id DESC")],
        postgresql_where=sa.text("location_id IS NULL"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_calls_nowhere")
