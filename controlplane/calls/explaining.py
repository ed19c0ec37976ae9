"""Gathers what a call is explained from: its facts, the release in force, names."""

from uuid import UUID
from zoneinfo import ZoneInfo

from controlplane.calls import repository, service
from controlplane.calls.explain import explanation, objects_named, steps_in_words
from controlplane.calls.fold import fold
from controlplane.calls.folding import other_calls
from controlplane.calls.schemas import CallDetail, Explanation
from controlplane.identity.door import load_locations
from controlplane.nodes import door as nodes
from controlplane.objects import door as objects
from controlplane.platform.auth import Principal
from controlplane.platform.services import Services
from controlplane.platform.uow import UnitOfWork
from controlplane.release import door as releases


async def explain_call(
    services: Services, uow: UnitOfWork, principal: Principal, call_id: UUID
) -> tuple[CallDetail, Explanation]:  # fmt: skip
    """A call that the principal may see, explained. Lines of dialplan only for who may read the configuration.

    Raises:
        NotFound: Not there, or not for this user.
    """
    call, _ = await service.detail(uow, principal, call_id)
    unknown: list[str] = []
    told = await _from_facts(uow, principal, call)
    if told is None:
        unknown.append(
            "The call's events are no longer kept: this is what its record tells, without lines of dialplan."
        )
    call = told or call
    known = await releases.in_force(
        services,
        uow.session,
        org_id=principal.org_id,
        node=call.node,
        named=call.config_release,
        moment=call.started_at,
    )
    names, missing = await _names(uow, call, known)
    dialplan = known.dialplan if known and principal.may("config:read") else None
    steps = steps_in_words(call, names, hours=known.hours if known else None, dialplan=dialplan)
    if not principal.may("config:read"):
        steps = [step.model_copy(update={"source": None}) for step in steps]
    zone = await _zone(uow, principal, call)
    return call, explanation(call, steps, known.release if known else None, zone, unknown + missing)


async def _names(
    uow: UnitOfWork, call: CallDetail, known: releases.InForce | None
) -> tuple[dict[UUID, str], list[str]]:  # fmt: skip
    """Names of objects as they were, as far as that is known; and what isn't."""
    missing = []
    if known is None:
        missing.append("Which configuration was in force is not known: no release was live when the call came.")
    elif not known.kept:
        missing.append(f"What release {known.release.number} said is no longer kept.")
    then = known.names if known else {}
    others = objects_named(call) - then.keys()
    today = await objects.names_of(uow.session, others)
    if today:
        missing.append(f"These names are those of today: {', '.join(sorted(set(today.values())))}.")
    missing += [f"What {id_} was is not known: it is gone." for id_ in sorted(others - today.keys())]
    return {**today, **then}, missing


async def _from_facts(uow: UnitOfWork, principal: Principal, call: CallDetail) -> CallDetail | None:
    """The call folded anew: its record keeps no places in the dialplan. None when the facts are gone."""
    key = (call.node, call.linkedid)
    facts = (await nodes.load_facts(uow.session, [key])).get(key)
    if not facts:
        return None
    row = await repository.find_call(uow.session, principal, call.id)
    others = await other_calls(uow.session, {key: facts})
    folded = fold(facts, others=others.get(key, ()), lost_at=row.lost_at if row else None)
    if folded.started_at is None:
        return None
    update = {"timeline": folded.timeline, "legs": folded.legs, "flags": folded.flags}
    return call.model_copy(update=update)


async def _zone(uow: UnitOfWork, principal: Principal, call: CallDetail) -> ZoneInfo:
    zones = {one.id: one.timezone for one in await load_locations(uow.session, org_ids=[principal.org_id])}
    return ZoneInfo(zones.get(call.location_id, "UTC") if call.location_id else "UTC")
