"""Tables of calls.

Phase: pre.
"""

revision = "0007_calls"
down_revision = "0006_release"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
