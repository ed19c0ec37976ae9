"""People by number.

Phase: pre.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR, UUID

revision = "0017_contacts"
down_revision = "0016_queue_members"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment, now = sa.DateTime(timezone=True), sa.func.now()
    op.create_table(
        "contacts",
        sa.Column("id", UUID(as_uuid=True), nullable=False),
        sa.Column("created_at", moment, nullable=False, server_default=now),
        sa.Column("updated_at", moment, nullable=False, server_default=now),
        sa.Column("org_id", UUID(as_uuid=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("company", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("tags", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("searched", TSVECTOR, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_contacts"),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organizations.id"], name="fk_contacts_org_id_organizations", ondelete="RESTRICT"
        ),
    )
    op.create_index("ix_contacts_org_id", "contacts", ["org_id"])
    for column in ("name", "company", "updated_at"):
        op.create_index(f"ix_contacts_{column}", "contacts", ["org_id", column, "id"])
    op.create_index(
        "ix_contacts_tags", "contacts", ["tags"], postgresql_using="gin", postgresql_where=sa.text("tags <> '{}'")
    )
    op.create_index("ix_contacts_searched", "contacts", ["searched"], postgresql_using="gin")
    op.create_table(
        "contact_numbers",
        sa.Column("org_id", UUID(as_uuid=True), nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("contact_id", UUID(as_uuid=True), nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("org_id", "number", name="pk_contact_numbers"),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name="fk_contact_numbers_contact_id_contacts", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_contact_numbers_contact_id", "contact_numbers", ["contact_id"])


def downgrade() -> None:
    op.drop_table("contact_numbers")
    op.drop_table("contacts")
