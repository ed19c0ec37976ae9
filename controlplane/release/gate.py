"""What must be asked before an apply. Higher slices say so when they are imported: release knows none of them."""

from collections.abc import Awaitable, Callable

from controlplane.platform.auth import Principal
from controlplane.platform.services import Services
from controlplane.release.compiled import Compiled
from controlplane.release.schemas import ProblemRead

Gate = Callable[[Services, Principal, Compiled], Awaitable[list[ProblemRead]]]
"""Is given what is about to be applied; its errors refuse the apply, its warnings stay with the release."""

_gates: list[Gate] = []


def before_apply(gate: Gate) -> Gate:
    """Declares a gate, for every process that imports it."""
    _gates.append(gate)
    return gate


async def ask(services: Services, principal: Principal, candidate: Compiled) -> list[ProblemRead]:
    """What all gates have to say."""
    return [problem for gate in _gates for problem in await gate(services, principal, candidate)]
