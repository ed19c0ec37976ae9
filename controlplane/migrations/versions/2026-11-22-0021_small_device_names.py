"""Names of phones in small letters, as Asterisk has always known them: with any other a phone was refused.

Phase: pre.
"""

from alembic import op

revision = "0021_small_device_names"
down_revision = "0020_calls_nowhere"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE config_objects SET name = lower(name), fields = jsonb_set(fields, '{name}', to_jsonb(lower(name)))"
        " WHERE kind = 'device' AND name <> lower(name)"
    )


def downgrade() -> None:
    """Nothing: nobody knows how they were written."""
