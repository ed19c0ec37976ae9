"""Queues as they are now: who waits, who takes calls, how the day goes. Asked of what is live, not of the draft."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from controlplane.agents import repository
from controlplane.agents.members import state_of, wrap_up_until
from controlplane.agents.models import QueueMemberState
from controlplane.agents.schemas import SERVICE_LEVEL_S, LiveMember, LiveQueue, MemberState, QueueToday, WaitingCaller
from controlplane.calls import door as calls
from controlplane.calls.door import QueueFigures
from controlplane.identity import door as identity
from controlplane.kit import clock
from controlplane.nodes import door as nodes
from controlplane.nodes.door import NodeState
from controlplane.platform.auth import Principal
from controlplane.platform.services import Services
from controlplane.platform.tenancy import sees_location
from controlplane.platform.uow import UnitOfWork
from controlplane.release import door as release


async def live_queues(
    services: Services, uow: UnitOfWork, principal: Principal, *, location_id: UUID | None = None, mine: bool = False
) -> list[LiveQueue]:
    """The queues in force that the principal may see, by name. Staff see those that they are members of.

    Args:
        services: Opens the release.
        uow: To read by.
        principal: Who asks.
        location_id: Only this location's.
        mine: Only those that one is a member of.
    """
    live = await release.live_now(services, uow, principal.org_id)
    if live is None:
        return []
    own = await identity.own_extensions(uow, principal)
    own_only = mine or principal.own_extension_ids is not None
    queues = [
        queue
        for queue in live.model.queues
        if sees_location(principal, queue.location)
        and location_id in {None, queue.location}
        and (not own_only or any(member.extension in own for member in queue.members))
    ]
    ids = [queue.id for queue in queues]
    told = await repository.members_of(uow.session, ids)
    down = {one.name for one in await nodes.load_nodes(uow.session) if one.state != NodeState.UP}
    people = {one.id: one for one in live.model.extensions}
    waiting = await _waiting(uow, principal, ids)
    zones = await _zones(uow, principal.org_id, queues)
    figures = await _today(uow, queues, zones)
    return [
        LiveQueue(
            id=queue.id, name=queue.name, number=queue.number, location_id=queue.location, timezone=zones[queue.id],
            waiting=waiting[queue.id],
            members=[
                _member(queue, one, people[one.extension], told.get((queue.id, one.extension)), own, down)
                for one in queue.members
            ],
            today=_read(figures.get(queue.id, QueueFigures())),
            max_wait_s=queue.max_wait_s,
            mine=any(one.extension in own for one in queue.members),
        )
        for queue in sorted(queues, key=lambda queue: queue.name.casefold())
    ]  # fmt: skip


def _member(
    queue: release.Queue,
    member: release.Member,
    person: release.Extension,
    row: QueueMemberState | None,
    own: Iterable[UUID],
    down: set[str],
) -> LiveMember:
    known = row if row is not None and row.node not in down else None
    until = wrap_up_until(known, queue.wrap_up_s) if known else None
    return LiveMember(
        extension_id=person.id, name=person.name, number=person.number, penalty=member.penalty,
        state=state_of(known, rests=until is not None) if known else MemberState.UNKNOWN,
        reason=known.reason if known and known.paused else "",
        since=known.since if known else None,
        wrap_up_until=until,
        mine=person.id in own,
    )  # fmt: skip


async def _waiting(uow: UnitOfWork, principal: Principal, ids: list[UUID]) -> Mapping[UUID, list[WaitingCaller]]:
    """Who waits, by queue. Callers are shown to who sees the calls of others."""
    shown = principal.own_extension_ids is None and principal.may("calls:read")
    lines: dict[UUID, list[WaitingCaller]] = defaultdict(list)
    for one in await calls.callers_waiting(uow.session, ids):
        lines[one.queue_id].append(
            WaitingCaller(
                call_id=one.call_id, since=one.since,
                caller_number=one.caller_number if shown else None, caller_name=one.caller_name if shown else None,
            )
        )  # fmt: skip
    return lines


async def _zones(uow: UnitOfWork, org_id: UUID, queues: list[release.Queue]) -> dict[UUID, str]:
    """Each queue's time zone: its location's, else that of the organisation's first location."""
    places = await identity.load_locations(uow.session, org_ids=[org_id])
    by_id = {place.id: place.timezone for place in places}
    home = places[0].timezone if places else "UTC"
    return {queue.id: by_id.get(queue.location, home) if queue.location else home for queue in queues}


async def _today(
    uow: UnitOfWork, queues: list[release.Queue], zones: Mapping[UUID, str]
) -> dict[UUID, QueueFigures]:  # fmt: skip
    by_zone: dict[str, list[UUID]] = defaultdict(list)
    for queue in queues:
        by_zone[zones[queue.id]].append(queue.id)
    figures: dict[UUID, QueueFigures] = {}
    for zone, ids in by_zone.items():
        figures |= await calls.queue_figures(uow.session, ids, since=midnight(zone), in_time_s=SERVICE_LEVEL_S)
    return figures


def midnight(zone: str) -> datetime:
    """When today began there."""
    place = ZoneInfo(zone)
    return datetime.combine(clock.now().astimezone(place).date(), time(), place)


def _read(figures: QueueFigures) -> QueueToday:
    return QueueToday(
        answered=figures.answered, abandoned=figures.abandoned, overflowed=figures.overflowed,
        average_wait_s=figures.average_wait_s, longest_wait_s=figures.longest_wait_s,
        service_level=_share(figures.in_time, figures.answered),
        service_level_2=_share(figures.in_time, figures.answered + figures.abandoned),
    )  # fmt: skip


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
