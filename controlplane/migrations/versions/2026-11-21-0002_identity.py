"""Tables of identity.

Phase: pre.
"""

revision = "0002_identity"
down_revision = "0001_platform"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
