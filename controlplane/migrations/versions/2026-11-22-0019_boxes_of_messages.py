"""A box's messages, and how many of them are new, are found without looking at those of all boxes.

Phase: pre.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019_boxes_of_messages"
down_revision = "0018_words_of_calls"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_voicemails_box", "voicemails", ["box_id", sa.text("left_at DESC"), sa.text("id DESC")])
    op.create_index(
        "ix_voicemails_unheard",
        "voicemails",
        ["box_id"],
        postgresql_where=sa.text("heard_at IS NULL AND deleted_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_voicemails_unheard")
    op.drop_index("ix_voicemails_box")
