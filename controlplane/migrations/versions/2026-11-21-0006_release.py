"""Releases and the bundles made of them for each node.

Phase: pre.
"""

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

revision = "0006_release"
down_revision = "0005_telephony"
branch_labels = None
depends_on = None


def _times() -> list[sa.Column[datetime]]:
    return [
        sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())
        for name in ("created_at", "updated_at")
    ]


def upgrade() -> None:
    op.create_table(
        "releases",
        sa.Column("id", UUID(as_uuid=True), nullable=False),
        sa.Column("org_id", UUID(as_uuid=True), nullable=False),
        sa.Column("number", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.Column("rollback_of", UUID(as_uuid=True)),
        sa.Column("snapshot", sa.LargeBinary, nullable=False),
        sa.Column("changes", JSONB, nullable=False),
        sa.Column("problems", JSONB, nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        *_times(),
        sa.PrimaryKeyConstraint("id", name="pk_releases"),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name="fk_releases_org_id", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["rollback_of"], ["releases.id"], name="fk_releases_rollback_of"),
    )
    op.create_index("ix_releases_org_id", "releases", ["org_id"])
    op.create_table(
        "node_bundles",
        sa.Column("id", UUID(as_uuid=True), nullable=False),
        sa.Column("release_id", UUID(as_uuid=True), nullable=False),
        sa.Column("includes", JSONB, nullable=False),
        sa.Column("node", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("manifest", sa.Text, nullable=False),
        sa.Column("signature", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("problems", JSONB, nullable=False),
        sa.Column("reloads", JSONB, nullable=False),
        sa.Column("took_ms", sa.Integer, nullable=False, server_default="0"),
        sa.Column("reported_at", sa.DateTime(timezone=True)),
        *_times(),
        sa.PrimaryKeyConstraint("id", name="pk_node_bundles"),
        sa.UniqueConstraint("node", "digest", name="uq_node_bundles_node_digest"),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name="fk_node_bundles_release_id"),
    )
    op.create_index("ix_node_bundles_release_id", "node_bundles", ["release_id"])
