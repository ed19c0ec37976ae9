"""The order in which followers read the event log.

Phase: pre.
"""

from alembic import op

revision = "0008_events_in_order"
down_revision = "0007_calls"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_event_log_order", "event_log", ["tx", "id"])


def downgrade() -> None:
    op.drop_index("ix_event_log_order", "event_log")
