"""From a release to the signed bundle that a node is offered."""

import asyncio
import base64
from collections.abc import Sequence

from controlplane.kit import clock
from controlplane.kit.ids import new_id
from controlplane.nodes import door as nodes
from controlplane.platform.problem import Conflict
from controlplane.platform.services import Services
from controlplane.platform.settings import REPOSITORY
from controlplane.platform.uow import UnitOfWork
from controlplane.protocol.bundle import ApplyState, BundleFile, FileKind, Manifest
from controlplane.release import repository
from controlplane.release.blobs import Blobs
from controlplane.release.compile import compile_node
from controlplane.release.compiled import Compiled, compiled_release, keep
from controlplane.release.models import Release
from controlplane.release.render import RenderedRelease, render
from controlplane.release.schemas import ReleaseState
from controlplane.release.separation import refuse_clashes
from controlplane.release.snapshot import together
from controlplane.telephony.configuration import Configuration

TEMPLATES = REPOSITORY / "dialplan_templates"


async def publish(services: Services, uow: UnitOfWork, release: Release, own: Compiled) -> Release:
    """Renders, signs and stores the node's bundle, and makes it what the node should run."""
    session = uow.session
    await repository.lock_applies(session)
    others = [one for one in await repository.newest_releases(session) if one.org_id != release.org_id]
    _refuse_while_others_apply(others)
    await repository.supersede(session, release.org_id)
    node = own.configuration.node
    parts = [(await compiled_release(services.crypto, one, node)).configuration for one in others]
    refuse_clashes(own.configuration, parts)
    blobs = Blobs(services.storage, services.crypto)
    manifest = await asyncio.to_thread(_make_bundle, blobs, own, parts, str(release.id))
    keep((release.id, node), own)
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


def _make_bundle(blobs: Blobs, own: Compiled, others: list[Configuration], release_id: str) -> Manifest:
    """The node's files, stored. An organisation alone on its node needs no second compile."""
    node = own.configuration.node
    model = compile_node(together(node, [own.configuration, *others])) if others else own.model
    return _store(blobs, node, release_id, render(model, release_id, TEMPLATES))


def _store(blobs: Blobs, node: str, release_id: str, rendered: RenderedRelease) -> Manifest:
    files = [
        BundleFile(
            path=path,
            kind=file.kind,
            sha256=blobs.put(file.content, secret=file.secret),
            size=len(file.content),
            secret=file.secret,
        )
        for path, file in sorted(rendered.files.items())
    ]
    files += [
        BundleFile(
            path=f"prompts/{sha256}.{extension}",
            kind=FileKind.PROMPT,
            sha256=sha256,
            size=blobs.size(sha256),
        )
        for sha256, extension in sorted(rendered.prompts)
    ]
    return Manifest(node=node, release_id=release_id, files=files, expect=rendered.expect)
