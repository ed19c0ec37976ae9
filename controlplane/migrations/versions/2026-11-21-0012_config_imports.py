"""Imports of configuration that run in the background.

Phase: pre.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

revision = "0012_config_imports"
down_revision = "0011_node_drift"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment, now = sa.DateTime(timezone=True), sa.func.now()
    op.create_table(
        "config_imports",
        sa.Column("id", UUID(as_uuid=True), nullable=False),
        sa.Column("created_at", moment, nullable=False, server_default=now),
        sa.Column("updated_at", moment, nullable=False, server_default=now),
        sa.Column("org_id", UUID(as_uuid=True), nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("options", JSONB, nullable=False),
        sa.Column("asked_by", JSONB, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("done", sa.Integer, nullable=False, server_default="0"),
        sa.Column("total", sa.Integer, nullable=False, server_default="0"),
        sa.Column("detail", sa.Text, nullable=False, server_default=""),
        sa.Column("result", JSONB),
        sa.Column("finished_at", moment),
        sa.PrimaryKeyConstraint("id", name="pk_config_imports"),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organizations.id"], name="fk_config_imports_org_id_organizations", ondelete="RESTRICT"
        ),
    )
    op.create_index("ix_config_imports_org_id", "config_imports", ["org_id"])


def downgrade() -> None:
    op.drop_table("config_imports")
