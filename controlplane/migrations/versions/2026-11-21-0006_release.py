"""Tables of release.

Phase: pre.
"""

revision = "0006_release"
down_revision = "0005_telephony"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
