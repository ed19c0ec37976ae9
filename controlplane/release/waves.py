"""A release goes to several nodes in waves: one, a tenth, all. The next begins when the one before is live.

On a single node there is one wave of one, and nothing of this costs anything.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from controlplane.kit import clock
from controlplane.nodes import door as nodes
from controlplane.platform.problem import Conflict, Invalid
from controlplane.platform.uow import UnitOfWork
from controlplane.protocol.bundle import ApplyReport, ApplyState
from controlplane.release import repository
from controlplane.release.events import ConfigStopped, ConfigWaveLive
from controlplane.release.models import NodeBundle, Release
from controlplane.release.schemas import ReleaseState

AWAY = {nodes.NodeState.SILENT, nodes.NodeState.WAITING, nodes.NodeState.DISABLED}
AWAY_NOTE = "The node is away; it catches up by itself when it is back."
ANSWER_WITHIN = timedelta(minutes=3)


def topic(release_id: UUID) -> str:
    """What is woken when a release moves on."""
    return f"release:{release_id}"


def plan_waves(all_nodes: Sequence[str], away: Collection[str], canary: str | None) -> list[list[str]]:
    """Which nodes a release goes to, one wave after the other.

    Args:
        all_nodes: The home node first: it comes late if nobody says otherwise, most calls are there.
        away: Nodes that can't be waited for: they are in the last wave.
        canary: Who goes first.

    Raises:
        Invalid: The canary is none of the nodes.
        Conflict: The canary is away.
    """
    if canary is not None and canary not in all_nodes:
        raise Invalid.field("canary", f"is none of the nodes: {', '.join(sorted(all_nodes))}")
    if canary in away and len(all_nodes) > 1:
        raise Conflict(f"The node {canary} is away.", hint="Choose another one to go first.")
    here = [node for node in reversed(all_nodes) if node not in away]
    gone = [node for node in all_nodes if node in away]
    if canary in here:
        here.sort(key=lambda node: node != canary)
    ordered = [*here, *gone]
    tenth = 1 + -(-len(ordered) // 10)
    return [wave for wave in (ordered[:1], ordered[1:tenth], ordered[tenth:]) if wave]


async def away_nodes(uow: UnitOfWork) -> set[str]:
    """Nodes that nobody can wait for."""
    return {node.name for node in await nodes.load_nodes(uow.session) if node.state in AWAY}


def is_spread(release: Release) -> bool:
    """Whether it goes to several nodes."""
    return sum(map(len, release.waves)) > 1


def current_wave(release: Release) -> list[str]:
    """The nodes that are asked now."""
    wave: list[str] = release.waves[release.wave]
    return wave


async def after_report(uow: UnitOfWork, release: Release, node: str, report: ApplyReport) -> bool:
    """What a node's word means for a release that is on its way to several; True when all of it is live."""
    if report.state != ApplyState.LIVE:
        await stop(uow, release, node, list(report.problems))
        return False
    return await go_on(uow, release)


async def go_on(uow: UnitOfWork, release: Release) -> bool:
    """Begins the next wave if this one is through; True when there is none left."""
    bundles = {one.node: one for one in await repository.bundles_of(uow.session, [release.id])}
    if not all(node in bundles and _is_through(bundles[node]) for node in current_wave(release)):
        return False
    if not any(one.state == ApplyState.LIVE for one in bundles.values()):
        return False  # all are away: who is back first shows whether it holds
    event = ConfigWaveLive(
        org_id=release.org_id, subject=str(release.id), number=release.number, wave=release.wave + 1,
        nodes=current_wave(release),
    )  # fmt: skip
    await uow.record(event)
    if release.wave + 1 == len(release.waves):
        return True
    release.wave += 1
    release.wave_at = clock.now()
    await uow.defer("release.begin_wave", release_id=str(release.id), wave=release.wave)
    return False


def _is_through(bundle: NodeBundle) -> bool:
    return bundle.state == ApplyState.LIVE or bool(bundle.note)


async def stop(uow: UnitOfWork, release: Release, node: str, problems: list[str]) -> None:
    """No further node gets the release; those that run it keep it."""
    release.state = ReleaseState.STOPPED
    release.stopped = f"Node {node}: {' '.join(problems) or 'it did not hold.'}"
    await uow.record(
        ConfigStopped(
            org_id=release.org_id, subject=str(release.id), number=release.number, node=node, problems=problems
        )
    )
    await uow.wake(topic(release.id))


async def look_after(uow: UnitOfWork, release_id: UUID) -> Release | None:
    """Passes over nodes of the wave that went away; stops at one that is there and says nothing.

    Returns:
        The release if all of it is live by that.
    """
    release = await repository.lock_release(uow.session, release_id)
    if release is None or release.state != ReleaseState.APPLYING or not is_spread(release):
        return None
    away = await away_nodes(uow)
    for bundle in await repository.bundles_of(uow.session, [release.id]):
        if bundle.node not in current_wave(release) or _is_through(bundle):
            continue
        if bundle.node in away:
            bundle.note = AWAY_NOTE
        elif release.wave_at is not None and clock.now() - release.wave_at > ANSWER_WITHIN:
            await stop(uow, release, bundle.node, [f"It said nothing for {ANSWER_WITHIN.seconds // 60} minutes."])
            return None
    await uow.session.flush()
    await uow.wake(topic(release.id))
    return release if await go_on(uow, release) else None
