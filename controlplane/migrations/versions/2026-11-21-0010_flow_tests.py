"""Runs of flow tests, and what they mean for an apply.

Phase: pre.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

revision = "0010_flow_tests"
down_revision = "0009_originations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment, now = sa.DateTime(timezone=True), sa.func.now()
    op.create_table(
        "flow_test_runs",
        sa.Column("id", UUID(as_uuid=True), nullable=False),
        sa.Column("created_at", moment, nullable=False, server_default=now),
        sa.Column("updated_at", moment, nullable=False, server_default=now),
        sa.Column("org_id", UUID(as_uuid=True), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("wanted", JSONB, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("results", JSONB, nullable=False),
        sa.Column("detail", sa.Text, nullable=False, server_default=""),
        sa.Column("finished_at", moment),
        sa.PrimaryKeyConstraint("id", name="pk_flow_test_runs"),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name="fk_flow_test_runs_org_id", ondelete="RESTRICT"),
    )
    op.create_index("ix_flow_test_runs_org_id", "flow_test_runs", ["org_id"])
    op.create_table(
        "flow_test_policies",
        sa.Column("org_id", UUID(as_uuid=True), nullable=False),
        sa.Column("policy", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("org_id", name="pk_flow_test_policies"),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organizations.id"], name="fk_flow_test_policies_org_id", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    op.drop_table("flow_test_policies")
    op.drop_table("flow_test_runs")
