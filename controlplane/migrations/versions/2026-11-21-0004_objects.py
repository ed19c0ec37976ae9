"""Tables of objects.

Phase: pre.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

revision = "0004_objects"
down_revision = "0003_nodes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "config_objects",
        sa.Column("id", UUID(as_uuid=True), nullable=False),
        sa.Column("created_at", moment, nullable=False, server_default=sa.func.now()),
        sa.Column("updated_at", moment, nullable=False, server_default=sa.func.now()),
        sa.Column("org_id", UUID(as_uuid=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("location_id", UUID(as_uuid=True)),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("internal_number", sa.Text),
        sa.Column("org_key", sa.Text),
        sa.Column("global_key", sa.Text),
        sa.Column("fields", JSONB, nullable=False),
        sa.Column("secrets", JSONB, nullable=False),
        sa.Column("texts", JSONB, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("updated_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_config_objects"),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organizations.id"], name="fk_config_objects_org_id_organizations", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name="fk_config_objects_location_id_locations", ondelete="RESTRICT"
        ),
    )
    op.create_index("ix_config_objects_org_id", "config_objects", ["org_id"])
    op.create_index("ix_config_objects_location_id", "config_objects", ["location_id"])
    op.create_index("uq_config_objects_name", "config_objects", ["org_id", "kind", sa.text("lower(name)")], unique=True)
    for key in ("internal_number", "org_key"):
        op.create_index(f"uq_config_objects_{key}", "config_objects", ["org_id", key], unique=True)
    op.create_index("uq_config_objects_global_key", "config_objects", ["global_key"], unique=True)
    op.create_table(
        "config_refs",
        sa.Column("source_id", UUID(as_uuid=True), nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("target_id", UUID(as_uuid=True), nullable=False),
        sa.PrimaryKeyConstraint("source_id", "field", name="pk_config_refs"),
        sa.ForeignKeyConstraint(
            ["source_id"], ["config_objects.id"], name="fk_config_refs_source_id_config_objects", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["target_id"], ["config_objects.id"], name="fk_config_refs_target_id_config_objects"),
    )
    op.create_index("ix_config_refs_target_id", "config_refs", ["target_id"])
