"""What was changed on a node outside of a release, and why its requests are refused.

Phase: pre.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011_node_drift"
down_revision = "0010_flow_tests"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("nodes", sa.Column("drift", JSONB, nullable=False, server_default=sa.text("'[]'")))
    op.add_column("nodes", sa.Column("drift_checked_at", sa.DateTime(timezone=True)))
    op.add_column("nodes", sa.Column("refused", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("nodes", "refused")
    op.drop_column("nodes", "drift_checked_at")
    op.drop_column("nodes", "drift")
