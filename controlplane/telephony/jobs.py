"""Background work of telephony."""

from uuid import UUID

from controlplane.platform.jobs import Queue, job
from controlplane.platform.services import Services
from controlplane.telephony.service import ensure_sounds


@job("telephony.make_sounds", queue=Queue.MEDIA)
async def make_sounds(services: Services, *, org_id: str) -> None:
    """Speaks what an organisation's objects say and isn't spoken yet; deferred by each write of a new text."""
    await ensure_sounds(services, [UUID(org_id)])
