"""How far the drafts are from what is live: pages show it at all times, so nothing is checked for it."""

import asyncio

from controlplane.identity.door import get_organization
from controlplane.identity.schemas import OrganizationInfo
from controlplane.platform.auth import Principal
from controlplane.platform.services import Services
from controlplane.platform.uow import UnitOfWork
from controlplane.release import repository
from controlplane.release.compiled import compiled_release
from controlplane.release.diff import changed_places
from controlplane.release.index import Index
from controlplane.release.repository import ReleaseFilter
from controlplane.release.schemas import ConfigStatus, ReleaseBrief
from controlplane.telephony import door as telephony
from controlplane.telephony.configuration import Configuration, is_sound_key
from controlplane.telephony.schemas import PromptFields


async def read_status(services: Services, uow: UnitOfWork, principal: Principal) -> ConfigStatus:
    """How many changes wait, and how the last release went."""
    session = uow.session
    newest = await repository.newest(session, principal, 1, ReleaseFilter())
    live = await repository.live_release(session, principal.org_id, with_snapshot=False)
    row = await get_organization(uow, principal, principal.org_id)
    configuration = await telephony.load_organization(services, session, OrganizationInfo(row.id, row.name))
    before = await compiled_release(services, session, live, configuration.node) if live else None
    index = await asyncio.to_thread(_index, before.index if before else None, configuration)
    places = await asyncio.to_thread(changed_places, before.index if before else None, index)
    missing = [key for key in index.readers if is_sound_key(key) and key not in configuration.sounds]
    own = principal.location_ids
    return ConfigStatus(
        changes_count=len(places),
        elsewhere_count=sum(own is not None and not some.issubset(own) for some in places),
        failed_sounds=await telephony.failed_sounds(session, index.each(PromptFields), missing) if missing else 0,
        live=ReleaseBrief.model_validate(live) if live else None,
        newest=ReleaseBrief.model_validate(newest[0]) if newest else None,
    )


def _index(before: Index | None, configuration: Configuration) -> Index:
    return before.after(before.changes_to(configuration), configuration) if before else Index.of(configuration)
