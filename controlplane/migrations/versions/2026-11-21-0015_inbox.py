"""Messages that were forwarded, and what each user's page looks like.

Phase: pre.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

revision = "0015_inbox"
down_revision = "0014_flow_test_fingerprint"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column("voicemails", sa.Column("forwarded_from", UUID(as_uuid=True)))
    op.add_column("voicemails", sa.Column("forwarded_by", sa.Text))
    op.add_column("voicemails", sa.Column("note", sa.Text))
    op.create_table(
        "user_preferences",
        sa.Column("user_id", UUID(as_uuid=True), nullable=False),
        sa.Column("document", JSONB, nullable=False),
        sa.Column("updated_at", moment, nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("user_id", name="pk_user_preferences"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_user_preferences_user_id_users", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    op.drop_table("user_preferences")
    for name in ("note", "forwarded_by", "forwarded_from"):
        op.drop_column("voicemails", name)
