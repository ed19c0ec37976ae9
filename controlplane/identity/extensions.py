"""Which extensions there are to be given to a user. A higher slice knows them, and says so when it is imported."""

from collections.abc import Awaitable, Callable, Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.platform.auth import Principal
from controlplane.platform.problem import Invalid

Known = Callable[[AsyncSession, Principal, Collection[UUID]], Awaitable[set[UUID]]]
"""Is given ids; answers with those that are extensions which the principal may see."""

_known: list[Known] = []


def knows_extensions(known: Known) -> Known:
    """Declares who knows the extensions, for every process that imports it."""
    _known.append(known)
    return known


async def require_extensions(session: AsyncSession, principal: Principal, ids: Collection[UUID]) -> None:
    """Refuses to give a user what is no extension, or one that the giver may not see.

    Raises:
        Invalid: With the first id that is none.
    """
    found: set[UUID] = set().union(*[await known(session, principal, ids) for known in _known]) if ids else set()
    missing = next((id_ for id_ in ids if id_ not in found), None)
    if missing:
        raise Invalid.field("extension_ids", f"there is no extension {missing} that you could give them")
