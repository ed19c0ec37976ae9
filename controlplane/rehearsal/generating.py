"""Makes flow tests out of how calls go now: what they do today becomes what they must do tomorrow."""

from collections.abc import Collection, Iterator
from datetime import datetime
from uuid import UUID

from controlplane.kit import clock
from controlplane.kit.destination import TARGETS, Destination, DestinationKind
from controlplane.kit.ids import new_id
from controlplane.objects import door as objects
from controlplane.platform.auth import Principal
from controlplane.platform.problem import Invalid
from controlplane.platform.services import Services
from controlplane.protocol.rehearsal import PhoneState
from controlplane.rehearsal import repository
from controlplane.rehearsal.moments import moments
from controlplane.rehearsal.schemas import Generated, GenerateRequest, Place, SimulationRead
from controlplane.rehearsal.service import perform, set_stage, visible_numbers
from controlplane.release.door import PbxModel, PhoneNumber
from controlplane.telephony.flow_schemas import Expectation, FlowTestFields, Outcome, Situation

MOST_NUMBERS = 20
CALLER = "+12025550199"
_DESTINATIONS = {target.value: kind for kind, target in TARGETS.items()}


async def generate(services: Services, principal: Principal, wanted: GenerateRequest) -> Generated:
    """Tests for numbers: open, closed, on a holiday, everybody busy, nobody there.

    Raises:
        Invalid: A number isn't there, or there are too many for one request.
        RehearsalFailed: The node is away, or its shadow can't play.
    """
    stage = await set_stage(services, principal, wanted.source)
    numbers = _chosen(visible_numbers(stage, principal), wanted)
    cast = [situation for one in numbers for situation in _situations(stage.compiled.model, one)]
    played: list[SimulationRead] = []
    for start in range(0, len(cast), MOST_NUMBERS):
        played += await perform(services, stage, [given for _, _, given in cast[start : start + MOST_NUMBERS]])
    # What a routing template makes is no object of its own that a test could name.
    lasting = {item.id for item in stage.compiled.configuration.objects if item.origin is None}
    made = [
        FlowTestFields(name=name, location_id=location, given=given, expect=_expected(told, lasting))
        for (name, location, given), told in zip(cast, played, strict=True)
    ]
    async with services.uow() as uow:
        taken = {test.name.casefold() for _, test in await repository.flow_tests(uow.session, principal.org_id)}
        new = [one for one in made if one.name.casefold() not in taken]
        if not wanted.dry_run:
            writes = [objects.Write(new_id(), one, {}) for one in new]
            await objects.write_many(uow, principal, objects.Writes(put=writes))
    over = [one.name for one in made if one.name.casefold() in taken]
    return Generated(made=new, passed_over=over, dry_run=wanted.dry_run)


def _chosen(numbers: list[PhoneNumber], wanted: GenerateRequest) -> list[PhoneNumber]:
    if wanted.phone_number_ids is None:
        if len(numbers) > MOST_NUMBERS:
            raise Invalid.field("phone_number_ids", f"name at most {MOST_NUMBERS} of the {len(numbers)} numbers")
        return numbers
    there = {one.id: one for one in numbers}
    for index, id_ in enumerate(wanted.phone_number_ids):
        if id_ not in there:
            raise Invalid.field(f"phone_number_ids.{index}", f"there is no enabled number {id_} in this configuration")
    return [there[id_] for id_ in wanted.phone_number_ids]


def _situations(model: PbxModel, number: PhoneNumber) -> Iterator[tuple[str, UUID | None, Situation]]:
    at = moments(model, number.destination, clock.now())
    cases: list[tuple[str, datetime, PhoneState]] = [(state, at[state], PhoneState.FREE) for state in at]
    best = at.get("open") or next(iter(at.values()))
    cases += [("everybody busy", best, PhoneState.BUSY), ("nobody there", best, PhoneState.AWAY)]
    for label, moment, others in cases:
        given = Situation(number=number.number, caller=CALLER, moment=moment, others=others)
        yield f"{number.name[:80]}: {label}", number.location, given


def _expected(told: SimulationRead, lasting: Collection[UUID]) -> Expectation:
    places = [place for place in told.passes if place.id is None or place.id in lasting]
    end = told.end.object if told.end.how != Outcome.HANGUP else None
    ends_at = _destination(end) if end and (end.id is None or end.id in lasting) else None
    passes = [found for place in places if (found := _destination(place)) is not None and found != ends_at]
    return Expectation(passes=tuple(_without_ringing_beside(passes)), ends=told.end.how, ends_at=ends_at)


def _without_ringing_beside(passes: list[Destination]) -> Iterator[Destination]:
    """Phones that ring together ring in no order that a test could want: only the first of them is kept."""
    for before, one in zip([None, *passes], passes, strict=False):
        if before is None or {before.kind, one.kind} != {DestinationKind.EXTENSION}:
            yield one


def _destination(place: Place) -> Destination | None:
    """As tests name it; None for what is no destination, such as a trunk."""
    if place.id is None:
        return Destination(kind=DestinationKind.EXTERNAL_NUMBER, number=place.name)
    kind = _DESTINATIONS.get(place.kind)
    return Destination(kind=kind, id=place.id) if kind else None
