"""How long does a plan take after one change, in an organisation of 500 locations and 10,000 phones? And an apply?

Through the service that REST calls, on a real PostgreSQL; no node. "From scratch" is what every plan would cost if
nothing were kept: the comparison within the same run. CPU is this process's, so what else the machine does isn't in it.
"""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

from bench.large import LargeOrganization
from bench.support import control_plane, note, percentile, spread_percent
from controlplane.identity.door import load_organizations, system_principal
from controlplane.kit.destination import Kind
from controlplane.numbering.schemas import PhoneNumberFields
from controlplane.objects.door import change
from controlplane.objects.schemas import ObjectFields
from controlplane.platform.auth import Principal
from controlplane.platform.services import Services
from controlplane.release import compiled, service
from controlplane.telephony import loading
from controlplane.telephony.schemas import DeviceFields, IvrMenuFields, QueueFields, TimeConditionFields

TURNS = 12
LIMIT_MS = 500
LIMIT_APPLY_MS = 120
Edit = Callable[[int], dict[str, Any]]

EDITS: dict[type[ObjectFields], Edit] = {
    DeviceFields: lambda turn: {"max_contacts": 2 + turn % 8},
    PhoneNumberFields: lambda turn: {"caller_name_prefix": f"Shop {turn}"},
    QueueFields: lambda turn: {"max_wait_s": 100 + turn},
    IvrMenuFields: lambda turn: {"wait_s": 6 + turn},
    TimeConditionFields: lambda turn: {"open_hours": [{"days": ["mon"], "start": "08:00", "end": f"1{turn % 10}:30"}]},
}


async def run() -> dict[str, object]:
    """One change, one plan, one apply; each kind in turn, so that all see the same weather."""
    plans: dict[Kind, list[float]] = {kind.kind: [] for kind in EDITS}
    applies: dict[Kind, list[float]] = {kind.kind: [] for kind in EDITS}
    cpu: list[float] = []
    async with control_plane() as services:
        async with services.uow() as uow:
            organization = (await load_organizations(uow.session))[0]
            large = LargeOrganization(organization.id, services.settings.node_name)
            await large.insert(uow.session, services.crypto)
        admin = system_principal(organization.id, "bench")
        note(f"{len(large.objects)} objects stored")
        first_ms = await _apply(services, admin)
        note(f"first apply, everything new: {first_ms:.0f} ms")
        for turn in range(TURNS):
            for fields, edit in EDITS.items():
                await _change(services, admin, large, fields, turn, edit(turn))
                cpu_before = time.process_time()
                plans[fields.kind].append(await _plan(services, admin))
                cpu.append(1000 * (time.process_time() - cpu_before))
                applies[fields.kind].append(await _apply(services, admin))
            note(f"turn {turn + 1} of {TURNS}: plans {[round(times[-1]) for times in plans.values()]} ms")
        scratch_ms = await _plan_from_scratch(services, admin)
    every = [ms for times in plans.values() for ms in times]
    return {
        "p95_ms": round(percentile(every, 95)),
        "limit_ms": LIMIT_MS,
        "p50_ms": round(median(every)),
        "spread_percent": spread_percent(every),
        "cpu_p50_ms": round(median(cpu)),
        "cpu_last_turn_ms": round(median(cpu[-len(EDITS) :])),
        "kinds_p95_ms": {kind: round(percentile(times, 95)) for kind, times in plans.items()},
        "apply_p95_ms": round(percentile([ms for times in applies.values() for ms in times], 95)),
        "limit_apply_ms": LIMIT_APPLY_MS,
        "apply_p50_ms": round(median(ms for times in applies.values() for ms in times)),
        "from_scratch_ms": round(scratch_ms),
        "scratch_ratio": round(scratch_ms / median(every), 1),
        "first_apply_ms": round(first_ms),
        "objects": len(large.objects),
        "plans": len(every),
    }


async def _change(
    services: Services, admin: Principal, large: LargeOrganization, kind: type[ObjectFields], turn: int,
    changes: dict[str, Any],
) -> None:  # fmt: skip
    ids = large.ids(kind.kind)
    async with services.uow() as uow:
        await change(uow, services.crypto, admin, kind, ids[(turn * 37) % len(ids)], changes)


async def _plan(services: Services, admin: Principal) -> float:
    begun = time.monotonic()
    async with services.uow() as uow:
        planned = await service.plan(services, uow, admin)
    took_ms = 1000 * (time.monotonic() - begun)
    if not planned.ok or len(planned.changes) != 1:
        raise RuntimeError(f"not the plan of one change: {planned.problems[:3]} {planned.changes[:3]}")
    return took_ms


async def _apply(services: Services, admin: Principal) -> float:
    """Until the signed manifest is what the node is offered; then the release counts as live."""
    begun = time.monotonic()
    async with services.uow() as uow:
        release = await service.apply(services, uow, admin, "bench")
    took_ms = 1000 * (time.monotonic() - begun)
    async with services.uow() as uow:
        (await uow.session.merge(release)).state = "live"
    return took_ms


async def _plan_from_scratch(services: Services, admin: Principal) -> float:
    loading.forget()
    compiled.forget()
    begun = time.monotonic()
    async with services.uow() as uow:
        await service.plan(services, uow, admin)
    return 1000 * (time.monotonic() - begun)
