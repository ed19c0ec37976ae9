"""What the API asks the database, and how PostgreSQL finds it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event, text

from controlplane.platform.services import Services


@dataclass
class Asked:
    """Statements in their order, with their parameters."""

    services: Services
    statements: list[tuple[str, Any]] = field(default_factory=list)

    def of(self, *tables: str) -> list[tuple[str, Any]]:
        """Those that read from one of these tables."""
        names = [f"FROM {table}" for table in tables]
        return [one for one in self.statements if any(name in one[0] for name in names)]

    async def plans(self, *tables: str) -> list[str]:
        """How PostgreSQL would find what they ask for. Reading a whole table costs, though it is small here."""
        found = []
        async with self.services.uow() as uow:
            connection = await uow.session.connection()
            for statement, parameters in self.of(*tables):
                rows = await connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
                found.append("\n".join(row[0] for row in rows))
        return found


@contextmanager
def asked(services: Services) -> Iterator[Asked]:
    """Collects what is asked meanwhile."""
    found = Asked(services)

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        found.statements.append((statement, parameters))

    event.listen(services.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(services.engine.sync_engine, "before_cursor_execute", note)


async def analyze(services: Services, *tables: str) -> None:
    """Lets PostgreSQL count what there is."""
    async with services.uow() as uow:
        await uow.session.execute(text(f"ANALYZE {', '.join(tables)}"))
