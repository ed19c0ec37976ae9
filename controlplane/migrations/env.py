"""Alembic's environment: one connection, one lock, all missing migrations in one transaction each."""

from alembic import context
from sqlalchemy import create_engine, text

MIGRATION_LOCK = 0xCA11C0


def run() -> None:
    """Upgrades online; offline mode isn't supported."""
    engine = create_engine(context.config.attributes["url"])
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.commit()
        context.configure(connection=connection, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": MIGRATION_LOCK})
        connection.commit()
    engine.dispose()


run()
