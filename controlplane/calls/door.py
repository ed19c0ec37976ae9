"""What others may use of calls: rehearsals fold and tell as calls do, the command line explains a call."""

from controlplane.calls import repository
from controlplane.calls.explain import steps_in_words
from controlplane.calls.explaining import explain_call
from controlplane.calls.fold import fold
from controlplane.calls.queries import (
    OtherSide,
    QueueFigures,
    WaitingCall,
    callers_waiting,
    live_states,
    other_sides,
    queue_figures,
)
from controlplane.calls.record import FoldedCall
from controlplane.calls.schemas import CallDetail, ExplainedStep, Explanation, LiveCall
from controlplane.calls.telling import sentence
from controlplane.identity.door import system_principal
from controlplane.platform.problem import NotFound
from controlplane.platform.services import Services
from controlplane.platform.uow import UnitOfWork

__all__ = [
    "CallDetail",
    "ExplainedStep",
    "Explanation",
    "FoldedCall",
    "LiveCall",
    "OtherSide",
    "QueueFigures",
    "WaitingCall",
    "callers_waiting",
    "explain",
    "fold",
    "live_states",
    "other_sides",
    "queue_figures",
    "sentence",
    "steps_in_words",
]


async def explain(services: Services, uow: UnitOfWork, wanted: str) -> tuple[CallDetail, Explanation]:
    """A call of any organisation explained, for the operator of the installation.

    Args:
        services: For the files of its release.
        uow: To read by.
        wanted: The call's id, or its linkedid as Asterisk's logs have it.

    Raises:
        NotFound: There is no such call.
    """
    found = await repository.locate_call(uow.session, wanted)
    if found is None:
        raise NotFound(f"There is no call {wanted[:100]!r}; name it by its id or its linkedid.")
    call_id, org_id = found
    return await explain_call(services, uow, system_principal(org_id), call_id)
