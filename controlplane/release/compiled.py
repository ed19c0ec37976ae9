"""Releases compiled, and the last few of them kept."""

import asyncio
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from controlplane.platform.crypto import Crypto
from controlplane.release.compile import compile_node
from controlplane.release.index import Index
from controlplane.release.model import PbxModel
from controlplane.release.models import Release
from controlplane.release.snapshot import unpack
from controlplane.telephony.configuration import Configuration

KEPT_COMPILED = 4


@dataclass(frozen=True)
class Compiled:
    """One organisation's configuration, and what its node would make of it."""

    configuration: Configuration
    model: PbxModel

    @cached_property
    def index(self) -> Index:
        """Look-ups into the configuration."""
        return Index.of(self.configuration)


def open_snapshot(crypto: Crypto, release: Release, node: str) -> Configuration:
    """The configuration that a release froze."""
    return unpack(crypto.open_bytes(release.snapshot, f"releases.snapshot:{release.id}"), node)


async def compiled_release(crypto: Crypto, release: Release, node: str) -> Compiled:
    """A release compiled again. It never changes, so the last few are kept: every plan compares with the live one."""
    key = (release.id, node)
    if key not in _kept:
        keep(key, await asyncio.to_thread(compiled, open_snapshot(crypto, release, node)))
    return _kept[key]


_kept: dict[tuple[UUID, str], Compiled] = {}


def keep(key: tuple[UUID, str], made: Compiled) -> None:
    """Remembers a release that was compiled just now."""
    _kept[key] = made
    while len(_kept) > KEPT_COMPILED:
        del _kept[next(iter(_kept))]


def compiled(configuration: Configuration) -> Compiled:
    """The configuration with its model.

    Raises:
        CompileError: The checks would not have let this through.
    """
    return Compiled(configuration, compile_node(configuration))
