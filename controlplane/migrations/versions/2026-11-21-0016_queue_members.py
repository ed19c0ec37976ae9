"""What nodes tell of the members of queues.

Phase: pre.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "0016_queue_members"
down_revision = "0015_inbox"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "queue_member_states",
        sa.Column("queue_id", UUID(as_uuid=True), nullable=False),
        sa.Column("extension_id", UUID(as_uuid=True), nullable=False),
        sa.Column("node", sa.Text, nullable=False),
        sa.Column("device", sa.Text, nullable=False),
        sa.Column("paused", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("last_call_at", moment),
        sa.Column("wrap_up_s", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("queue_id", "extension_id", name="pk_queue_member_states"),
    )
    op.create_index("ix_queue_member_states_node", "queue_member_states", ["node"])


def downgrade() -> None:
    op.drop_table("queue_member_states")
