"""Offers releases to nodes: each gets a signed bundle of what is its part of all its organisations."""

import asyncio
import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from controlplane.kit.ids import new_id
from controlplane.nodes import door as nodes
from controlplane.platform.services import Services
from controlplane.platform.uow import UnitOfWork
from controlplane.protocol.bundle import ApplyState, BundleFile, Expectation, FileKind, Manifest
from controlplane.release import repository, waves
from controlplane.release.blobs import Blobs
from controlplane.release.build import TEMPLATES, Compiled
from controlplane.release.compiled import compiled_release
from controlplane.release.model import PbxModel
from controlplane.release.models import Release
from controlplane.release.parts import split
from controlplane.release.placement import home_nodes, place
from controlplane.release.render import SYSTEM_PATH, RenderedFile, render_links, render_organizations, render_system
from controlplane.release.schemas import ReleaseState


@dataclass(frozen=True)
class Share:
    """What a node gets of one organisation."""

    model: PbxModel
    files: Mapping[str, RenderedFile]


@dataclass(frozen=True)
class Bundle:
    """A node's signed list of files."""

    digest: str
    manifest: str
    signature: str


async def offer(
    services: Services, uow: UnitOfWork, release: Release, own: Compiled, wanted: Sequence[str]
) -> None:  # fmt: skip
    """Stores a release that is new, signs and stores the bundles of these nodes, and has the nodes run them."""
    away = await waves.away_nodes(uow) if waves.is_spread(release) else set()
    neighbours = await _neighbours(services, uow, release)
    organizations = [await _shares(services, uow, own), *(theirs for _, theirs in neighbours)]
    shares = {node: [one[node] for one in organizations if node in one] for node in wanted}
    # A large organisation's snapshot is a megabyte: PostgreSQL takes it while the bundles are made.
    making = asyncio.create_task(asyncio.to_thread(_make_bundles, services, shares, str(release.id)))
    try:
        await uow.session.flush()
    finally:
        bundles = await making
    for node, bundle in bundles.items():
        await repository.add_bundle(
            uow.session,
            {
                "id": new_id(),
                "release_id": release.id,
                "includes": [str(release.id), *(str(one.id) for one, theirs in neighbours if node in theirs)],
                "node": node,
                "digest": bundle.digest,
                "manifest": bundle.manifest,
                "signature": bundle.signature,
                "state": ApplyState.FETCHING,
                "problems": [],
                "reloads": [],
                "note": waves.AWAY_NOTE if node in away else "",
            },
        )
        await repository.forget_older_offers(uow.session, release.id, node, bundle.digest)
        await nodes.set_desired(uow, node, bundle.digest)


async def begin_wave(services: Services, uow: UnitOfWork, release_id: UUID, wave: int) -> Release | None:
    """Offers a release to the nodes of a wave, unless it was stopped or that wave is over.

    Returns:
        The release if nobody of the wave is there to be waited for, and all is live by that.
    """
    await repository.lock_applies(uow.session)
    release = await repository.lock_release(uow.session, release_id)
    if release is None or release.state != ReleaseState.APPLYING or release.wave != wave:
        return None
    await offer_current_wave(services, uow, release)
    await uow.wake(waves.topic(release.id))
    return release if await waves.go_on(uow, release) else None


async def offer_current_wave(services: Services, uow: UnitOfWork, release: Release) -> None:
    """Offers a release to those nodes of its wave that don't run it yet."""
    bundles = await repository.bundles_of(uow.session, [release.id])
    through = {one.node for one in bundles if one.state == ApplyState.LIVE}
    homes = await home_nodes(uow.session, services.settings.node_name)
    own = await compiled_release(services, uow.session, release, homes(release.org_id))
    await offer(
        services, uow, release, own, [node for node in waves.current_wave(release) if node not in through]
    )  # fmt: skip


async def _neighbours(
    services: Services, uow: UnitOfWork, release: Release
) -> list[tuple[Release, dict[str, Share]]]:  # fmt: skip
    """The other organisations' releases by node; one that stopped on its way counts where it got to."""
    session = uow.session
    newest = [one for one in await repository.newest_releases(session) if one.org_id != release.org_id]
    stopped = [one for one in await repository.stopped_releases(session) if one.org_id != release.org_id]
    if not newest and not stopped:
        return []
    homes = await home_nodes(session, services.settings.node_name)
    reached: dict[UUID, set[str]] = {one.id: set() for one in stopped}
    for bundle in await repository.bundles_of(session, list(reached)):
        if bundle.state == ApplyState.LIVE:
            reached[bundle.release_id].add(bundle.node)
    found = []
    for one in [*newest, *stopped]:
        made = await compiled_release(services, session, one, homes(one.org_id))
        shares = await _shares(services, uow, made)
        taken = {node for other in stopped if other.org_id == one.org_id for node in reached[other.id]}
        here = reached[one.id] if one.id in reached else shares.keys() - taken
        found.append((one, {node: share for node, share in shares.items() if node in here}))
    return found


async def _shares(services: Services, uow: UnitOfWork, made: Compiled) -> dict[str, Share]:
    """An organisation by node. On a single node nothing has to be made for it."""
    placement = await place(uow.session, services.crypto, made.configuration)
    if len(placement.nodes) == 1:
        return {placement.home: Share(made.model, made.files)}
    return await asyncio.to_thread(
        lambda: {
            node: Share(part, render_organizations(part, TEMPLATES))
            for node, part in split(made.model, placement).items()
        }
    )


def _make_bundles(services: Services, shares: Mapping[str, Sequence[Share]], release_id: str) -> dict[str, Bundle]:
    """Stores the nodes' files; each node's signed list of them."""
    blobs = Blobs(services.storage, services.crypto)
    made = {}
    for node, some in shares.items():
        text = _store_files(blobs, node, some, release_id).canonical()
        signature = base64.b64encode(services.crypto.bundle_key.sign(text)).decode()
        made[node] = Bundle(hashlib.sha256(text).hexdigest(), text.decode(), signature)
    return made


def _store_files(blobs: Blobs, node: str, shares: Sequence[Share], release_id: str) -> Manifest:
    """Stores and lists what a node gets: each organisation's own files, and what they share."""
    models = [share.model for share in shares]
    files = {path: file for share in shares for path, file in share.files.items()}
    files[SYSTEM_PATH] = render_system(models, release_id, TEMPLATES)
    files |= render_links(node, models, TEMPLATES)
    prompts = {prompt for model in models for prompt in model.prompts}
    blobs.put(files.values())
    listed = [
        _listed(path, file.kind, file.sha256, len(file.content), file.secret) for path, file in sorted(files.items())
    ]
    listed += [
        BundleFile(path=f"prompts/{sha256}.{extension}", kind=FileKind.PROMPT, sha256=sha256, size=blobs.size(sha256))
        for sha256, extension in sorted(prompts)
    ]
    return Manifest(node=node, release_id=release_id, files=listed, expect=_expected(models))


@lru_cache(maxsize=20_000)
def _listed(path: str, kind: FileKind, sha256: str, size: int, secret: bool) -> BundleFile:
    """A line of the manifest. Nearly all of them are those of the release before: 15 ms for 1,700."""
    return BundleFile(path=path, kind=kind, sha256=sha256, size=size, secret=secret)


def _expected(models: Sequence[PbxModel]) -> Expectation:
    """What the node finds by name. Its phones and contexts it reads in the files: 27,000 contexts would make 1.5 MB."""
    return Expectation(
        trunks=[
            *(one.endpoint for model in models for one in model.trunks if one.enabled),
            *sorted({one.endpoint for model in models for one in model.peers}),
        ],
        queues=[one.queue for model in models for one in model.queues if not one.away],
    )
