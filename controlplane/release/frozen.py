"""What a release froze, for those who want to read it."""

from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.platform.auth import Principal
from controlplane.platform.crypto import Crypto
from controlplane.platform.problem import NotFound
from controlplane.release import repository
from controlplane.release.snapshot import unpack
from controlplane.telephony.configuration import Configuration


async def configuration_of(session: AsyncSession, crypto: Crypto, principal: Principal, number: int) -> Configuration:
    """The organisation's configuration as of a release, secrets opened.

    Raises:
        NotFound: No such release.
    """
    found = await repository.find_release_by_number(session, principal, number)
    release = found and await repository.find_release(session, principal, found.id, with_snapshot=True)
    if release is None:
        raise NotFound("There is no such release.", hint="The history lists their numbers.")
    return unpack(crypto.open_bytes(release.snapshot, f"releases.snapshot:{release.id}"), node="")
