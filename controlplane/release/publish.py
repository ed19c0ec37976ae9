"""From a draft or an earlier release to a new one on its way to its nodes."""

from collections.abc import Sequence
from uuid import UUID

from controlplane.kit import clock
from controlplane.platform.problem import Conflict
from controlplane.platform.services import Services
from controlplane.platform.uow import UnitOfWork
from controlplane.release import repository, waves
from controlplane.release.build import Compiled
from controlplane.release.compiled import compiled_release, keep
from controlplane.release.models import Release
from controlplane.release.offering import offer
from controlplane.release.placement import home_nodes, nodes_of
from controlplane.release.schemas import ReleaseState
from controlplane.release.separation import refuse_clashes


async def publish(
    services: Services, uow: UnitOfWork, release: Release, own: Compiled, built_on: UUID | None, canary: str | None
) -> Release:
    """Freezes a release and offers it to the first of its nodes; the others follow in waves.

    Args:
        services: Where bundles are stored and signed.
        uow: All in its one transaction.
        release: Not stored yet.
        own: What it is.
        built_on: The release that was live when it was planned and tested.
        canary: The node that goes first.

    Raises:
        Conflict: Another release went live meanwhile, or an apply is under way on the node.
    """
    session = uow.session
    await repository.lock_applies(session)
    live = await repository.live_release(session, release.org_id, with_snapshot=False)
    if live is not None and live.id != built_on:  # this one would take back what that one changed
        raise Conflict("Another release went live meanwhile.", hint="Look at the plan again, then apply.")
    newest = await repository.newest_releases(session)
    others = [one for one in newest if one.org_id != release.org_id]
    _refuse_while_others_apply(others)
    await repository.supersede(session, release.org_id)
    homes = await home_nodes(session, services.settings.node_name)
    neighbours = [await compiled_release(services, session, one, homes(one.org_id)) for one in others]
    refuse_clashes(own.index, [one.index for one in neighbours])
    keep(release.id, own)
    release.waves = await _waves(uow, newest, release.org_id, own, canary)
    release.wave, release.wave_at, release.stopped = 0, clock.now(), ""
    session.add(release)
    await offer(services, uow, release, own, waves.current_wave(release))
    return release


async def require_canary(uow: UnitOfWork, org_id: UUID, own: Compiled, canary: str | None) -> None:
    """Refuses a node that can't go first, before anything that takes long is done.

    Raises:
        Invalid: It is none of the organisation's nodes.
        Conflict: It is away.
    """
    if canary is not None:
        await _waves(uow, await repository.newest_releases(uow.session), org_id, own, canary)


async def _waves(
    uow: UnitOfWork, newest: Sequence[Release], org_id: UUID, own: Compiled, canary: str | None
) -> list[list[str]]:
    wanted = nodes_of(own.configuration)
    former = {node for one in newest if one.org_id == org_id for wave in one.waves for node in wave}
    wanted += sorted(former - set(wanted))  # nodes that the organisation leaves must learn it
    away = await waves.away_nodes(uow) if len(wanted) > 1 else set()
    return waves.plan_waves(wanted, away, canary)


def _refuse_while_others_apply(others: Sequence[Release]) -> None:
    for one in others:
        age_s = (clock.now() - (one.wave_at or one.created_at)).total_seconds()
        if one.state == ReleaseState.APPLYING and age_s < 60:
            raise Conflict("Another apply is under way on this node.", hint="Try again in a moment.")
