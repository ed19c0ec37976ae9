"""Plan, apply and roll back: drafts become a signed bundle that a node fetches, verifies and reports on."""

import asyncio
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.identity.door import load_locations, load_organizations
from controlplane.kit import clock
from controlplane.kit.ids import new_id
from controlplane.platform.auth import Principal
from controlplane.platform.crypto import Crypto
from controlplane.platform.problem import Conflict
from controlplane.platform.services import Services
from controlplane.platform.uow import UnitOfWork
from controlplane.release import gate, repository, waves
from controlplane.release.build import TEMPLATES, Compiled
from controlplane.release.compiled import compiled_draft, compiled_release, examined_draft
from controlplane.release.diff import changes_between, reloads
from controlplane.release.errors import PlanRefused
from controlplane.release.models import Release
from controlplane.release.offering import offer_current_wave
from controlplane.release.placement import placement_problems
from controlplane.release.progress import no_release, now_live, require_kept
from controlplane.release.publish import publish, require_canary
from controlplane.release.reach import refuse_elsewhere, require_everywhere
from controlplane.release.render import SYSTEM_PATH, RenderedFile, render_system
from controlplane.release.schemas import ChangeRead, PlanRead, ProblemRead, ReleaseState
from controlplane.release.snapshot import pack_portions
from controlplane.telephony import door as telephony


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

    Raises:
        Forbidden: It holds changes outside of the principal's locations.
    """
    draft = await _draft(services, uow, principal.org_id, principal)
    files, steps = await asyncio.to_thread(_file_changes, draft) if draft.ok else ([], [])
    return PlanRead(
        ok=draft.ok,
        problems=draft.problems,
        changes=draft.changes,
        reloads=steps,
        files=files,
        live_release_id=draft.live_release_id,
    )


async def apply(
    services: Services, uow: UnitOfWork, principal: Principal, reason: str, canary: str | None = None
) -> Release:
    """Freezes the drafts as a release and offers it to the first node, the canary; the others follow in waves.

    Raises:
        PlanRefused: The plan has errors, or what is asked before an apply objects; nothing was changed.
        Forbidden: It holds changes outside of the principal's locations.
        Conflict: Another organisation's apply is under way on the node, or it has a name or address of ours;
            somebody else's release went live meanwhile; or the canary is away.
        Invalid: The canary is none of the organisation's nodes.
    """
    draft = await _draft(services, uow, principal.org_id, principal)
    own = draft.own
    if own is None:
        raise PlanRefused(draft.problems)
    await require_canary(uow, principal.org_id, own, canary)
    objections = await gate.ask(services, principal, own)
    if any(problem.severity == "error" for problem in objections):
        raise PlanRefused(objections)
    draft = replace(draft, problems=[*draft.problems, *objections])
    release = _new_release(services.crypto, principal, draft, reason)
    return await publish(services, uow, release, own, draft.live_release_id, canary)


async def roll_back(
    services: Services, uow: UnitOfWork, principal: Principal, release_id: UUID, reason: str, canary: str | None = None
) -> Release:
    """Makes an earlier release live again, as a new one. Drafts stay as they are.

    Raises:
        NotFound: No such release.
        Conflict: It is no longer kept.
        Forbidden: It would change something outside of the principal's locations.
    """
    wanted = await repository.find_release(uow.session, principal, release_id, with_snapshot=True)
    if wanted is None:
        raise no_release()
    require_kept(wanted)
    node = await _home_node(services, uow.session, principal.org_id)
    own = await compiled_release(services, uow.session, wanted, node)
    live = await repository.live_release(uow.session, principal.org_id, with_snapshot=False)
    before = await compiled_release(services, uow.session, live, node) if live else None
    refuse_elsewhere(principal, before.index if before else None, own.index)
    draft = Draft(own, before, live.id if live else None, [], _changes(before, own))
    release = _new_release(services.crypto, principal, draft, reason or f"Roll back to release {wanted.number}")
    release.rollback_of = wanted.id
    return await publish(services, uow, release, own, draft.live_release_id, canary)


async def resume(services: Services, uow: UnitOfWork, principal: Principal, release_id: UUID) -> Release:
    """Goes on with a release where it stopped: at the nodes of that wave that don't run it.

    Raises:
        NotFound: No such release.
        Conflict: It isn't stopped.
        Forbidden: The principal has rights in some locations only.
    """
    if await repository.find_release(uow.session, principal, release_id) is None:
        raise no_release()
    require_everywhere(principal, "To go on with a stopped release")
    await repository.lock_applies(uow.session)
    release = await repository.lock_release(uow.session, release_id)
    if release is None or release.state != ReleaseState.STOPPED:
        raise Conflict("This release is not stopped.", hint="Only a release in state stopped can go on.")
    release.state, release.stopped, release.wave_at = ReleaseState.APPLYING, "", clock.now()
    await uow.session.flush()
    await offer_current_wave(services, uow, release)
    if await waves.go_on(uow, release):  # those that were waited for have said it meanwhile
        await now_live(uow, release)
    return release


async def draft_now(services: Services, uow: UnitOfWork, org_id: UUID) -> Compiled:
    """What an organisation's phones would run on after an apply.

    Raises:
        PlanRefused: The plan has errors.
    """
    draft = await _draft(services, uow, org_id)
    if draft.own is None:
        raise PlanRefused(draft.problems)
    return draft.own


async def live_now(services: Services, uow: UnitOfWork, org_id: UUID) -> Compiled | None:
    """What an organisation's phones run on now; None before its first release."""
    live = await repository.live_release(uow.session, org_id, with_snapshot=False)
    if live is None:
        return None
    return await compiled_release(services, uow.session, live, await _home_node(services, uow.session, org_id))


async def _draft(services: Services, uow: UnitOfWork, org_id: UUID, principal: Principal | None = None) -> Draft:
    """The draft beside what is live; refused to a principal whose locations it reaches beyond."""
    organization = next(one for one in await load_organizations(uow.session) if one.id == org_id)
    configuration = await telephony.load_organization(services, uow.session, organization)
    live = await repository.live_release(uow.session, org_id, with_snapshot=False)
    before = await compiled_release(services, uow.session, live, configuration.node) if live else None
    examined, earlier = await examined_draft(configuration, before)
    if any(problem.slug == "sound-missing" for problem in examined.problems):
        await telephony.ensure_sounds(services, [org_id])
        configuration = await telephony.load_organization(services, uow.session, organization)
        examined, earlier = await examined_draft(configuration, before)
    if principal:
        refuse_elsewhere(principal, before.index if before else None, examined.index)
    live_id = live.id if live else None
    problems = [*examined.problems, *await placement_problems(uow.session, configuration)]
    if not examined.is_good or len(problems) > len(examined.problems):
        return Draft(None, before, live_id, problems, [])
    own = await compiled_draft(examined, earlier)
    return Draft(own, before, live_id, examined.problems, await asyncio.to_thread(_changes, before, own))


async def _home_node(services: Services, session: AsyncSession, org_id: UUID) -> str:
    """Where the organisation's calls are: the node of its first location."""
    locations = await load_locations(session, org_ids=[org_id])
    return locations[0].node if locations else services.settings.node_name


def _changes(before: Compiled | None, after: Compiled) -> list[ChangeRead]:
    return changes_between(before.index if before else None, after.index)


def _new_release(crypto: Crypto, principal: Principal, draft: Draft, reason: str) -> Release:
    assert draft.own is not None
    own, release_id = draft.own, new_id()
    return Release(
        id=release_id,
        org_id=principal.org_id,
        state=ReleaseState.APPLYING,
        author=principal.label,
        reason=reason,
        snapshot=crypto.seal_bytes(
            pack_portions(own.configuration, own.index.places, own.packed), f"releases.snapshot:{release_id}"
        ),
        changes=[change.model_dump(mode="json") for change in draft.changes],
        problems=[problem.model_dump(mode="json") for problem in draft.problems],
    )


def _file_changes(draft: Draft) -> tuple[list[str], list[str]]:
    """Paths and reloads that differ from what is live, for the organisation's own part."""
    now, before = _files(draft.own), _files(draft.live)
    changed = sorted(path for path in before.keys() | now.keys() if before.get(path) != now.get(path))
    return changed, reloads(before, now)


def _files(made: Compiled | None) -> dict[str, RenderedFile]:
    return {**made.files, SYSTEM_PATH: render_system([made.model], "plan", TEMPLATES)} if made else {}
