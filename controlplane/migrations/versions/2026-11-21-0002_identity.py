"""Tables of identity.

Phase: pre.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

revision = "0002_identity"
down_revision = "0001_platform"
branch_labels = None
depends_on = None


def _id() -> sa.Column[object]:
    return sa.Column("id", UUID(as_uuid=True), nullable=False)


def _times() -> tuple[sa.Column[object], sa.Column[object]]:
    moment = sa.DateTime(timezone=True)
    return (
        sa.Column("created_at", moment, nullable=False, server_default=sa.func.now()),
        sa.Column("updated_at", moment, nullable=False, server_default=sa.func.now()),
    )


def _org(table: str) -> tuple[sa.Column[object], sa.ForeignKeyConstraint]:
    return (
        sa.Column("org_id", UUID(as_uuid=True), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=f"fk_{table}_org_id", ondelete="RESTRICT"),
    )


def _ids(name: str, *, nullable: bool = False) -> sa.Column[object]:
    default = None if nullable else sa.text("'{}'")
    return sa.Column(name, sa.ARRAY(UUID(as_uuid=True)), nullable=nullable, server_default=default)


def _flag(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.text("false"))


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Text, nullable=nullable)


def upgrade() -> None:
    _places_and_people()
    _ways_in()
    _audit_log()


def _places_and_people() -> None:
    op.create_table(
        "organizations",
        _id(),
        *_times(),
        _text("name"),
        sa.PrimaryKeyConstraint("id", name="pk_organizations"),
        sa.UniqueConstraint("name", name="uq_organizations_name"),
    )
    op.create_table(
        "locations",
        _id(),
        *_times(),
        *_org("locations"),
        _text("name"),
        _text("timezone"),
        sa.Column("address", JSONB, nullable=False),
        sa.Column("node", sa.Text, nullable=False, server_default="main"),
        sa.PrimaryKeyConstraint("id", name="pk_locations"),
        sa.UniqueConstraint("org_id", "name", name="uq_locations_org_id_name"),
    )
    op.create_table(
        "roles",
        _id(),
        *_times(),
        *_org("roles"),
        _text("name"),
        sa.Column("scopes", JSONB, nullable=False),
        _flag("all_locations"),
        _flag("own_only"),
        sa.PrimaryKeyConstraint("id", name="pk_roles"),
        sa.UniqueConstraint("org_id", "name", name="uq_roles_org_id_name"),
    )
    op.create_table(
        "users",
        _id(),
        *_times(),
        *_org("users"),
        _text("email"),
        _text("name"),
        _text("password_hash"),
        _text("built_in_role", nullable=True),
        sa.Column("role_id", UUID(as_uuid=True)),
        _ids("location_ids"),
        _ids("extension_ids"),
        _flag("installation_admin"),
        _moment("disabled_at"),
        _moment("last_login_at"),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("email", name="uq_users_email"),
        sa.ForeignKeyConstraint(["role_id"], ["roles.id"], name="fk_users_role_id", ondelete="RESTRICT"),
        sa.CheckConstraint("(built_in_role IS NULL) <> (role_id IS NULL)", name="ck_users_one_role"),
    )
    for table in ("locations", "roles", "users"):
        op.create_index(f"ix_{table}_org_id", table, ["org_id"])
    op.create_index("ix_users_role_id", "users", ["role_id"])


def _ways_in() -> None:
    op.create_table(
        "sessions",
        _id(),
        *_times(),
        sa.Column("user_id", UUID(as_uuid=True), nullable=False),
        _text("refresh_hash"),
        _text("user_agent"),
        _text("ip", nullable=True),
        _moment("last_used_at", nullable=False),
        _moment("expires_at", nullable=False),
        _moment("revoked_at"),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_sessions_user_id", ondelete="CASCADE"),
    )
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])
    op.create_table(
        "api_keys",
        _id(),
        *_times(),
        *_org("api_keys"),
        _text("name"),
        _text("prefix"),
        _text("key_hash"),
        sa.Column("scopes", JSONB, nullable=False),
        _ids("location_ids", nullable=True),
        sa.Column("created_by", UUID(as_uuid=True), nullable=False),
        _moment("expires_at"),
        _moment("last_used_at"),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("key_hash", name="uq_api_keys_key_hash"),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name="fk_api_keys_created_by", ondelete="CASCADE"),
    )
    op.create_index("ix_api_keys_org_id", "api_keys", ["org_id"])
    op.create_index("ix_api_keys_created_by", "api_keys", ["created_by"])


def _audit_log() -> None:
    op.create_table(
        "audit_log",
        _id(),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("org_id", UUID(as_uuid=True), nullable=False),
        sa.Column("location_id", UUID(as_uuid=True)),
        _text("actor"),
        sa.Column("user_id", UUID(as_uuid=True)),
        sa.Column("api_key_id", UUID(as_uuid=True)),
        _text("action"),
        _text("kind"),
        _text("object_id", nullable=True),
        _text("name", nullable=True),
        sa.Column("before", JSONB),
        sa.Column("after", JSONB),
        _text("ip", nullable=True),
        _text("request_id", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_audit_log"),
    )
    for column in ("at", "org_id", "object_id"):
        op.create_index(f"ix_audit_log_{column}", "audit_log", [column])
    op.execute(
        "CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_log_is_append_only BEFORE UPDATE OR DELETE ON audit_log "
        "FOR EACH ROW EXECUTE FUNCTION audit_log_is_append_only()"
    )
