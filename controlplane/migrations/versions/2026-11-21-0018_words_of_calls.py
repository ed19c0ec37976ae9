"""Calls are found by what was said in them.

Phase: pre.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0018_words_of_calls"
down_revision = "0017_contacts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("calls", sa.Column("said", TSVECTOR))
    op.create_index("ix_calls_said", "calls", ["said"], postgresql_using="gin")


def downgrade() -> None:
    op.drop_index("ix_calls_said")
    op.drop_column("calls", "said")
