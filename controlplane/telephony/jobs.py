"""Background work of telephony, and what identity asks of it."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.identity.door import knows_extensions
from controlplane.kit.destination import Kind
from controlplane.objects.door import kinds_of
from controlplane.platform.auth import Principal
from controlplane.platform.jobs import Queue, job
from controlplane.platform.services import Services
from controlplane.telephony.service import ensure_sounds


@job("telephony.make_sounds", queue=Queue.MEDIA)
async def make_sounds(services: Services, *, org_id: str) -> None:
    """Speaks what an organisation's objects say and isn't spoken yet; deferred by each write of a new text."""
    await ensure_sounds(services, [UUID(org_id)])


@knows_extensions
async def extensions_among(session: AsyncSession, principal: Principal, ids: Collection[UUID]) -> set[UUID]:
    """Those that are extensions which the principal may see."""
    kinds = await kinds_of(session, principal, ids)
    return {id_ for id_, kind in kinds.items() if kind == Kind.EXTENSION}
