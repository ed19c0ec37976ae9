"""What others may use of calls: the command line tells a call's story through here, rehearsals fold as calls do."""

from zoneinfo import ZoneInfo

from controlplane.calls import repository
from controlplane.calls.fold import fold
from controlplane.calls.queries import live_states
from controlplane.calls.record import FoldedCall
from controlplane.calls.schemas import CallDetail, LiveCall
from controlplane.calls.service import detail
from controlplane.calls.story import places, sentence, story
from controlplane.identity.door import load_locations, system_principal
from controlplane.objects import door as objects
from controlplane.platform.problem import NotFound
from controlplane.platform.uow import UnitOfWork

__all__ = ["CallDetail", "FoldedCall", "LiveCall", "explain", "fold", "live_states", "sentence"]


async def explain(uow: UnitOfWork, wanted: str) -> tuple[CallDetail, list[str]]:
    """A call of any organisation and its story in sentences, for the operator of the installation.

    Args:
        uow: To read by.
        wanted: The call's id, or its linkedid as Asterisk's logs have it.

    Raises:
        NotFound: There is no such call.
    """
    found = await repository.locate_call(uow.session, wanted)
    if found is None:
        raise NotFound(f"There is no call {wanted[:100]!r}; name it by its id or its linkedid.")
    call_id, org_id = found
    call, _ = await detail(uow, system_principal(org_id), call_id)
    names = await objects.names_of(uow.session, places(call))
    zones = {one.id: one.timezone for one in await load_locations(uow.session, org_ids=[org_id])}
    zone = ZoneInfo(zones.get(call.location_id, "UTC") if call.location_id else "UTC")
    return call, story(call, names, zone)
