"""Plan, apply and roll back: drafts become a signed bundle that a node fetches, verifies and reports on."""

import asyncio
import base64
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.identity.door import load_locations
from controlplane.kit import clock
from controlplane.kit.ids import new_id
from controlplane.nodes import door as nodes
from controlplane.platform.auth import Principal
from controlplane.platform.crypto import Crypto
from controlplane.platform.problem import Conflict
from controlplane.platform.services import Services
from controlplane.platform.settings import REPOSITORY
from controlplane.platform.uow import UnitOfWork
from controlplane.protocol.bundle import ApplyState, BundleFile, FileKind, Manifest
from controlplane.release import repository
from controlplane.release.blobs import Blobs
from controlplane.release.checks import check
from controlplane.release.compile import compile_node
from controlplane.release.diff import diff, reloads
from controlplane.release.errors import PlanRefused
from controlplane.release.model import PbxModel
from controlplane.release.models import Release
from controlplane.release.progress import no_release
from controlplane.release.render import RenderedRelease, render
from controlplane.release.schemas import (
    ChangeRead,
    PlanRead,
    ProblemRead,
    ReleaseState,
)
from controlplane.release.separation import refuse_clashes
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
        Conflict: Another organisation's apply is under way on the node, or it has a name or address of ours.
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


async def live_now(services: Services, uow: UnitOfWork, org_id: UUID) -> Compiled | None:
    """What an organisation's phones run on now; None before its first release."""
    live = await repository.live_release(uow.session, org_id)
    if live is None:
        return None
    return await _compiled(services.crypto, live, await _home_node(services, uow.session, org_id))


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
    refuse_clashes(own.configuration, parts)
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
