"""Tables of nodes.

Phase: pre.
"""

revision = "0003_nodes"
down_revision = "0002_identity"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
