"""From a release to the signed bundle that a node is offered."""

import asyncio
import base64
from collections.abc import Sequence

from controlplane.kit import clock
from controlplane.kit.ids import new_id
from controlplane.nodes import door as nodes
from controlplane.platform.problem import Conflict
from controlplane.platform.services import Services
from controlplane.platform.uow import UnitOfWork
from controlplane.protocol.bundle import ApplyState, BundleFile, Expectation, FileKind, Manifest
from controlplane.release import repository
from controlplane.release.blobs import Blobs
from controlplane.release.build import TEMPLATES, Compiled
from controlplane.release.compiled import compiled_release, keep
from controlplane.release.model import PbxModel
from controlplane.release.models import Release
from controlplane.release.render import SYSTEM_PATH, render_system
from controlplane.release.schemas import ReleaseState
from controlplane.release.separation import refuse_clashes


async def publish(services: Services, uow: UnitOfWork, release: Release, own: Compiled) -> Release:
    """Renders, signs and stores the node's bundle, and makes it what the node should run."""
    session = uow.session
    await repository.lock_applies(session)
    others = [one for one in await repository.newest_releases(session) if one.org_id != release.org_id]
    _refuse_while_others_apply(others)
    await repository.supersede(session, release.org_id)
    node = own.configuration.node
    neighbours = [await compiled_release(services, session, one, node) for one in others]
    refuse_clashes(own.index, [one.index for one in neighbours])
    blobs = Blobs(services.storage, services.crypto)
    manifest = await asyncio.to_thread(_make_bundle, blobs, [own, *neighbours], str(release.id))
    keep(release.id, own)
    text = manifest.canonical()
    session.add(release)
    await session.flush()
    await repository.add_bundle(
        session,
        {
            "id": new_id(),
            "release_id": release.id,
            "includes": [str(release.id), *(str(one.id) for one in others)],
            "node": node,
            "digest": manifest.digest(),
            "manifest": text.decode(),
            "signature": base64.b64encode(services.crypto.bundle_key.sign(text)).decode(),
            "state": ApplyState.FETCHING,
            "problems": [],
            "reloads": [],
        },
    )
    await nodes.set_desired(uow, node, manifest.digest())
    return release


def _refuse_while_others_apply(others: Sequence[Release]) -> None:
    for one in others:
        age_s = (clock.now() - one.created_at).total_seconds()
        if one.state == ReleaseState.APPLYING and age_s < 60:
            raise Conflict("Another apply is under way on this node.", hint="Try again in a moment.")


def _make_bundle(blobs: Blobs, parts: Sequence[Compiled], release_id: str) -> Manifest:
    """The node's files, stored: each organisation's own, and what they share."""
    node = parts[0].configuration.node
    files = {path: file for part in parts for path, file in part.files.items()}
    files[SYSTEM_PATH] = render_system([part.model for part in parts], release_id, TEMPLATES)
    prompts = {prompt for part in parts for prompt in part.model.prompts}
    listed = [
        BundleFile.model_construct(
            path=path,
            kind=file.kind,
            sha256=blobs.put(file.content, secret=file.secret, sha256=file.sha256),
            size=len(file.content),
            secret=file.secret,
        )
        for path, file in sorted(files.items())
    ]
    listed += [
        BundleFile(path=f"prompts/{sha256}.{extension}", kind=FileKind.PROMPT, sha256=sha256, size=blobs.size(sha256))
        for sha256, extension in sorted(prompts)
    ]
    return Manifest(node=node, release_id=release_id, files=listed, expect=_expected([part.model for part in parts]))


def _expected(models: Sequence[PbxModel]) -> Expectation:
    """What the node finds by name. What its contexts hold it reads in the files: 27,000 of them would make 1.5 MB."""
    return Expectation(
        devices=sorted(one.endpoint for model in models for one in model.devices if one.enabled),
        trunks=[one.endpoint for model in models for one in model.trunks if one.enabled],
        queues=[one.queue for model in models for one in model.queues],
    )
