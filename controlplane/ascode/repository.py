"""Queries of imports."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.ascode.models import ImportRow
from controlplane.platform.auth import Principal
from controlplane.platform.tenancy import scoped


async def find_import(session: AsyncSession, principal: Principal, import_id: UUID) -> ImportRow | None:
    """One import of the principal's organisation."""
    statement = scoped(select(ImportRow), ImportRow, principal).where(ImportRow.id == import_id)
    found: ImportRow | None = await session.scalar(statement)
    return found


async def load_import(session: AsyncSession, import_id: UUID) -> ImportRow | None:
    """One import, for the job that does it."""
    return await session.get(ImportRow, import_id)


async def forget_imports(session: AsyncSession, before: datetime) -> Sequence[UUID]:
    """Removes imports that began before; returns their ids."""
    gone = delete(ImportRow).where(ImportRow.created_at < before).returning(ImportRow.id)
    return (await session.scalars(gone)).all()
