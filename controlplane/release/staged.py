"""Staged bundles: what a node's shadow fetches, signed and fetched by content like a release."""

import asyncio
import base64
import time

from controlplane.platform.crypto import Crypto
from controlplane.platform.problem import NotFound
from controlplane.platform.services import Services
from controlplane.platform.storage import Storage
from controlplane.protocol.bundle import BundleFile, FileKind, Manifest, SignedManifest
from controlplane.protocol.rehearsal import silence
from controlplane.release.blobs import Blobs
from controlplane.release.build import TEMPLATES
from controlplane.release.model import PbxModel
from controlplane.release.render import render
from controlplane.release.staging import stage

RELEASE_ID = "rehearsal"
"""What a staged dialplan names as its release: always the same, so that equal configurations are equal bundles."""
KEPT_S = 24 * 3600
_KEPT_MODELS = 4

_made: list[tuple[PbxModel, str]] = []
"""Models that were rendered last: a large one takes seconds, and people try many calls on the same."""


async def make_staged(services: Services, model: PbxModel) -> str:
    """Renders a model for the rehearsal and lays it ready; gives its digest."""
    for known, digest in _made:
        if known is model and services.storage.path(_key(digest)).exists():
            return digest
    digest = await asyncio.to_thread(_make, services.storage, services.crypto, model)
    _made.append((model, digest))
    del _made[:-_KEPT_MODELS]
    return digest


def _make(storage: Storage, crypto: Crypto, model: PbxModel) -> str:
    rendered = render(stage(model), RELEASE_ID, TEMPLATES)
    wanted = {path: file for path, file in rendered.files.items() if file.kind != FileKind.SOURCE_MAP}
    Blobs(storage, crypto).put(wanted.values())
    files = [
        BundleFile(path=path, kind=file.kind, sha256=file.sha256, size=len(file.content), secret=file.secret)
        for path, file in sorted(wanted.items())
    ]
    quiet, size = storage.put_blob(silence()), len(silence())
    files += [
        BundleFile(path=f"prompts/{sha256}.{extension}", kind=FileKind.PROMPT, sha256=quiet, size=size)
        for sha256, extension in sorted(rendered.prompts)
    ]
    manifest = Manifest(node=model.node, release_id=RELEASE_ID, files=files, expect=rendered.expect)
    text = manifest.canonical()
    signed = SignedManifest(
        manifest=text.decode(), signature=base64.b64encode(crypto.bundle_key.sign(text)).decode()
    )  # fmt: skip
    storage.put(_key(manifest.digest()), signed.model_dump_json().encode())
    return manifest.digest()


def read_staged(services: Services, node: str, digest: str) -> SignedManifest:
    """A staged bundle of a node.

    Raises:
        NotFound: It has none of this digest.
    """
    try:
        signed = SignedManifest.model_validate_json(services.storage.path(_key(digest)).read_bytes())
    except (FileNotFoundError, ValueError) as err:
        raise NotFound("There is no such rehearsal.", hint="Simulate again.") from err
    if Manifest.model_validate_json(signed.manifest).node != node:
        raise NotFound("There is no such rehearsal.", hint="Simulate again.")
    return signed


def forget_staged(services: Services) -> None:
    """Deletes staged bundles of yesterday; whoever needs one makes it again."""
    folder = services.storage.path(_key("0")).parent
    for path in folder.iterdir() if folder.exists() else ():
        if path.stat().st_mtime < time.time() - KEPT_S:
            path.unlink(missing_ok=True)


def _key(digest: str) -> str:
    return f"rehearsals/{digest}"
