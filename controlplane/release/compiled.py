"""Releases and drafts compiled, the last few of them kept: each is made out of the one before."""

import asyncio
import gc
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.platform.crypto import Crypto
from controlplane.platform.services import Services
from controlplane.release import repository
from controlplane.release.build import Compiled, Examined, examine, make
from controlplane.release.models import Release
from controlplane.release.snapshot import unpack
from controlplane.telephony.configuration import Configuration

__all__ = ["Compiled", "compiled_draft", "compiled_release", "examined_draft", "keep", "open_snapshot"]

KEPT = 8
"""Releases and drafts. They share what is the same in them: each further one of 27,000 objects takes some 5 MB."""
LARGE = 5000

_kept: dict[UUID, Compiled] = {}  # by release, or by organisation for its newest good draft


def open_snapshot(crypto: Crypto, release: Release, node: str) -> Configuration:
    """The configuration that a release froze."""
    return unpack(crypto.open_bytes(release.snapshot, f"releases.snapshot:{release.id}"), node)


async def compiled_release(services: Services, session: AsyncSession, release: Release, node: str) -> Compiled:
    """A release compiled again. It never changes, so it is kept: every plan compares with the live one."""
    found = _kept.pop(release.id, None)
    if found is None or found.configuration.node != node:
        sealed = await repository.snapshot_of(session, release.id)
        found = await asyncio.to_thread(_reopened, services.crypto, release, sealed, node)
    keep(release.id, found)
    return found


async def examined_draft(configuration: Configuration, live: Compiled | None) -> tuple[Examined, Compiled | None]:
    """An organisation's draft with what is wrong with it, and from where the examination went on."""
    before = _kept.get(next(iter(configuration.organizations))) or live
    return await asyncio.to_thread(examine, configuration, before), before


async def compiled_draft(examined: Examined, before: Compiled | None) -> Compiled:
    """What a good draft becomes.

    Raises:
        CompileError: It is not good.
        CantCarry: A text that no file can hold.
    """
    made = await asyncio.to_thread(_made, examined, before)
    keep(made.organization.id, made)
    return made


def keep(key: UUID, made: Compiled) -> None:
    """Remembers a release or, by the organisation's id, a draft."""
    _kept.pop(key, None)
    _kept[key] = made
    while len(_kept) > KEPT:
        del _kept[next(iter(_kept))]


def forget() -> None:
    """Drops all that is kept, as a restart does."""
    _kept.clear()


def _reopened(crypto: Crypto, release: Release, sealed: bytes, node: str) -> Compiled:
    configuration = unpack(crypto.open_bytes(sealed, f"releases.snapshot:{release.id}"), node)
    before = next((one for one in reversed(_kept.values()) if one.organization.id == release.org_id), None)
    return _made(examine(configuration, before), before)


def _made(examined: Examined, before: Compiled | None) -> Compiled:
    made = make(examined, before)
    if examined.touched is None and len(made.objects) > LARGE:
        # Kept for long. A full garbage collection would walk through all of it again and again: 0.4 s each.
        gc.collect()
        gc.freeze()
    return made
