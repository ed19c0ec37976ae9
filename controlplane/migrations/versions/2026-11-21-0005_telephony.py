"""Tables of telephony.

Phase: pre.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005_telephony"
down_revision = "0004_objects"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sounds",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("voice", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("files", JSONB, nullable=False),
        sa.Column("duration_ms", sa.Integer, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("key", name="pk_sounds"),
        sa.CheckConstraint("state IN ('ready', 'failed')", name="ck_sounds_state"),
    )
