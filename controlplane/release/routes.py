"""Plan, apply, roll back; and what nodes fetch and report."""

import tarfile
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime

from controlplane.identity.door import audit, requires
from controlplane.nodes.door import NodeIdentity, read_message, signed_node
from controlplane.platform.auth import Principal
from controlplane.platform.listing import FilterText, ListQuery, Page, fetch_page, list_query
from controlplane.platform.services import ServicesDep, Uow
from controlplane.protocol.bundle import ApplyReport, SignedManifest
from controlplane.release import compare, progress, repository, service, waves
from controlplane.release.blobs import Blobs
from controlplane.release.models import Release
from controlplane.release.repository import ReleaseFilter
from controlplane.release.schemas import (
    ApplyRequest,
    BlobRequest,
    Comparison,
    ConfigStatus,
    PlanRead,
    ReleaseRead,
    ReleaseState,
)
from controlplane.release.status import read_status

router = APIRouter(prefix="/config", tags=["configuration"])
node_router = APIRouter(prefix="/node/v1", tags=["node link"], include_in_schema=False)

MayRead = Annotated[Principal, Depends(requires("config:read"))]
MayPlan = Annotated[Principal, Depends(requires("config:plan"))]
MayApply = Annotated[Principal, Depends(requires("config:apply"))]


@router.post("/plan")
async def plan(services: ServicesDep, uow: Uow, principal: MayPlan) -> PlanRead:
    """Checks the drafts and says in words what an apply would change. Changes nothing."""
    return await service.plan(services, uow, principal)


@router.get("/status")
async def status(services: ServicesDep, uow: Uow, principal: MayRead) -> ConfigStatus:
    """How many changes wait to be applied, and how the last release went. Cheap: the drafts are not checked."""
    return await read_status(services, uow, principal)


def release_filter(
    state: ReleaseState | None = None,
    author: Annotated[FilterText | None, Query(description="Part of the author's name or address.")] = None,
    reason: Annotated[FilterText | None, Query(description="Part of the reason.")] = None,
    since: Annotated[AwareDatetime | None, Query(alias="from", description="Applied at or after.")] = None,
    until: Annotated[AwareDatetime | None, Query(alias="to", description="Applied before.")] = None,
) -> ReleaseFilter:
    """Dependency: what the history is narrowed to."""
    return ReleaseFilter(state, author, reason, since, until)


@router.get("/releases")
async def list_releases(
    uow: Uow,
    principal: MayRead,
    query: Annotated[ListQuery, Depends(list_query)],
    wanted: Annotated[ReleaseFilter, Depends(release_filter)],
) -> Page[ReleaseRead]:
    """Releases, newest first, each with the first 20 of its changes."""
    statement = wanted.narrow(repository.release_list(principal))
    rows, cursor, total = await fetch_page(
        uow.session,
        statement,
        Release,
        query,
        sortable={"number": Release.number, "created_at": Release.created_at},
        default_sort="-number",
    )
    items = await progress.read_releases(uow.session, rows, most_changes=progress.LISTED_CHANGES)
    return Page(items=items, next_cursor=cursor, total=total)


@router.get("/releases/compare")
async def compare_releases(
    services: ServicesDep,
    uow: Uow,
    principal: MayRead,
    wanted_from: Annotated[
        str, Query(alias="from", max_length=40, description="`draft`, `live`, a release's id or number.")
    ],
    wanted_to: Annotated[str, Query(alias="to", max_length=40, description="The same.")],
    files: Annotated[bool, Query(description="Also the files as text; needs `config:plan`.")] = False,
) -> Comparison:
    """What differs between any two releases, or a release and the drafts, in words; secrets are never shown."""
    if files:
        principal.require("config:plan")
    return await compare.compare(services, uow, principal, wanted_from, wanted_to, files=files)


WaitS = Annotated[
    float, Query(ge=0, le=30, description="Answer when the nodes have verified it, at the latest after so long.")
]


@router.post("/releases", status_code=202)
async def apply(
    services: ServicesDep, principal: MayApply, request: ApplyRequest, wait_s: WaitS = 0
) -> ReleaseRead:  # fmt: skip
    """Applies the drafts: freezes them as a release that the node fetches, loads, verifies, or takes back.

    Answers at once, with the state `applying`, or after `wait_s`; follow it with `GET /config/releases/{id}?wait_s=20`.
    """
    with ExitStack() as waiting:
        async with services.uow() as uow:
            release = await service.apply(services, uow, principal, request.reason, request.canary)
            await audit(
                uow, principal, action="config.apply", kind="release", object_id=release.id, name=str(release.number)
            )
            if not wait_s:
                return (await progress.read_releases(uow.session, [release]))[0]
            subscribed = waiting.enter_context(services.wakeups.subscribe(waves.topic(release.id)))
        return await progress.wait_until_done(services, principal, release.id, wait_s, subscribed=subscribed)


@router.post("/releases/{release_id}/rollback", status_code=202)
async def roll_back(
    services: ServicesDep, uow: Uow, principal: MayApply, release_id: UUID, request: ApplyRequest
) -> ReleaseRead:
    """Makes an earlier release live again, as a new release. Drafts stay as they are."""
    release = await service.roll_back(services, uow, principal, release_id, request.reason, request.canary)
    await audit(
        uow, principal, action="config.rollback", kind="release", object_id=release.id, name=str(release.number)
    )
    return (await progress.read_releases(uow.session, [release]))[0]


@router.post("/releases/{release_id}/resume", status_code=202)
async def resume(services: ServicesDep, uow: Uow, principal: MayApply, release_id: UUID) -> ReleaseRead:
    """Goes on with a release that stopped at a node: that node is asked once more, the others follow."""
    release = await service.resume(services, uow, principal, release_id)
    await audit(uow, principal, action="config.resume", kind="release", object_id=release.id, name=str(release.number))
    return (await progress.read_releases(uow.session, [release]))[0]


@router.get("/releases/{release_id}")
async def get_release(
    services: ServicesDep,
    principal: MayRead,
    release_id: UUID,
    wait_s: WaitS = 0,
) -> ReleaseRead:
    """One release and how it goes on the nodes."""
    return await progress.wait_until_done(services, principal, release_id, wait_s)


# For nodes


@node_router.get("/releases/{digest}")
async def signed_manifest(uow: Uow, node: Annotated[NodeIdentity, Depends(signed_node)], digest: str) -> SignedManifest:
    """The manifest of a bundle for this node."""
    found = await repository.signed_manifest(uow.session, node.name, digest)
    if found is None:
        raise progress.no_release()
    manifest, signature = found
    return SignedManifest(manifest=manifest, signature=signature)


@node_router.post("/blobs", dependencies=[Depends(signed_node)])
async def blobs(services: ServicesDep, request: Request) -> StreamingResponse:
    """Files by content, as an uncompressed tar with their hashes as names."""
    wanted = await read_message(request, BlobRequest)
    files = Blobs(services.storage, services.crypto)
    return StreamingResponse(_tar(files, wanted.sha256), media_type="application/x-tar")


def _tar(files: Blobs, hashes: list[str]) -> Iterator[bytes]:
    """One file after the other; what isn't there is left out, and the node says so."""
    for sha256 in hashes:
        content = files.get(sha256)
        if content is not None:
            entry = tarfile.TarInfo(sha256)
            entry.size = len(content)
            yield entry.tobuf() + content + bytes(-len(content) % tarfile.BLOCKSIZE)
    yield bytes(2 * tarfile.BLOCKSIZE)


@node_router.post("/apply-reports", status_code=204)
async def apply_report(uow: Uow, node: Annotated[NodeIdentity, Depends(signed_node)], request: Request) -> None:
    """A node's word on an apply."""
    await progress.take_report(uow, node.name, await read_message(request, ApplyReport))
