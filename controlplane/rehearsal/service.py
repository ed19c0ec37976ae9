"""Plays calls on a node's shadow and tells what happened."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from controlplane.identity.door import load_locations
from controlplane.kit import clock
from controlplane.nodes import door as nodes
from controlplane.nodes.door import CommandState, NodeState
from controlplane.platform import wakeups
from controlplane.platform.auth import Principal
from controlplane.platform.problem import Conflict, Invalid
from controlplane.platform.services import Services
from controlplane.protocol.link import CommandKind
from controlplane.protocol.rehearsal import PlayedCall, RehearsalOrder, RehearsalReport, Scenario
from controlplane.rehearsal.casting import cast
from controlplane.rehearsal.errors import RehearsalFailed
from controlplane.rehearsal.schemas import SimulationRead, SimulationRequest, Source
from controlplane.rehearsal.telling import Teller
from controlplane.release import door as release
from controlplane.release.door import Compiled, PhoneNumber
from controlplane.telephony.flow_schemas import Situation

LIFE_S = 60
"""A shadow may have to start first, and other rehearsals go before."""
LONGEST_CALL_S = 35
"""The node ends a call that doesn't end by itself after some 30 s."""


@dataclass(frozen=True)
class Stage:
    """A configuration that is ready to be played."""

    compiled: Compiled
    source: Source
    digest: str
    carriers: tuple[str, ...]
    timezones: dict[str, str]


async def simulate(services: Services, principal: Principal, wanted: SimulationRequest) -> SimulationRead:
    """What would happen to a call.

    Raises:
        Invalid: The number is not ours, or something named isn't there.
        PlanRefused: The draft has errors.
        Conflict: Nothing is live yet.
        RehearsalFailed: The node is away, or its shadow can't play.
    """
    stage = await set_stage(services, principal, wanted.source)
    if all(one.number != wanted.number for one in visible_numbers(stage, principal)):
        raise Invalid.field("number", "is none of our numbers", hint="Choose one of GET /phone-numbers.")
    return (await perform(services, stage, [wanted]))[0]


def visible_numbers(stage: Stage, principal: Principal) -> list[PhoneNumber]:
    """The numbers whose calls a principal may play: those of the own locations."""
    numbers = [one for one in stage.compiled.model.phone_numbers if one.enabled]
    return [one for one in numbers if principal.location_ids is None or one.location in principal.location_ids]


async def set_stage(services: Services, principal: Principal, source: Source) -> Stage:
    """Renders the configuration for the shadow.

    Raises:
        PlanRefused: The draft has errors.
        Conflict: Nothing is live yet.
    """
    async with services.uow() as uow:
        if source == Source.LIVE:
            compiled = await release.live_now(services, uow, principal.org_id)
        else:
            compiled = await release.draft_now(services, uow, principal.org_id)
    if compiled is None:
        raise Conflict("Nothing is live yet.", hint="Apply the configuration first, or simulate the draft.")
    return await stage_of(services, compiled, source)


async def stage_of(services: Services, compiled: Compiled, source: Source) -> Stage:
    """The same for a configuration that is at hand."""
    async with services.uow() as uow:
        locations = await load_locations(uow.session, org_ids=list(compiled.configuration.organizations))
    zones = {str(one.id): one.timezone for one in locations}
    carriers = release.carriers_of(one for one in compiled.model.trunks if one.enabled)
    digest = await release.make_staged(services, compiled.model)
    return Stage(compiled, source, digest, tuple(carriers.values()), zones)


async def perform(services: Services, stage: Stage, situations: Sequence[Situation]) -> list[SimulationRead]:
    """Plays some situations on a stage.

    Raises:
        Invalid: A situation names something that isn't there; nothing is played.
        RehearsalFailed: The node is away, or its shadow can't play.
    """
    moments = [situation.moment or clock.now() for situation in situations]
    scenarios = [cast(stage.compiled, *pair) for pair in zip(situations, moments, strict=True)]
    calls = await _play(services, stage, scenarios)
    teller = Teller(stage.compiled)
    return [
        teller.tell(
            call, number=situation.number, moment=moment, timezone=_timezone(stage, situation.number),
            source=stage.source,
        )
        for call, situation, moment in zip(calls, situations, moments, strict=True)
    ]  # fmt: skip


def _timezone(stage: Stage, number: str) -> str:
    location = next(one.location for one in stage.compiled.model.phone_numbers if one.number == number)
    return stage.timezones.get(str(location), "UTC")


async def _play(services: Services, stage: Stage, scenarios: Sequence[Scenario]) -> list[PlayedCall]:
    node = stage.compiled.model.node
    order = RehearsalOrder(digest=stage.digest, carriers=stage.carriers, scenarios=tuple(scenarios))
    life_s = LIFE_S + LONGEST_CALL_S * len(scenarios)
    async with services.uow() as uow:
        known = {one.name: one for one in await nodes.load_nodes(uow.session)}.get(node)
        if known is None or known.state not in {NodeState.UP, NodeState.ASTERISK_DOWN}:
            raise _away(node)
        command_id = await nodes.send_command(
            uow, node, CommandKind.SIMULATE, order.model_dump(mode="json"), life_s
        )  # fmt: skip
    deadline = time.monotonic() + life_s + 5
    with services.wakeups.subscribe(f"command:{command_id}") as woken:
        while True:
            async with services.uow() as uow:
                outcome = await nodes.command_result(uow.session, command_id)
            if outcome.state == CommandState.DONE:
                return RehearsalReport.model_validate(outcome.data).calls
            if outcome.state == CommandState.FAILED:
                raise RehearsalFailed(outcome.detail, hint="Look at the node's log and try again.")
            if time.monotonic() > deadline:
                raise _away(node)
            await wakeups.wait(woken, 2.0)


def _away(node: str) -> RehearsalFailed:
    return RehearsalFailed(
        f"The node {node}, which would play the call, is away.", hint="Look at GET /nodes and start its noded."
    )
