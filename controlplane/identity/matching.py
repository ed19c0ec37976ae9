"""Two people don't overwrite each other unseen."""

from datetime import UTC
from uuid import UUID

from controlplane.identity import repository
from controlplane.platform.etag import matches
from controlplane.platform.problem import Stale
from controlplane.platform.uow import UnitOfWork


async def require_match(uow: UnitOfWork, if_match: str | None, current: str, *, kind: str, object_id: UUID) -> None:
    """Refuses a change that was made on something older. Lock the row first: then nobody comes between.

    Args:
        uow: The change's unit of work.
        if_match: The header; None where there is none.
        current: The ETag of what is there now.
        kind: What it is, as in the audit log.
        object_id: Which one.

    Raises:
        Stale: Says who changed it last, and when.
    """
    if matches(if_match, current):
        return
    last = await repository.last_line(uow.session, kind, str(object_id))
    who = f"Changed by {last.actor} at {last.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if last else "Changed"
    raise Stale(f"{who}, after you read it.", hint="Read it again, then repeat your change.")
