"""Background work of contacts."""

from uuid import UUID

from controlplane.ascode import door as ascode
from controlplane.contacts import importing
from controlplane.platform.jobs import Queue, job
from controlplane.platform.services import Services


@job(importing.JOB, queue=Queue.ROLLUP)
async def import_(services: Services, *, import_id: str) -> None:
    """Does a long import; `GET config/imports/{id}` tells how far it is."""
    await ascode.run_import(services, UUID(import_id), importing.import_waiting)
