"""What a run of flow tests played, so that an apply of the same need not play it again.

Phase: pre.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014_flow_test_fingerprint"
down_revision = "0013_several_nodes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("flow_test_runs", sa.Column("fingerprint", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("flow_test_runs", "fingerprint")
