"""How releases go on their nodes: what nodes report, and what people read of it."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.kit import clock
from controlplane.nodes import door as nodes
from controlplane.platform import wakeups
from controlplane.platform.auth import Principal
from controlplane.platform.problem import Conflict, NotFound
from controlplane.platform.services import Services
from controlplane.platform.uow import UnitOfWork
from controlplane.protocol.bundle import ApplyReport, ApplyState
from controlplane.release import repository, waves
from controlplane.release.events import ConfigApplied, ConfigRolledBack
from controlplane.release.models import NodeBundle, Release
from controlplane.release.repository import ReleaseFilter, ReleaseWords
from controlplane.release.schemas import ChangeRead, NodeProgress, ProblemRead, ReleaseRead, ReleaseState

# What a node reports


async def take_report(uow: UnitOfWork, node: str, report: ApplyReport) -> None:
    """A node's word on an apply: moves the bundle and its releases on."""
    bundle = await repository.bundle_by_digest(uow.session, node, report.digest)
    if bundle is None:
        return
    bundle.state = report.state
    bundle.problems = list(report.problems)
    bundle.reloads = list(report.reloads)
    bundle.took_ms = report.took_ms
    bundle.reported_at = clock.now()
    bundle.note = ""
    if report.live_digest is not None:
        await nodes.record_live(uow, node, report.live_digest)
    if report.state in {ApplyState.LIVE, ApplyState.ROLLED_BACK, ApplyState.FAILED}:
        await _finish(uow, bundle, report)
    await uow.wake(waves.topic(bundle.release_id))


async def _finish(uow: UnitOfWork, bundle: NodeBundle, report: ApplyReport) -> None:
    for release in await repository.included_releases(uow.session, bundle):
        if release.state not in {ReleaseState.APPLYING, ReleaseState.LIVE}:
            continue
        if waves.is_spread(release):
            await _finish_on_one(uow, release, bundle, report)
        elif report.state == ApplyState.LIVE:
            await now_live(uow, release)
        elif release.state == ReleaseState.APPLYING:
            await _did_not_hold(uow, release, report, bundle.node)
    if report.state != ApplyState.LIVE and report.live_digest is not None:
        await nodes.set_desired(uow, bundle.node, report.live_digest, instead_of=bundle.digest)


async def _finish_on_one(uow: UnitOfWork, release: Release, bundle: NodeBundle, report: ApplyReport) -> None:
    """One of several nodes is done with a release, by its own bundle or by one of a neighbour's."""
    if release.id != bundle.release_id:
        own = await repository.bundle_of(uow.session, release.id, bundle.node)
        if own is None or report.state != ApplyState.LIVE:
            return
        own.state = report.state
    if release.state == ReleaseState.APPLYING:
        if await waves.after_report(uow, release, bundle.node, report):
            await now_live(uow, release)
    elif report.state != ApplyState.LIVE:  # one that came back late can't take it
        await _record_rolled_back(uow, release, report, bundle.node)


async def now_live(uow: UnitOfWork, release: Release) -> None:
    """All nodes run a release."""
    if release.state == ReleaseState.LIVE:
        return
    release.state = ReleaseState.LIVE
    release.finished_at = clock.now()
    await repository.retire_others(uow.session, release)
    await uow.record(ConfigApplied(org_id=release.org_id, subject=str(release.id), number=release.number))


async def _did_not_hold(uow: UnitOfWork, release: Release, report: ApplyReport, node: str) -> None:
    rolled_back = report.state == ApplyState.ROLLED_BACK
    release.state = ReleaseState.ROLLED_BACK if rolled_back else ReleaseState.FAILED
    release.finished_at = clock.now()
    await _record_rolled_back(uow, release, report, node)


async def _record_rolled_back(uow: UnitOfWork, release: Release, report: ApplyReport, node: str) -> None:
    await uow.record(
        ConfigRolledBack(
            org_id=release.org_id,
            subject=str(release.id),
            number=release.number,
            node=node,
            problems=list(report.problems),
        )
    )


# Reading


def no_release() -> NotFound:
    """The error for a release that isn't there."""
    return NotFound("There is no such release.", hint="Look at the list of releases.")


def require_kept(release: Release) -> None:
    """Refuses a release of which only the history is left.

    Raises:
        Conflict: Says so.
    """
    if not release.snapshot:
        raise Conflict(
            f"Release {release.number} is no longer kept: only its history is.",
            hint="Choose a newer one; CP_RELEASES_KEPT says how many are kept.",
        )


async def wait_until_done(
    services: Services,
    principal: Principal,
    release_id: UUID,
    wait_s: float,
    tell: Callable[[ReleaseRead], None] | None = None,
    *,
    subscribed: wakeups.Waiting | None = None,
) -> ReleaseRead:
    """A release, at once when it is done (or `wait_s` is 0), else when it is or the time is up.

    ``tell`` is given the release at each look meanwhile. Who offered it just now has ``subscribed`` to its topic
    before: no word of a quick node is missed, and the first look waits for it, for 2 s at most.

    Raises:
        NotFound: No such release.
    """
    with nullcontext(subscribed) if subscribed else services.wakeups.subscribe(waves.topic(release_id)) as woken:
        deadline = time.monotonic() + wait_s
        if subscribed:
            await wakeups.wait(woken, min(wait_s, 2.0))
        while True:
            found = await _read(services, principal, release_id)
            left_s = deadline - time.monotonic()
            if tell is not None:
                tell(found)
            if found.state != ReleaseState.APPLYING or left_s <= 0:
                return found
            await wakeups.wait(woken, min(left_s, 2.0))


async def _read(services: Services, principal: Principal, release_id: UUID) -> ReleaseRead:
    async with services.uow() as uow:
        release = await repository.find_release(uow.session, principal, release_id)
        if release is None:
            raise no_release()
        return (await read_releases(uow.session, [release]))[0]


async def find_by_number(session: AsyncSession, principal: Principal, number: int) -> Release:
    """A release by the number that people see.

    Raises:
        NotFound: No such release.
    """
    release = await repository.find_release_by_number(session, principal, number)
    if release is None:
        raise no_release()
    return release


async def history(
    session: AsyncSession, principal: Principal, limit: int, wanted: ReleaseFilter | None = None
) -> list[ReleaseRead]:  # fmt: skip
    """The newest releases."""
    rows = await repository.newest(session, principal, limit, wanted or ReleaseFilter())
    return await read_releases(session, rows, most_changes=LISTED_CHANGES)


LISTED_CHANGES = 20
"""Of each release in a list; one release alone shows all."""


def present(
    release: Release,
    bundles: Sequence[NodeBundle],
    known: Mapping[UUID, ReleaseWords],
) -> ReleaseRead:
    """A release as people see it; ``known`` has the words of it and of the one that it rolled back to."""
    words = known[release.id]
    rolled_back_to = known.get(release.rollback_of) if release.rollback_of else None
    return ReleaseRead(
        id=release.id,
        number=release.number,
        state=ReleaseState(release.state),
        author=release.author,
        reason=release.reason,
        rollback_of=release.rollback_of,
        created_at=release.created_at,
        finished_at=release.finished_at,
        rollback_of_number=rolled_back_to.number if rolled_back_to else None,
        kept=words.kept,
        changes=[ChangeRead.model_validate(one) for one in words.changes],
        changes_count=words.changes_count,
        problems=[ProblemRead.model_validate(one) for one in words.problems],
        nodes=_progress(release, {one.node: one for one in bundles if one.release_id == release.id}),
        waves=release.waves,
        wave=release.wave + 1,
        stopped=release.stopped,
    )


def _progress(release: Release, bundles: Mapping[str, NodeBundle]) -> list[NodeProgress]:
    planned = {node: number for number, wave in enumerate(release.waves, start=1) for node in wave}
    found = []
    for node in sorted(planned.keys() | bundles.keys()):
        one = bundles.get(node)
        found.append(
            NodeProgress(
                node=node,
                wave=planned.get(node, 1),
                digest=one.digest if one else "",
                state=one.state if one else "waiting",
                note=one.note if one else "",
                problems=one.problems if one else [],
                reloads=one.reloads if one else [],
                took_ms=one.took_ms if one else 0,
            )
        )
    return found


async def read_releases(
    session: AsyncSession, releases: Sequence[Release], *, most_changes: int | None = None
) -> list[ReleaseRead]:  # fmt: skip
    """Several, with their bundles, in three queries."""
    named = {one.id for one in releases} | {one.rollback_of for one in releases if one.rollback_of}
    known = await repository.words_of(session, list(named), most_changes)
    bundles: Mapping[UUID, list[NodeBundle]] = {one.id: [] for one in releases}
    for bundle in await repository.bundles_of(session, list(bundles)):
        bundles[bundle.release_id].append(bundle)
    return [present(one, bundles[one.id], known) for one in releases]
