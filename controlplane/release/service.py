"""Plan, apply and roll back: drafts become a signed bundle that a node fetches, verifies and reports on."""

import asyncio
import base64
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.identity.door import load_locations
from controlplane.kit import clock
from controlplane.kit.ids import new_id
from controlplane.nodes import door as nodes
from controlplane.platform import wakeups
from controlplane.platform.auth import Principal
from controlplane.platform.crypto import Crypto
from controlplane.platform.problem import Conflict, NotFound
from controlplane.platform.services import Services
from controlplane.platform.settings import REPOSITORY
from controlplane.platform.uow import UnitOfWork
from controlplane.protocol.bundle import ApplyReport, ApplyState, BundleFile, FileKind, Manifest
from controlplane.release import repository
from controlplane.release.blobs import Blobs
from controlplane.release.checks import check
from controlplane.release.compile import compile_node
from controlplane.release.diff import diff, reloads
from controlplane.release.errors import PlanRefused
from controlplane.release.events import ConfigApplied, ConfigRolledBack
from controlplane.release.model import PbxModel
from controlplane.release.models import NodeBundle, Release
from controlplane.release.render import RenderedRelease, render
from controlplane.release.schemas import (
    ChangeRead,
    NodeProgress,
    PlanRead,
    ProblemRead,
    ReleaseRead,
    ReleaseState,
)
from controlplane.release.snapshot import pack, part_of, together, unpack
from controlplane.telephony import door as telephony
from controlplane.telephony.configuration import Configuration

TEMPLATES = REPOSITORY / "dialplan_templates"


KEPT_COMPILED = 4


@dataclass(frozen=True)
class Compiled:
    """One organisation's configuration, and what its node would make of it."""

    configuration: Configuration
    model: PbxModel


@dataclass(frozen=True)
class Draft:
    """What would be released now, beside what is live."""

    own: Compiled | None  # None: the checks found errors
    live: Compiled | None
    live_release_id: UUID | None
    problems: list[ProblemRead]
    changes: list[ChangeRead]

    @property
    def ok(self) -> bool:
        """Whether nothing stands in the way of an apply."""
        return self.own is not None


async def plan(services: Services, uow: UnitOfWork, principal: Principal) -> PlanRead:
    """What an apply would do, without doing it.

    Prompts that were never spoken are made first, so that a missing one is a problem and not a delay.
    """
    draft = await _draft(services, uow, principal.org_id)
    files, steps = await asyncio.to_thread(_file_changes, draft) if draft.ok else ([], [])
    return PlanRead(
        ok=draft.ok,
        problems=draft.problems,
        changes=draft.changes,
        reloads=steps,
        files=files,
        live_release_id=draft.live_release_id,
    )


async def apply(services: Services, uow: UnitOfWork, principal: Principal, reason: str) -> Release:
    """Freezes the drafts as a release and offers it to the node.

    Raises:
        PlanRefused: The plan has errors; nothing was changed.
        Conflict: Another organisation's apply is under way on the node.
    """
    draft = await _draft(services, uow, principal.org_id)
    if draft.own is None:
        raise PlanRefused(draft.problems)
    return await _publish(services, uow, _new_release(services.crypto, principal, draft, reason), draft.own)


async def roll_back(
    services: Services, uow: UnitOfWork, principal: Principal, release_id: UUID, reason: str
) -> Release:
    """Makes an earlier release live again, as a new one. Drafts stay as they are.

    Raises:
        NotFound: No such release.
    """
    wanted = await repository.find_release(uow.session, principal, release_id)
    if wanted is None:
        raise no_release()
    node = await _home_node(services, uow.session, principal.org_id)
    own = await _compiled(services.crypto, wanted, node)
    live = await repository.live_release(uow.session, principal.org_id)
    before = await _compiled(services.crypto, live, node) if live else None
    draft = Draft(own, before, live.id if live else None, [], _changes(before, own))
    release = _new_release(services.crypto, principal, draft, reason or f"Roll back to release {wanted.number}")
    release.rollback_of = wanted.id
    return await _publish(services, uow, release, own)


def open_snapshot(crypto: Crypto, release: Release, node: str) -> Configuration:
    """The configuration that a release froze."""
    return unpack(crypto.open_bytes(release.snapshot, f"releases.snapshot:{release.id}"), node)


async def _compiled(crypto: Crypto, release: Release, node: str) -> Compiled:
    """A release compiled again. It never changes, so the last few are kept: every plan compares with the live one."""
    key = (release.id, node)
    if key not in _kept:
        _keep(key, await asyncio.to_thread(_compile, open_snapshot(crypto, release, node)))
    return _kept[key]


_kept: dict[tuple[UUID, str], Compiled] = {}


def _keep(key: tuple[UUID, str], compiled: Compiled) -> None:
    _kept[key] = compiled
    while len(_kept) > KEPT_COMPILED:
        del _kept[next(iter(_kept))]


def _compile(configuration: Configuration) -> Compiled:
    return Compiled(configuration, compile_node(configuration))


async def _draft(services: Services, uow: UnitOfWork, org_id: UUID) -> Draft:
    await telephony.ensure_sounds(services, [org_id])
    node = await _home_node(services, uow.session, org_id)
    whole = await telephony.load_configuration(
        uow.session, services.crypto, node, default_node=services.settings.node_name
    )
    configuration = part_of(whole, org_id)
    live = await repository.live_release(uow.session, org_id)
    before = await _compiled(services.crypto, live, node) if live else None
    problems = await asyncio.to_thread(check, configuration)
    if any(problem.severity == "error" for problem in problems):
        return Draft(None, before, live.id if live else None, problems, [])
    own = await asyncio.to_thread(_compile, configuration)
    return Draft(own, before, live.id if live else None, problems, await asyncio.to_thread(_changes, before, own))


async def _home_node(services: Services, session: AsyncSession, org_id: UUID) -> str:
    """Where the organisation's calls are: the node of its first location."""
    locations = await load_locations(session, org_ids=[org_id])
    return locations[0].node if locations else services.settings.node_name


def _changes(before: Compiled | None, after: Compiled) -> list[ChangeRead]:
    return diff(before.model if before else None, after.model)


def _new_release(crypto: Crypto, principal: Principal, draft: Draft, reason: str) -> Release:
    assert draft.own is not None
    release_id = new_id()
    return Release(
        id=release_id,
        org_id=principal.org_id,
        state=ReleaseState.APPLYING,
        author=principal.label,
        reason=reason,
        snapshot=crypto.seal_bytes(pack(draft.own.configuration), f"releases.snapshot:{release_id}"),
        changes=[change.model_dump(mode="json") for change in draft.changes],
        problems=[problem.model_dump(mode="json") for problem in draft.problems],
    )


async def _publish(services: Services, uow: UnitOfWork, release: Release, own: Compiled) -> Release:
    """Renders, signs and stores the node's bundle, and makes it what the node should run."""
    session = uow.session
    await repository.lock_applies(session)
    others = [one for one in await repository.newest_releases(session) if one.org_id != release.org_id]
    _refuse_while_others_apply(others)
    await repository.supersede(session, release.org_id)
    node = own.configuration.node
    parts = [(await _compiled(services.crypto, one, node)).configuration for one in others]
    blobs = Blobs(services.storage, services.crypto)
    manifest = await asyncio.to_thread(_make_bundle, blobs, own, parts, str(release.id))
    _keep((release.id, node), own)
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


def _file_changes(draft: Draft) -> tuple[list[str], list[str]]:
    """Paths and reloads that differ from what is live, for the organisation's own part."""
    now = render(draft.own.model, "plan", TEMPLATES).files if draft.own else {}
    before = render(draft.live.model, "plan", TEMPLATES).files if draft.live else {}
    changed = sorted(path for path in before.keys() | now.keys() if before.get(path) != now.get(path))
    return changed, reloads(before, now)


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
    if report.live_digest is not None:
        await nodes.record_live(uow, node, report.live_digest)
    if report.state in {ApplyState.LIVE, ApplyState.ROLLED_BACK, ApplyState.FAILED}:
        await _finish(uow, bundle, report)
    await uow.wake(f"release:{bundle.release_id}")


async def _finish(uow: UnitOfWork, bundle: NodeBundle, report: ApplyReport) -> None:
    for release in await repository.included_releases(uow.session, bundle):
        if release.state not in {ReleaseState.APPLYING, ReleaseState.LIVE}:
            continue
        if report.state == ApplyState.LIVE:
            await _now_live(uow, release)
        elif release.state == ReleaseState.APPLYING:
            await _did_not_hold(uow, release, report, bundle.node)
    if report.state != ApplyState.LIVE and report.live_digest is not None:
        await nodes.set_desired(uow, bundle.node, report.live_digest)


async def _now_live(uow: UnitOfWork, release: Release) -> None:
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


async def wait_until_done(services: Services, principal: Principal, release_id: UUID, wait_s: float) -> ReleaseRead:
    """A release, at once when it is done (or `wait_s` is 0), else when it is or the time is up.

    Raises:
        NotFound: No such release.
    """
    with services.wakeups.subscribe(f"release:{release_id}") as woken:
        deadline = time.monotonic() + wait_s
        while True:
            found = await _read(services, principal, release_id)
            left_s = deadline - time.monotonic()
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


async def history(session: AsyncSession, principal: Principal, limit: int) -> list[ReleaseRead]:
    """The newest releases."""
    return await read_releases(session, await repository.newest(session, principal, limit))


def present(release: Release, bundles: Sequence[NodeBundle]) -> ReleaseRead:
    """A release as people see it."""
    return ReleaseRead(
        id=release.id,
        number=release.number,
        state=ReleaseState(release.state),
        author=release.author,
        reason=release.reason,
        rollback_of=release.rollback_of,
        created_at=release.created_at,
        finished_at=release.finished_at,
        changes=[ChangeRead.model_validate(one) for one in release.changes],
        problems=[ProblemRead.model_validate(one) for one in release.problems],
        nodes=[
            NodeProgress(
                node=one.node,
                digest=one.digest,
                state=one.state,
                problems=one.problems,
                reloads=one.reloads,
                took_ms=one.took_ms,
            )
            for one in bundles
            if one.release_id == release.id
        ],
    )


async def read_releases(session: AsyncSession, releases: Sequence[Release]) -> list[ReleaseRead]:
    """Several, with their bundles, in two queries."""
    bundles: Mapping[UUID, list[NodeBundle]] = {one.id: [] for one in releases}
    for bundle in await repository.bundles_of(session, list(bundles)):
        bundles[bundle.release_id].append(bundle)
    return [present(one, bundles[one.id]) for one in releases]
