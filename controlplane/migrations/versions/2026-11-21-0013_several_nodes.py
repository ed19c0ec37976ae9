"""How nodes call each other, and releases that go to several nodes in waves.

Phase: pre.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013_several_nodes"
down_revision = "0012_config_imports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("nodes", sa.Column("sip_address", sa.Text))
    op.add_column("nodes", sa.Column("own_sip_address", sa.Text))
    op.add_column("releases", sa.Column("waves", JSONB, nullable=False, server_default=sa.text("'[]'")))
    op.add_column("releases", sa.Column("wave", sa.Integer, nullable=False, server_default="0"))
    op.add_column("releases", sa.Column("wave_at", sa.DateTime(timezone=True)))
    op.add_column("releases", sa.Column("stopped", sa.Text, nullable=False, server_default=""))
    op.add_column("node_bundles", sa.Column("note", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("node_bundles", "note")
    for name in ("stopped", "wave_at", "wave", "waves"):
        op.drop_column("releases", name)
    for name in ("own_sip_address", "sip_address"):
        op.drop_column("nodes", name)
