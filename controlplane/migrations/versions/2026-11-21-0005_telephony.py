"""Tables of telephony.

Phase: pre.
"""

revision = "0005_telephony"
down_revision = "0004_objects"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
