"""Tables of nodes.

Phase: pre.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

revision = "0003_nodes"
down_revision = "0002_identity"
branch_labels = None
depends_on = None


def _identified() -> list[sa.Column[object]]:
    moment = sa.DateTime(timezone=True)
    return [
        sa.Column("id", UUID(as_uuid=True), nullable=False),
        sa.Column("created_at", moment, nullable=False, server_default=sa.func.now()),
        sa.Column("updated_at", moment, nullable=False, server_default=sa.func.now()),
    ]


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _flag(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.text("false"))


def _count(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Integer, nullable=False, server_default="0")


def _of_node(table: str) -> list[sa.Column[object] | sa.Constraint]:
    return [
        *_identified(),
        sa.Column("node_id", UUID(as_uuid=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["node_id"], ["nodes.id"], name=f"fk_{table}_node_id", ondelete="CASCADE"),
    ]


def upgrade() -> None:
    op.create_table(
        "nodes",
        *_identified(),
        _text("name"),
        _text("public_key", nullable=True),
        _text("systemname", nullable=True),
        _moment("enrolled_at"),
        _moment("disabled_at"),
        _moment("last_seen_at"),
        _flag("up"),
        _flag("asterisk_up"),
        _text("asterisk_version", nullable=True),
        _text("desired_digest", nullable=True),
        _text("live_digest", nullable=True),
        *(_count(name) for name in ("spool_depth", "uploads_waiting", "active_calls", "disk_free_mb")),
        sa.Column("trunks", JSONB, nullable=False, server_default=sa.text("'{}'")),
        sa.Column("registered_devices", JSONB, nullable=False, server_default=sa.text("'[]'")),
        sa.PrimaryKeyConstraint("id", name="pk_nodes"),
        sa.UniqueConstraint("name", name="uq_nodes_name"),
        sa.UniqueConstraint("systemname", name="uq_nodes_systemname"),
    )
    op.create_table(
        "node_enrolments",
        *_of_node("node_enrolments"),
        _text("code_hash"),
        _moment("expires_at", nullable=False),
        _moment("used_at"),
        sa.UniqueConstraint("code_hash", name="uq_node_enrolments_code_hash"),
    )
    op.create_table(
        "node_commands",
        *_of_node("node_commands"),
        _text("kind"),
        sa.Column("args", JSONB, nullable=False),
        _moment("expires_at", nullable=False),
        _moment("sent_at"),
        _moment("finished_at"),
        sa.Column("ok", sa.Boolean),
        sa.Column("detail", sa.Text, nullable=False, server_default=""),
        sa.Column("data", JSONB, nullable=False, server_default=sa.text("'{}'")),
    )
    for table in ("node_enrolments", "node_commands"):
        op.create_index(f"ix_{table}_node_id", table, ["node_id"])
    _facts()


def _facts() -> None:
    op.create_table(
        "facts",
        _text("node"),
        _text("boot"),
        sa.Column("seq", sa.BigInteger, nullable=False),
        _text("kind"),
        _moment("at", nullable=False),
        _text("linkedid"),
        sa.Column("payload", JSONB, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("node", "boot", "seq", name="pk_facts"),
    )
    op.create_index("ix_facts_node_linkedid", "facts", ["node", "linkedid"])
    op.create_index("ix_facts_node_at_of_nodes", "facts", ["node", "at"], postgresql_where=sa.text("kind = 'node'"))
    op.create_table(
        "calls_to_fold",
        _text("node"),
        _text("linkedid"),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("node", "linkedid", name="pk_calls_to_fold"),
    )
    op.create_index("ix_calls_to_fold_first_at", "calls_to_fold", ["first_at"])
