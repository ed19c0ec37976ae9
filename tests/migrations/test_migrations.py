"""The migrations make exactly what the models say, in one line of history."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.dialects.postgresql.base import ischema_names

from controlplane.platform.db import Base, sqlalchemy_url
from controlplane.platform.event_log import Xid8
from controlplane.platform.migrate import alembic_config


def test_the_migrated_schema_is_what_the_models_say(database_url: str) -> None:
    ischema_names["xid8"] = Xid8
    engine = create_engine(sqlalchemy_url(database_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"compare_type": True, "include_name": lambda name, kind, _: not _of_the_job_table(name, kind)},
        )
        differences = compare_metadata(context, Base.metadata)
    engine.dispose()
    assert differences == []


def _of_the_job_table(name: str | None, kind: str) -> bool:
    return kind == "table" and str(name).startswith(("procrastinate_", "alembic_"))


def test_history_is_one_line_and_every_step_says_its_phase() -> None:
    script = ScriptDirectory.from_config(alembic_config("postgresql://unused/unused"))
    assert len(script.get_heads()) == 1
    for step in script.walk_revisions():
        assert "Phase: pre." in (step.module.__doc__ or "") or "Phase: post." in (step.module.__doc__ or ""), step
