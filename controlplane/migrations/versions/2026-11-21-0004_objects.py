"""Tables of objects.

Phase: pre.
"""

revision = "0004_objects"
down_revision = "0003_nodes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
